//! A store on the network that fails in the middle of serving: clients get AWS's words in bounded time, what the store says of a call
//! reaches the integration, and an endpoint that cannot be used is left alone while another one can.

use super::endpoints_tls::self_issued_backend;
use super::remote_store::{answer, asked, serving, told};
use super::{Test, equal, folder, item, request};
use crate::harness::{Does, Folder, Outcome, Program, address_in};
use std::net::TcpListener;
use std::time::{Duration, Instant};

pub(super) const TESTS: &[(&str, Test)] = &[
    ("what_a_store_says_of_a_call_is_the_integrations", errors_are_the_integrations),
    ("a_store_that_stops_in_the_middle_is_timed_out", a_store_that_stops),
    ("endpoints_that_cannot_be_used_are_left_alone", endpoints_that_cannot_be_used),
];

const THROTTLED: &str = r#"{"__type":"com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException","message":"slow down"}"#;
const SIGNED_WRONG: &str = r#"{"__type":"com.amazon.coral.service#InvalidSignatureException","message":"Credential should be scoped to a valid region, not 'us-east-1'. "}"#;
const SHOWN: &str = r#"{"__type":"com.amazon.coral.service#InvalidSignatureException","message":"the store does not take the signature: check the access key, the secret access key, the region and the clock of the gateway"}"#;

/// `folder()` whose integrations have a timeout.
fn hurried() -> Outcome<Folder> {
    let folder = folder()?;
    let api = super::API.replace("type: aws\n", "type: aws\n        timeoutInMillis: 300\n");
    folder.write("api.yaml", &api)?;
    Ok(folder)
}

// Source: AWS docs (retries of its SDKs; an integration's response is what the service answers); the words on the signature are ours.
fn errors_are_the_integrations() -> Outcome {
    let (program, store) = serving(&folder()?, &[])?;
    (0..3).for_each(|_| store.does(answer("400 Bad Request", "", THROTTLED)));
    equal("throttled", asked(&program)?, (200, THROTTLED.to_owned()))?;
    (0..3).try_for_each(|_| store.request().map(drop))?;
    store.does(answer("400 Bad Request", "", SIGNED_WRONG));
    equal("another region", asked(&program)?, (200, SHOWN.to_owned()))?;
    store.request()?;
    equal("asked once", store.further(), None)
}

// Source: AWS docs (gateway response INTEGRATION_TIMEOUT).
#[expect(
    clippy::disallowed_methods,
    reason = "the program has the real clock, and so have its clients"
)]
fn a_store_that_stops() -> Outcome {
    let (mut program, store) = serving(&hurried()?, &[])?;
    let admin = program.printed("admin on ")?;
    let admin = address_in(&admin).ok_or_else(|| format!("`{admin}` has no address"))?;
    let timed_out = (504, r#"{"message": "Endpoint request timed out"}"#.to_owned());
    let head = b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n".to_vec();
    let half = [head.clone(), b"{\"Item\"".to_vec()].concat();
    for (what, sent) in [("before the head", Vec::new()), ("after it", head), ("in the body", half)]
    {
        store.does(Does::Sends(sent));
        let begin = Instant::now();
        equal(what, asked(&program)?, timed_out.clone())?;
        equal("in time", begin.elapsed() < Duration::from_secs(5), true)?;
    }
    // So little time says nothing about the store.
    equal("/readyz", told(admin, "/readyz")?.0, 200)?;
    store.does(answer("200 OK", "", r#"{"Item":{"id":{"S":"a"}}}"#));
    super::exchange(&program, &request("GET", "/items/a"), &item("a"))
}

// Source: inferred (ours).
fn endpoints_that_cannot_be_used() -> Outcome {
    let arguments = ["api.yaml", "tables.yaml", "--ephemeral", "--aws", "127.0.0.1:0"];
    let mut store = Program::serve(&folder()?, &arguments)?;
    let aws = store.printed("AWS endpoints on ")?;
    let aws = address_in(&aws).ok_or_else(|| format!("`{aws}` has no address"))?;
    let closed = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    let closed = closed.map_err(|error| error.to_string())?;
    let foreign = self_issued_backend()?;
    // A label of a name has 63 characters: nobody is asked for this one.
    let nameless = format!("http://{}:8000", "n".repeat(64));
    let unusable = [nameless, format!("http://{closed}"), format!("https://{}", foreign.address())];
    super::exchange(&store, &request("PUT", "/items/a"), super::DONE)?;
    let urls = format!("http://{aws},{}", unusable.join(","));
    // Without tables to be made: what fills the store may meet those that cannot be used, and ends the start.
    let arguments = ["api.yaml", "--dynamodb", &urls];
    let mut program = Program::serve(&folder()?, &arguments)?;
    let admin = program.printed("admin on ")?;
    let admin = address_in(&admin).ok_or_else(|| format!("`{admin}` has no address"))?;
    let found = (200, r#"{"Item":{"id":{"S":"a"}}}"#.to_owned());
    let gone = (504, r#"{"message": "Network error communicating with endpoint"}"#.to_owned());
    let is_open = |metrics: &str, url: &String| {
        metrics.contains(&format!("vestibule_store_circuit_open{{endpoint=\"{url}\"}} 1\n"))
    };
    let mut open = 0;
    for _ in 0..1_000 {
        // Three attempts may all meet one that cannot be used.
        let got = asked(&program)?;
        equal("got or told why not", got == found || got == gone, true)?;
        let (_, metrics) = told(admin, "/metrics")?;
        open = unusable.iter().filter(|url| is_open(&metrics, url)).count();
        if open == unusable.len() {
            break;
        }
    }
    equal("open circuits", open, unusable.len())?;
    for _ in 0..20 {
        equal("only the one is asked", asked(&program)?, found.clone())?;
    }
    equal("/readyz", told(admin, "/readyz")?.0, 200)?;
    let log = program.stop()?.stderr;
    for reason in
        ["its host has no address: ", "cannot connect: ", "nobody issued it who is known here"]
    {
        equal(reason, log.contains(reason), true)?;
    }
    Ok(())
}
