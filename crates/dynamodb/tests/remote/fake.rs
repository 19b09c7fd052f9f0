//! A network whose endpoints do what the test says, and a world whose clock stands and whose dice are known.

use std::collections::{HashMap, VecDeque};
use std::convert::Infallible;
use std::error::Error;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body::{Body, Frame};
use http_body_util::{BodyExt, Full};
use vestibule_dynamodb::{
    Action, AnswerBody, CallError, Network, NetworkError, Place, Remote, RemoteError,
    RemoteOptions, Reply, Sending, State, Tables, World,
};
use vestibule_sigv4::{Credentials, FixedCredentials};

/// 2026-11-27T04:00:00Z.
pub(crate) const NOW_MS: u64 = 1_795_752_000_000;

pub(crate) const NOT_FOUND: &str = r#"{"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException","message":"Requested resource not found"}"#;
pub(crate) const THROTTLED: &str = r#"{"__type":"com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException","message":"slow down"}"#;
pub(crate) const FAILED: &str =
    r#"{"__type":"com.amazonaws.dynamodb.v20120810#InternalServerError","message":"oh"}"#;

/// What an endpoint does with one request.
#[derive(Clone, Debug)]
pub(crate) enum Does {
    Answers(u16, &'static str),
    AnswersWith(u16, Vec<(&'static str, String)>, &'static str),
    Refuses,
    /// Never answers.
    Hangs,
    /// Sends a head and a part of the body, and no more.
    HangsInBody,
    /// Closes in the middle of the body.
    Breaks,
    /// Sends for ever.
    Streams,
}

/// What was sent.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    pub(crate) host: String,
    pub(crate) target: String,
    pub(crate) headers: http::HeaderMap,
    pub(crate) body: String,
    pub(crate) at: Duration,
}

#[derive(Debug, Default)]
struct Script {
    next: VecDeque<Does>,
    hosts: HashMap<String, Does>,
    nodes: Option<&'static str>,
    meta: Option<Does>,
    sent: Vec<Sent>,
    begin: Option<tokio::time::Instant>,
}

/// The network.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fake(Arc<Mutex<Script>>);

impl Fake {
    /// What the next requests get, in their order, whoever they are for.
    pub(crate) fn does(&self, next: impl IntoIterator<Item = Does>) {
        self.0.lock().unwrap().next.extend(next);
    }

    /// What a host does with each request that nothing else is said of.
    pub(crate) fn host_does(&self, host: &str, does: Does) {
        self.0.lock().unwrap().hosts.insert(host.to_owned(), does);
    }

    /// The nodes that are told, as JSON.
    pub(crate) fn tells(&self, nodes: &'static str) {
        self.0.lock().unwrap().nodes = Some(nodes);
    }

    /// What is said of the version of the program's own tables, until something else is.
    pub(crate) fn meta_does(&self, does: Does) {
        self.0.lock().unwrap().meta = Some(does);
    }

    /// What was sent since it was asked last, without looks at nodes and at the version at the start.
    pub(crate) fn sent(&self) -> Vec<Sent> {
        std::mem::take(&mut self.0.lock().unwrap().sent)
    }

    /// Who has this network: the test, and an open store twice.
    pub(crate) fn holders(&self) -> usize {
        Arc::strong_count(&self.0)
    }

    /// The hosts of what was sent.
    pub(crate) fn hosts(&self) -> Vec<String> {
        self.sent().into_iter().map(|sent| sent.host).collect()
    }

    fn script(&self, request: &Request<Bytes>) -> Does {
        let mut script = self.0.lock().unwrap();
        let header = |name: &str| {
            let value = request.headers().get(name);
            value.map_or("", |value| value.to_str().unwrap()).to_owned()
        };
        let host = header("host");
        if request.uri().path() == "/localnodes" {
            return match script.nodes {
                Some(nodes) => Does::Answers(200, nodes),
                None => Does::Answers(400, "{}"),
            };
        }
        let body = String::from_utf8(request.body().to_vec()).unwrap();
        let target = header("x-amz-target").replace("DynamoDB_20120810.", "");
        if target == "GetItem" && body.contains("vestibule.meta") {
            let by_host = script.hosts.get(&host).cloned();
            let meta = script.meta.clone().or(by_host);
            return meta.unwrap_or(Does::Answers(400, NOT_FOUND));
        }
        let begin = *script.begin.get_or_insert_with(tokio::time::Instant::now);
        let (at, headers) = (begin.elapsed(), request.headers().clone());
        let by_host = script.hosts.get(&host).cloned();
        script.sent.push(Sent { host, target, headers, body, at });
        script.next.pop_front().or(by_host).unwrap_or(Does::Answers(200, "{}"))
    }
}

impl Network for Fake {
    fn send(&self, request: Request<Bytes>) -> Sending {
        let does = self.script(&request);
        Box::pin(async move {
            let full = |status: u16, headers: &[(&str, String)], body: &'static str| {
                let mut response = Response::builder().status(status);
                for (name, value) in headers {
                    response = response.header(*name, value);
                }
                let body = Full::new(Bytes::from_static(body.as_bytes()));
                let body = body.map_err(|never: Infallible| -> Box<dyn Error + Send + Sync> {
                    match never {}
                });
                Ok(response.body(Box::pin(body) as AnswerBody).unwrap())
            };
            match does {
                Does::Answers(status, body) => full(status, &[], body),
                Does::AnswersWith(status, headers, body) => full(status, &headers, body),
                Does::Refuses => Err(NetworkError("cannot connect: connection refused".to_owned())),
                Does::Hangs => std::future::pending().await,
                other => Ok(Response::new(Box::pin(Part(other, false)) as AnswerBody)),
            }
        })
    }
}

/// A body that does not end as it should.
struct Part(Does, bool);

impl Body for Part {
    type Data = Bytes;
    type Error = Box<dyn Error + Send + Sync>;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let begun = std::mem::replace(&mut self.1, true);
        match (&self.0, begun) {
            (Does::Streams, _) => {
                Poll::Ready(Some(Ok(Frame::data(Bytes::from(vec![b'{'; 1 << 20])))))
            }
            (_, false) => Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(b"{"))))),
            (Does::Breaks, true) => Poll::Ready(Some(Err("the connection was closed".into()))),
            (_, true) => Poll::Pending,
        }
    }
}

/// A world whose clock stands, and whose dice always show the same: pauses are as said.
#[derive(Debug)]
pub(crate) struct Standing(pub(crate) u64);

impl World for Standing {
    fn epoch_ms(&self) -> u64 {
        NOW_MS
    }

    fn random(&self) -> u64 {
        self.0
    }
}

/// An open store.
pub(crate) struct Store {
    pub(crate) fake: Fake,
    pub(crate) tables: Tables,
    pub(crate) state: State,
}

pub(crate) async fn open(fake: &Fake, place: &str, dice: u64) -> Result<Store, RemoteError> {
    open_with(fake, RemoteOptions::new(Place::parse(place).unwrap()), dice).await
}

pub(crate) async fn open_with(
    fake: &Fake,
    options: RemoteOptions,
    dice: u64,
) -> Result<Store, RemoteError> {
    let credentials = Credentials::new("AKID".to_owned(), "secret".to_owned(), None);
    let (tables, state) = Remote::open(
        &options,
        Arc::new(fake.clone()),
        Arc::new(Standing(dice)),
        Arc::new(FixedCredentials::new(credentials)),
    )
    .await?;
    Ok(Store { fake: fake.clone(), tables, state })
}

impl Store {
    /// One endpoint, and pauses of no length.
    pub(crate) async fn one() -> Store {
        open(&Fake::default(), "http://db:8000", 0).await.unwrap()
    }

    pub(crate) async fn call(&self, action: Action, body: &str) -> Result<Reply, CallError> {
        self.tables.call(action, Bytes::copy_from_slice(body.as_bytes())).await
    }

    pub(crate) async fn get(&self) -> Result<(u16, String), CallError> {
        let reply = self.call(Action::GetItem, r#"{"TableName":"items","Key":{}}"#).await?;
        Ok((reply.status, String::from_utf8(reply.body.to_vec()).unwrap()))
    }
}

/// An answer of DynamoDB's as the store's users see it.
pub(crate) fn answer(status: u16, body: &str) -> Result<(u16, String), CallError> {
    Ok((status, body.to_owned()))
}
