//! What the tests stand on: a gateway with fixed time and ids, requests, answers as text, bodies that wait, the log.

use super::definition::deployed;
use bytes::Bytes;
use http::Request;
use http_body::Frame;
use http_body_util::{BodyExt, Full};
use std::net::{IpAddr, Ipv4Addr};
use std::pin::Pin;
use std::sync::{Arc, Mutex, Once};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tracing::subscriber::DefaultGuard;
use vestibule_dynamodb::{Action, Embedded, Location, Options, Tables};
use vestibule_gateway::{
    BodyError, Calling, Clock, EndpointCall, EndpointError, Endpoints, Gateway, Ports, Random,
    Response, Site,
};
use vestibule_restapi::RestApi;

pub(crate) const MB: usize = 1024 * 1024;
pub(crate) const CLIENT: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// The headers of every answer, with the ids that [`Zeros`] makes.
pub(crate) const IDS: &str = "x-amzn-requestid: 00000000-0000-4000-8000-000000000000\n\
                              x-amz-apigw-id: AAAAAAAAAAAAAAA=\n";

/// AWS's answer to whatever is wrong with the API itself.
pub(crate) fn internal_error() -> String {
    format!(
        "500 Internal Server Error\ncontent-type: application/json\n\
         x-amzn-errortype: InternalServerErrorException\n{IDS}\n{{\"message\": \"Internal server error\"}}"
    )
}

/// An error that belongs to no API.
pub(crate) fn bare_error(status: &str, error_type: &str, message: &str) -> String {
    format!(
        "{status}\ncontent-type: application/json\nx-amzn-errortype: {error_type}\n{IDS}\n\
         {{\"message\":\"{message}\"}}"
    )
}

/// The answer of a mock.
pub(crate) fn fine(body: &str) -> String {
    format!("200 OK\ncontent-type: application/json\n{IDS}\n{body}")
}

/// Always the same moment.
#[derive(Debug)]
pub(crate) struct Noon;

impl Clock for Noon {
    fn epoch_ms(&self) -> u64 {
        43_200_000
    }

    fn elapsed(&self) -> Duration {
        Duration::ZERO
    }
}

/// Always 0.
#[derive(Debug)]
pub(crate) struct Zeros;

impl Random for Zeros {
    fn next(&self) -> u64 {
        0
    }
}

/// An empty store that is gone at the end.
pub(crate) fn store() -> Tables {
    subscribe();
    Embedded::open(&Options::new(Location::Ephemeral)).unwrap().0
}

/// A gateway that serves `api` at `/`.
pub(crate) fn served(api: RestApi) -> Arc<Gateway> {
    served_with(api, store(), Arc::new(Noon))
}

/// The same over a store and with a clock.
pub(crate) fn served_with(api: RestApi, tables: Tables, clock: Arc<dyn Clock>) -> Arc<Gateway> {
    let gateway = Gateway::new(ports(tables, clock));
    gateway.serve(Site::new([deployed(api)]));
    gateway
}

/// Time, ids and a store, and no network.
pub(crate) fn ports(tables: Tables, clock: Arc<dyn Clock>) -> Ports {
    Ports { tables, endpoints: Arc::new(Nowhere), clock, random: Arc::new(Zeros) }
}

/// A network on which nobody can be reached.
#[derive(Debug)]
pub(crate) struct Nowhere;

impl Endpoints for Nowhere {
    fn call(&self, call: EndpointCall) -> Calling {
        let why = format!("`{}` is called, and there is no network", call.request.uri());
        Box::pin(std::future::ready(Err(EndpointError::Network(why))))
    }
}

/// A store with the table `things`, whose key is `id`.
pub(crate) async fn store_of_things() -> Tables {
    let tables = store();
    let definition = r#"{"TableName": "things", "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}]}"#;
    tables.ensure_table(definition, None).await.unwrap();
    tables
}

/// What the store answers to an action.
pub(crate) async fn called(tables: &Tables, action: Action, body: impl Into<Bytes>) -> Bytes {
    tables.call(action, body.into()).await.unwrap().body
}

pub(crate) fn get(path: &str) -> Request<Full<Bytes>> {
    Request::get(path).body(Full::default()).unwrap()
}

pub(crate) fn post(path: &str, body: impl Into<Bytes>) -> Request<Full<Bytes>> {
    Request::post(path).body(Full::new(body.into())).unwrap()
}

/// The whole answer to a request, as [`shown`].
pub(crate) async fn ask(gateway: &Arc<Gateway>, request: Request<Full<Bytes>>) -> String {
    shown(gateway.answer(request, CLIENT).await).await
}

/// Status, headers in their order, a blank line, the body.
pub(crate) async fn shown(response: Response) -> String {
    let mut text = format!("{}\n", response.status());
    for (name, value) in response.headers() {
        text.push_str(&format!("{name}: {}\n", value.to_str().unwrap()));
    }
    let body = response.into_body().collect().await.unwrap().to_bytes();
    format!("{text}\n{}", String::from_utf8_lossy(&body))
}

/// One poll.
pub(crate) async fn polled<F: Future>(future: &mut Pin<Box<F>>) -> Poll<F::Output> {
    std::future::poll_fn(|cx| Poll::Ready(future.as_mut().poll(cx))).await
}

/// A body that waits for what its sender sends; it ends when the sender is dropped.
pub(crate) struct Slow(UnboundedReceiver<Bytes>);

pub(crate) fn slow() -> (UnboundedSender<Bytes>, Slow) {
    let (sender, receiver) = unbounded_channel();
    (sender, Slow(receiver))
}

impl http_body::Body for Slow {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        self.0.poll_recv(cx).map(|chunk| chunk.map(|chunk| Ok(Frame::data(chunk))))
    }
}

/// What is logged on this thread as long as it is held.
pub(crate) struct Log {
    written: Arc<Mutex<Vec<u8>>>,
    _guard: DefaultGuard,
}

/// Begins to keep the log from `info` on.
pub(crate) fn log() -> Log {
    subscribe();
    let written = Arc::new(Mutex::new(Vec::new()));
    let writer = Arc::clone(&written);
    let subscriber = tracing_subscriber::fmt()
        .without_time()
        .with_target(false)
        .with_ansi(false)
        .with_writer(move || Writer(Arc::clone(&writer)))
        .finish();
    Log { written, _guard: tracing::subscriber::set_default(subscriber) }
}

/// Sets a subscriber of the whole process before anything can be logged. A place in the code that is met for the first time
/// while there is none counts as one that nobody wants, also for a test whose own log begins at the same moment.
fn subscribe() {
    static EVERYTHING: Once = Once::new();
    EVERYTHING.call_once(|| {
        let nowhere = tracing_subscriber::fmt().with_max_level(tracing::Level::INFO);
        let nowhere = nowhere.with_writer(std::io::sink).finish();
        tracing::subscriber::set_global_default(nowhere).unwrap();
    });
}

impl Log {
    /// All lines so far.
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.written.lock().unwrap().clone()).unwrap()
    }
}

struct Writer(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
