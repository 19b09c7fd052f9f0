//! A store on the network: at AWS it is called as the integration's role, and its answers are the integration's as they are.

use super::assumed_roles::{Assumed, Fake};
use super::definition::{api, compile_with, dynamodb, line, method, services, text};
use super::fixture::{Noon, ask, get, internal_error, ports};
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use std::convert::Infallible;
use std::error::Error;
use std::sync::{Arc, Mutex};
use vestibule_dynamodb::{
    AnswerBody, Network, NetworkError, Place, Remote, RemoteOptions, Sending, Tables, World,
};
use vestibule_gateway::{Facts, Gateway, Services, Site, StageView, compile};
use vestibule_restapi::{
    AccountId, Deployment, DeploymentId, HttpMethod, Region, RestApi, Role, Stage, StageName,
};
use vestibule_sigv4::{Credentials, FixedCredentials};

const ROLE: &str = "arn:aws:iam::123456789012:role/orders";
const GET: &str = r#"{"TableName": "things", "Key": {"id": {"S": "1"}}}"#;

/// What the store does after it has been looked at.
#[derive(Clone, Copy, Debug)]
enum Does {
    Answers(u16, &'static str),
    Refuses,
    Hangs,
}

/// A store, and the access keys that were shown to it since.
#[derive(Debug)]
struct Store {
    does: Does,
    keys: Mutex<Vec<String>>,
}

impl Network for Store {
    fn send(&self, request: Request<Bytes>) -> Sending {
        // At the start the program looks for tables of its own.
        let is_look = request.body().windows(14).any(|bytes| bytes == b"vestibule.meta");
        let authorization = request.headers().get("authorization").cloned();
        let does = if is_look { Does::Answers(200, "{}") } else { self.does };
        if let Some(authorization) = authorization.filter(|_| !is_look) {
            let text = authorization.to_str().unwrap();
            let key = text.split(['=', '/']).nth(1).unwrap().to_owned();
            self.keys.lock().unwrap().push(key);
        }
        Box::pin(async move {
            let (status, body) = match does {
                Does::Answers(status, body) => (status, body),
                Does::Refuses => {
                    return Err(NetworkError("cannot connect: connection refused".to_owned()));
                }
                Does::Hangs => std::future::pending().await,
            };
            let body = Full::new(Bytes::from(body));
            let body = body
                .map_err(|never: Infallible| -> Box<dyn Error + Send + Sync> { match never {} });
            let answer = Response::builder()
                .status(status)
                .header("x-amzn-requestid", "4KBNVRGD25RG1KEO9UT4V3FQDJVV4KQNSO5AEMVJF66Q9ASUAAJG")
                .body(Box::pin(body) as AnswerBody);
            Ok(answer.unwrap())
        })
    }
}

#[derive(Debug)]
struct Standing;

impl World for Standing {
    fn epoch_ms(&self) -> u64 {
        0
    }

    fn random(&self) -> u64 {
        0
    }
}

async fn tables(store: &Arc<Store>, place: &str) -> Tables {
    let credentials = Credentials::new("AKIDGATEWAY".to_owned(), "secret".to_owned(), None);
    let options = RemoteOptions::new(Place::parse(place).unwrap());
    let (network, source) = (Arc::clone(store), FixedCredentials::new(credentials));
    let opened = Remote::open(&options, network, Arc::new(Standing), Arc::new(source)).await;
    opened.unwrap().0
}

fn called_as(role: Option<&str>) -> RestApi {
    let mut integration = dynamodb("GetItem", GET);
    integration.credentials = role.map(text);
    let id = line("method.response.header.x-id", "integration.response.header.x-amzn-RequestId");
    integration.responses[0].response_parameters = vec![id];
    api([("/", method(HttpMethod::Get, integration))])
}

/// The answer to `GET /`, and the access keys that the store was shown.
async fn answer(
    does: Does,
    place: &str,
    api: RestApi,
    services: Services,
) -> (String, Vec<String>) {
    let store = Arc::new(Store { does, keys: Mutex::default() });
    let gateway = Gateway::new(ports(tables(&store, place).await, Arc::new(Noon)));
    store.keys.lock().unwrap().clear();
    let stage = Stage::new(StageName::parse("prod").unwrap(), api.id.clone());
    let snapshot = compile_with(api, services).snapshot.unwrap();
    gateway.serve(Site::new([StageView::new(stage, Arc::new(snapshot))]));
    let answer = ask(&gateway, get("/")).await;
    let keys = store.keys.lock().unwrap().clone();
    (answer, keys)
}

fn aws(fake: &Arc<Fake>) -> Services {
    services().with_roles(Arc::<Fake>::clone(fake)).with_aws_dynamodb("us-east-1".to_owned())
}

// Source: AWS docs (API_Integration: `credentials`).
#[tokio::test]
async fn at_aws_a_call_is_made_as_the_integrations_role() {
    let fake = Fake::new(Assumed::As("ASIAROLE"));
    let does = Does::Answers(200, "{}");
    let (_, keys) = answer(does, "aws", called_as(Some(ROLE)), aws(&fake)).await;
    assert_eq!(keys, ["ASIAROLE"]);
    assert_eq!(fake.asked(), [(ROLE.to_owned(), "us-east-1".to_owned())]);
    let (_, keys) = answer(does, "aws", called_as(None), aws(&fake)).await;
    assert_eq!(keys, ["AKIDGATEWAY"]);
    // Elsewhere nobody knows the role.
    let (_, keys) = answer(does, "http://db:8000", called_as(Some(ROLE)), services()).await;
    assert_eq!(keys, ["AKIDGATEWAY"]);
}

// Source: inferred (the gateway's own rights never stand in for those of a role).
#[tokio::test]
async fn without_the_role_nothing_is_sent() {
    let fake = Fake::new(Assumed::Refused);
    let does = Does::Answers(200, "{}");
    let (answer, keys) = answer(does, "aws", called_as(Some(ROLE)), aws(&fake)).await;
    assert_eq!((answer, keys), (internal_error(), Vec::new()));
}

// Source: AWS docs (DynamoDB low-level API) for the id; that a store's answer is passed as it is, inferred.
#[tokio::test(start_paused = true)]
async fn what_the_store_answers_is_the_integrations() {
    let throttled = r#"{"__type":"com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException","message":"slow down"}"#;
    let does = Does::Answers(400, throttled);
    let (answer, keys) = answer(does, "http://db:8000", called_as(None), services()).await;
    // Three attempts, the last of which is the answer.
    assert_eq!(keys.len(), 3);
    assert!(answer.ends_with(throttled), "{answer}");
    let id = "x-id: 4KBNVRGD25RG1KEO9UT4V3FQDJVV4KQNSO5AEMVJF66Q9ASUAAJG\n";
    assert!(answer.contains(id), "{answer}");
}

// Source: AWS docs (gateway response types: INTEGRATION_FAILURE) for the first; the second is inferred.
#[tokio::test(start_paused = true)]
async fn a_store_that_does_not_answer_or_is_none() {
    let does = Does::Refuses;
    let (refused, _) = answer(does, "http://db:8000", called_as(None), services()).await;
    assert!(refused.starts_with("504 "), "{refused}");
    assert!(refused.ends_with(r#"{"message": "Network error communicating with endpoint"}"#));
    let does = Does::Answers(200, "<html>");
    let (html, _) = answer(does, "http://db:8000", called_as(None), services()).await;
    assert_eq!(html, internal_error());
}

// Source: inferred (an integration's timeout bounds all that it waits for).
#[tokio::test(start_paused = true)]
async fn what_a_role_may_do_is_looked_up_within_the_integrations_timeout() {
    let mut integration = dynamodb("GetItem", GET);
    (integration.credentials, integration.timeout_ms) = (Some(text(ROLE)), 700);
    let api = api([("/", method(HttpMethod::Get, integration))]);
    let deployment = Deployment { id: DeploymentId::of(b"content"), api: Arc::new(api) };
    let policy = r#"{"Statement": {"Effect": "Allow", "Action": "dynamodb:*", "Resource": "*"}}"#;
    let role = Role {
        arn: ROLE.to_owned(),
        policies: vec![text(policy)],
        managed_policies: Vec::new(),
        permissions_boundary: None,
        place: text("role").whole(),
    };
    let account = AccountId::parse("123456789012").unwrap();
    let facts = Facts {
        services: services(),
        roles: vec![role],
        ..Facts::new(account, Region::parse("us-east-1").unwrap())
    };
    let snapshot = compile(&deployment, &facts).snapshot.unwrap();
    let store = Arc::new(Store { does: Does::Hangs, keys: Mutex::default() });
    let tables = tables(&store, "http://db:8000").await;
    let gateway = Gateway::new(ports(tables, Arc::new(Noon)));
    let stage = Stage::new(StageName::parse("prod").unwrap(), deployment.api.id.clone());
    gateway.serve(Site::new([StageView::new(stage, Arc::new(snapshot))]));
    let start = tokio::time::Instant::now();
    let late = ask(&gateway, get("/")).await;
    assert!(late.starts_with("504 "), "{late}");
    assert!(late.ends_with(r#"{"message": "Endpoint request timed out"}"#), "{late}");
    assert_eq!(start.elapsed().as_millis(), 700);
}

// Source: inferred (AWS calls the tables of the region in the URI; those of the same names in another region are other ones).
#[test]
fn at_aws_tables_of_another_region_are_refused() {
    let services = services().with_aws_dynamodb("eu-west-1".to_owned());
    let compiled = compile_with(called_as(None), services);
    let [finding] = &compiled.diagnostics[..] else { panic!("{:?}", compiled.diagnostics) };
    assert_eq!(
        finding.message,
        "the store is DynamoDB in `eu-west-1`, and this calls the one in `us-east-1`"
    );
    assert_eq!(
        finding.help.as_deref(),
        Some("serve it with `--region us-east-1`, or name the region `eu-west-1` here")
    );
    assert!(compiled.snapshot.is_none());
}
