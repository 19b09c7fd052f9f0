//! What is sent to a store on the network names none of the program's own tables, to whoever reads it.

use std::convert::Infallible;
use std::error::Error;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use serde_json::{Map, Value};
use tokio::runtime::Runtime;
use vestibule_dynamodb::{
    Action, AnswerBody, Network, Place, Remote, RemoteOptions, Sending, Tables, World,
};
use vestibule_sigv4::{Credentials, FixedCredentials};

use crate::lines;

/// Calls of one input.
const CALLS_MAX: usize = 8;

/// How the names of the program's own tables begin.
const OWN: &str = "vestibule.";

/// Keeps what it is sent, and answers that it is done.
#[derive(Debug, Default)]
struct Recorder(Mutex<Vec<Bytes>>);

impl Recorder {
    fn take(&self) -> Vec<Bytes> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Network for Recorder {
    fn send(&self, request: http::Request<Bytes>) -> Sending {
        let mut sent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sent.push(request.into_body());
        Box::pin(async {
            let body = Full::new(Bytes::from_static(b"{}"));
            let never = |never: Infallible| -> Box<dyn Error + Send + Sync> { match never {} };
            Ok(http::Response::new(Box::pin(body.map_err(never)) as AnswerBody))
        })
    }
}

/// A clock that stands, and dice that always fall the same way.
#[derive(Debug)]
struct Still;

impl World for Still {
    fn epoch_ms(&self) -> u64 {
        1_795_752_000_000
    }

    fn random(&self) -> u64 {
        4
    }
}

struct Guarded {
    runtime: Runtime,
    tables: Tables,
    sent: Arc<Recorder>,
}

#[expect(clippy::expect_used, reason = "without a store there is nothing to test")]
fn guarded() -> Guarded {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    let runtime = runtime.expect("a runtime");
    let options = RemoteOptions::new(Place::parse("http://127.0.0.1:8000").expect("a place"));
    let credentials = Credentials::new("AKIDGATEWAY".to_owned(), "secret".to_owned(), None);
    let (sent, source) =
        (Arc::new(Recorder::default()), Arc::new(FixedCredentials::new(credentials)));
    let network = Arc::<Recorder>::clone(&sent);
    let opened = runtime.block_on(Remote::open(&options, network, Arc::new(Still), source));
    let (tables, _state) = opened.expect("a store");
    sent.take();
    Guarded { runtime, tables, sent }
}

/// Calls a store on the network for a client: each line is an action's name, a blank and a body. Where the
/// API names tables in what is sent none of them is the program's own, whatever was asked for.
pub fn guard(data: &[u8]) {
    static STORE: OnceLock<Guarded> = OnceLock::new();
    let store = STORE.get_or_init(guarded);
    for line in data.split(|byte| *byte == b'\n').take(CALLS_MAX) {
        let blank = line.iter().position(|byte| *byte == b' ').unwrap_or(line.len());
        let (name, body) = line.split_at_checked(blank).unwrap_or((line, &[]));
        let Some(action) = lines::text(name).and_then(Action::from_name) else { continue };
        let body = Bytes::copy_from_slice(body.get(1..).unwrap_or_default());
        let called = store.runtime.block_on(store.tables.call(action, body));
        drop(called);
        for sent in store.sent.take() {
            let shown = || format!("{action} {}", String::from_utf8_lossy(&sent));
            if let Ok(Value::Object(request)) = serde_json::from_slice(&sent) {
                let named = named(&request);
                assert!(!named.iter().any(|name| is_own(name)), "{}", shown());
            }
        }
    }
}

fn is_own(name: &str) -> bool {
    let in_arn = name.starts_with("arn:") && name.contains(&format!("table/{OWN}"));
    name.starts_with(OWN) || in_arn
}

/// Texts by which a request names tables, as DynamoDB's API has them.
fn named(request: &Map<String, Value>) -> Vec<&str> {
    let members = ["TableName", "ResourceArn", "StreamArn", "TableArn", "GlobalTableName"];
    let mut names: Vec<&str> =
        members.iter().filter_map(|member| request.get(*member)?.as_str()).collect();
    if let Some(Value::Object(tables)) = request.get("RequestItems") {
        names.extend(tables.keys().map(String::as_str));
    }
    if let Some(Value::Array(items)) = request.get("TransactItems") {
        let parts = items.iter().filter_map(Value::as_object).flat_map(Map::values);
        names.extend(parts.filter_map(|part| part.get("TableName")?.as_str()));
    }
    names
}
