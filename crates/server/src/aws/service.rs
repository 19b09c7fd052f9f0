//! The answers of the AWS endpoints: who may ask at all, which service is asked, and its answer as HTTP.

use std::net::IpAddr;
use std::sync::Arc;

use bytes::Bytes;
use http::header::{HOST, SERVER};
use http::request::Parts;
use http::{HeaderValue, Request, Response, StatusCode, Uri};
use http_body_util::{BodyExt, Full};
use vestibule_dynamodb::protocol::{Content, Refusal, SERVER_NAME, UNKNOWN_PAGE};
use vestibule_dynamodb::{Reply, Tables};
use vestibule_gateway::{BodyError, Client, Clock, Gateway, Principals, Random};

use super::caller::{self, Callers, shown};
use super::calls::Calls;
use super::dynamodb::{self, DynamoDb};
use super::permission::Owner;
use super::route::{Below, Service, service};
use crate::listen::Guard;

/// What the AWS endpoints are made of.
#[derive(Debug)]
pub struct Options {
    /// Who may ask at all.
    pub guard: Guard,
    /// Whether signatures are verified: wherever the address is not a loopback address.
    pub is_verifying: bool,
    /// Those who may call where they are.
    pub principals: Arc<Principals>,
    /// The tables.
    pub tables: Tables,
    /// The gateway, whose memory for bodies is shared.
    pub gateway: Arc<Gateway>,
    /// The account that ARNs name.
    pub account: String,
    /// The region that ARNs name and requests are signed for.
    pub region: String,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Where ids come from.
    pub random: Arc<dyn Random>,
    /// Where calls are counted.
    pub calls: Arc<Calls>,
}

/// The AWS endpoints of one address.
#[derive(Debug)]
pub struct Aws {
    guard: Guard,
    callers: Callers,
    dynamodb: DynamoDb,
    gateway: Arc<Gateway>,
}

impl Aws {
    /// Makes them.
    pub fn new(options: Options) -> Aws {
        let Options { guard, is_verifying, principals, tables, gateway, .. } = options;
        let Options { account, region, clock, random, calls, .. } = options;
        let callers = Callers::new(principals, region.clone(), is_verifying, clock);
        let owner = Owner { account, region };
        let of_dynamodb = Arc::clone(&gateway);
        let dynamodb = DynamoDb { tables, owner, gateway: of_dynamodb, random, calls };
        Aws { guard, callers, dynamodb, gateway }
    }

    /// Replaces those who may call.
    pub fn replace_principals(&self, principals: Arc<Principals>) {
        self.callers.replace(principals);
    }

    /// Answers a request that came in at the address `local`.
    pub async fn answer<B>(
        &self,
        request: Request<B>,
        local: IpAddr,
        client: &Client,
    ) -> Response<Full<Bytes>>
    where
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BodyError>,
    {
        if let Err(refused) = self.guard.check(&request, local) {
            tracing::info!("refused at the AWS endpoints: {refused}{}", asked_for(&request));
            let message = refused.to_string();
            return self.refused(Refusal::Forbidden { message });
        }
        let (head, body) = request.into_parts();
        let found = caller::find(&head, client);
        let presented = found.as_ref().ok().and_then(Option::as_ref);
        match service(&head, presented) {
            Service::DynamoDb => {
                let request = dynamodb::Request { head: &head, client, callers: &self.callers };
                let body = Box::pin(body.map_err(Into::into));
                response(self.dynamodb.answer(request, found, body).await)
            }
            Service::Api(below) => {
                let uri = below.map(|below| below_its_host(&head, &below));
                self.of_an_api(head, uri, body, client).await
            }
            Service::Other(name) => self.not_served(&head, &name),
            Service::Unknown => self.unknown(),
        }
    }

    /// The data plane's answer.
    async fn of_an_api<B>(
        &self,
        mut head: Parts,
        rewritten: Option<Result<(Uri, HeaderValue), http::Error>>,
        body: B,
        client: &Client,
    ) -> Response<Full<Bytes>>
    where
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BodyError>,
    {
        match rewritten {
            None => {}
            Some(Ok((uri, host))) => {
                head.uri = uri;
                head.headers.insert(HOST, host);
            }
            Some(Err(_)) => return self.unknown(),
        }
        self.gateway.answer(Request::from_parts(head, body), client.clone()).await
    }

    /// The answer for what no service could be meant by.
    fn unknown(&self) -> Response<Full<Bytes>> {
        let mut reply = Reply::of(404, UNKNOWN_PAGE);
        self.dynamodb.complete(&mut reply, Content::Page);
        response(reply)
    }

    /// The answer for a service that is not here.
    fn not_served(&self, head: &Parts, name: &str) -> Response<Full<Bytes>> {
        let name = shown(name);
        let message = format!("the service `{name}` is not served here, only `dynamodb` is");
        tracing::info!(
            "refused at the AWS endpoints: {message} ({} {})",
            head.method,
            shown(head.uri.path())
        );
        let error_type = "UnknownOperationException";
        let mut response = self.refused(Refusal::Common { error_type, message });
        // Services that are called by paths say the type of an error so.
        response.headers_mut().insert("x-amzn-errortype", HeaderValue::from_static(error_type));
        response
    }

    fn refused(&self, refusal: Refusal) -> Response<Full<Bytes>> {
        let mut reply = refusal.into_reply();
        self.dynamodb.complete(&mut reply, Content::Json10);
        response(reply)
    }
}

/// The URI and the host with which an API is called that a path names.
fn below_its_host(head: &Parts, below: &Below<'_>) -> Result<(Uri, HeaderValue), http::Error> {
    let target = match head.uri.query() {
        Some(query) => format!("{}?{query}", below.path),
        None => below.path.clone(),
    };
    let host = format!("{}.execute-api.localhost", below.api);
    Ok((Uri::builder().path_and_query(target).build()?, HeaderValue::try_from(host)?))
}

/// The host and origin that a request names, for the log.
fn asked_for<B>(request: &Request<B>) -> String {
    let named = |name: &str| {
        let value = request.headers().get(name)?;
        Some(format!(", {name} `{}`", shown(&String::from_utf8_lossy(value.as_bytes()))))
    };
    ["host", "origin"].into_iter().filter_map(named).collect()
}

fn response(reply: Reply) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(reply.body));
    // INVARIANT: a reply's status is one of HTTP's.
    *response.status_mut() =
        StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    *response.headers_mut() = reply.headers;
    response.headers_mut().insert(SERVER, HeaderValue::from_static(SERVER_NAME));
    response
}
