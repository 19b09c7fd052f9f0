//! Listeners over real loopback TCP. Time is tokio's paused clock where a timeout is meant.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Empty, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::{Drained, Limits, Shutdown, bind, serve};

const SECOND: Duration = Duration::from_secs(1);

/// A listener whose service answers the path, and by path waits or answers much:
/// `/wait` for `release`, `/hour` for an hour, `/never` for ever, `/much` with 64 MiB.
struct Server {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    done: JoinHandle<Drained>,
    seen: mpsc::UnboundedReceiver<String>,
    release: Arc<Notify>,
}

impl Server {
    async fn start(limits: Limits, drain: Duration) -> Self {
        let listener = bind("127.0.0.1:0".parse().unwrap(), "--listen").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let (see, seen) = mpsc::unbounded_channel();
        let release = Arc::new(Notify::new());
        let begin = async { stopped.await.unwrap() };
        let shutdown = Shutdown { begin, drain };
        let waiting = Arc::clone(&release);
        let done = tokio::spawn(async move {
            let service = |_| {
                let (see, release) = (see.clone(), Arc::clone(&waiting));
                service_fn(move |request| answer(request, see.clone(), Arc::clone(&release)))
            };
            serve(listener, service, limits, shutdown).await
        });
        Self { address, stop, done, seen, release }
    }

    async fn connect(&self) -> Client {
        Client(TcpStream::connect(self.address).await.unwrap())
    }
}

async fn answer(
    request: Request<Incoming>,
    see: mpsc::UnboundedSender<String>,
    release: Arc<Notify>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let path = request.uri().path().to_owned();
    see.send(path.clone()).unwrap();
    match path.as_str() {
        "/wait" => release.notified().await,
        "/hour" => tokio::time::sleep(3600 * SECOND).await,
        "/never" => std::future::pending().await,
        _ => {}
    }
    let body = if path == "/much" { vec![b'x'; 64 * 1024 * 1024] } else { path.into_bytes() };
    Ok(Response::new(Full::new(body.into())))
}

/// An HTTP/1 client that sees every byte.
struct Client(TcpStream);

impl Client {
    async fn send(&mut self, text: &str) {
        self.0.write_all(text.as_bytes()).await.unwrap();
    }

    async fn get(&mut self, path: &str) {
        self.send(&format!("GET {path} HTTP/1.1\r\nhost: a\r\n\r\n")).await;
    }

    /// Returns the next answer without its date; its body must have as many bytes as `body`.
    async fn answer(&mut self, body_bytes: usize) -> String {
        let mut text = Vec::new();
        while !text.ends_with(b"\r\n\r\n") {
            text.push(self.0.read_u8().await.unwrap());
        }
        let mut body = vec![0; body_bytes];
        self.0.read_exact(&mut body).await.unwrap();
        text.extend(body);
        undated(&String::from_utf8(text).unwrap())
    }

    /// Returns all that comes before the end of the connection, without dates.
    async fn rest(&mut self) -> String {
        let mut text = Vec::new();
        self.0.read_to_end(&mut text).await.unwrap();
        undated(&String::from_utf8(text).unwrap())
    }
}

fn undated(text: &str) -> String {
    text.split_inclusive("\r\n").filter(|line| !line.starts_with("date: ")).collect()
}

fn ok(body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

fn closing(body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

/// Small times that keep the proportions of the program's.
fn limits() -> Limits {
    Limits {
        head_timeout: 20 * SECOND,
        idle_timeout: 40 * SECOND,
        close_timeout: 4 * SECOND,
        ..Limits::default()
    }
}

#[tokio::test]
async fn a_connection_serves_one_request_after_the_other() {
    let server = Server::start(Limits::default(), SECOND).await;
    let mut client = server.connect().await;
    for path in ["/a", "/bb"] {
        client.get(path).await;
        assert_eq!(client.answer(path.len()).await, ok(path));
    }
}

#[tokio::test]
async fn http2_is_served_with_prior_knowledge() {
    let server = Server::start(Limits::default(), SECOND).await;
    let stream = TokioIo::new(TcpStream::connect(server.address).await.unwrap());
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), stream).await.unwrap();
    let connection = tokio::spawn(connection);
    let request = Request::get("http://a/over-h2").body(Empty::<Bytes>::new()).unwrap();
    let answer = sender.send_request(request).await.unwrap();
    assert_eq!((answer.status().as_u16(), answer.version()), (200, http::Version::HTTP_2));
    assert_eq!(answer.into_body().collect().await.unwrap().to_bytes(), "/over-h2");
    server.stop.send(()).unwrap();
    assert_eq!(server.done.await.unwrap(), Drained::Clean);
    connection.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_head_of_20_kb_reaches_the_service_and_one_past_the_limit_is_refused() {
    let server = Server::start(Limits::default(), SECOND).await;
    let head = |bytes| format!("GET /x HTTP/1.1\r\nhost: a\r\nx: {}\r\n\r\n", "h".repeat(bytes));
    let mut client = server.connect().await;
    client.send(&head(20 * 1024)).await;
    assert_eq!(client.answer(2).await, ok("/x"));
    let mut client = server.connect().await;
    client.send(&head(64 * 1024)).await;
    assert_eq!(
        client.answer(0).await,
        "HTTP/1.1 431 Request Header Fields Too Large\r\n\
         connection: close\r\ncontent-length: 0\r\n\r\n"
    );
}

#[tokio::test]
async fn an_http2_head_past_the_limit_is_refused() {
    let server = Server::start(Limits::default(), SECOND).await;
    let stream = TokioIo::new(TcpStream::connect(server.address).await.unwrap());
    let (mut sender, connection) = hyper::client::conn::http2::Builder::new(TokioExecutor::new())
        .max_send_buf_size(1024 * 1024)
        .handshake(stream)
        .await
        .unwrap();
    tokio::spawn(connection);
    let mut status = async |bytes: usize| {
        let request = Request::get("http://a/x").header("x", "h".repeat(bytes));
        let answer = sender.send_request(request.body(Empty::<Bytes>::new()).unwrap()).await;
        answer.unwrap().status().as_u16()
    };
    assert_eq!(status(20 * 1024).await, 200);
    assert_eq!(status(64 * 1024).await, 431);
}

#[tokio::test(start_paused = true)]
async fn half_a_head_is_waited_for_and_then_given_up() {
    let server = Server::start(limits(), SECOND).await;
    let mut client = server.connect().await;
    let begin = Instant::now();
    client.send("GET / HTTP/1.1\r\nhost:").await;
    assert_eq!(client.rest().await, "");
    let took = begin.elapsed().as_secs();
    assert!((20..=21).contains(&took), "{took}");
}

#[tokio::test(start_paused = true)]
async fn a_silent_connection_is_closed() {
    let server = Server::start(limits(), SECOND).await;
    let mut client = server.connect().await;
    let begin = Instant::now();
    assert_eq!(client.rest().await, "");
    let took = begin.elapsed().as_secs();
    assert!((40..=50).contains(&took), "{took}");
}

#[tokio::test(start_paused = true)]
async fn a_kept_connection_may_wait_as_long_as_a_head() {
    let server = Server::start(limits(), SECOND).await;
    let mut client = server.connect().await;
    client.get("/a").await;
    assert_eq!(client.answer(2).await, ok("/a"));
    let begin = Instant::now();
    assert_eq!(client.rest().await, "");
    let took = begin.elapsed().as_secs();
    assert!((19..=21).contains(&took), "{took}");
}

#[tokio::test(start_paused = true)]
async fn an_idle_http2_connection_is_closed() {
    let server = Server::start(limits(), SECOND).await;
    let stream = TokioIo::new(TcpStream::connect(server.address).await.unwrap());
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), stream).await.unwrap();
    let connection = tokio::spawn(connection);
    let request = Request::get("http://a/x").body(Empty::<Bytes>::new()).unwrap();
    assert_eq!(sender.send_request(request).await.unwrap().status().as_u16(), 200);
    let begin = Instant::now();
    connection.await.unwrap().unwrap();
    let took = begin.elapsed().as_secs();
    assert!((40..=55).contains(&took), "{took}");
}

#[tokio::test(start_paused = true)]
async fn a_request_being_answered_is_not_idle() {
    let server = Server::start(limits(), SECOND).await;
    let mut client = server.connect().await;
    client.get("/hour").await;
    assert_eq!(client.answer(5).await, ok("/hour"));
}

#[tokio::test(start_paused = true)]
async fn a_client_that_does_not_read_its_answer_is_cut() {
    let server = Server::start(Limits { connections_max: 1, ..limits() }, SECOND).await;
    let mut greedy = server.connect().await;
    greedy.get("/much").await;
    // There is room for one: the second is served when the first is gone.
    let mut next = server.connect().await;
    next.get("/next").await;
    assert_eq!(next.answer(5).await, ok("/next"));
}

#[tokio::test(start_paused = true)]
async fn a_client_that_reads_slowly_gets_its_whole_answer() {
    let server = Server::start(limits(), SECOND).await;
    let mut slow = server.connect().await;
    slow.get("/much").await;
    let mut chunk = vec![0; 4 * 1024 * 1024];
    for _ in 0..16 {
        tokio::time::sleep(10 * SECOND).await;
        slow.0.read_exact(&mut chunk).await.unwrap();
    }
}

#[tokio::test]
async fn a_connection_past_the_limit_waits_until_another_closes() {
    let mut server = Server::start(Limits { connections_max: 1, ..limits() }, SECOND).await;
    let mut first = server.connect().await;
    first.get("/1").await;
    assert_eq!(first.answer(2).await, ok("/1"));
    let mut second = server.connect().await;
    second.get("/2").await;
    first.get("/3").await;
    assert_eq!(first.answer(2).await, ok("/3"));
    drop(first);
    assert_eq!(second.answer(2).await, ok("/2"));
    let mut seen = Vec::new();
    while let Ok(path) = server.seen.try_recv() {
        seen.push(path);
    }
    assert_eq!(seen, ["/1", "/3", "/2"]);
}

#[tokio::test]
async fn a_drain_answers_what_is_in_flight_and_takes_nothing_new() {
    let mut server = Server::start(Limits::default(), 60 * SECOND).await;
    let mut busy = server.connect().await;
    busy.get("/wait").await;
    assert_eq!(server.seen.recv().await.unwrap(), "/wait");
    let mut kept = server.connect().await;
    kept.get("/kept").await;
    assert_eq!(kept.answer(5).await, ok("/kept"));
    server.stop.send(()).unwrap();
    // The idle one ends at once: so the drain has begun.
    assert_eq!(kept.rest().await, "");
    let refused = TcpStream::connect(server.address).await.unwrap_err();
    assert_eq!(refused.kind(), std::io::ErrorKind::ConnectionRefused);
    server.release.notify_one();
    assert_eq!(busy.rest().await, closing("/wait"));
    assert_eq!(server.done.await.unwrap(), Drained::Clean);
}

#[tokio::test(start_paused = true)]
async fn a_drain_ends_at_its_deadline() {
    let mut server = Server::start(Limits::default(), 30 * SECOND).await;
    let mut busy = server.connect().await;
    busy.get("/never").await;
    assert_eq!(server.seen.recv().await.unwrap(), "/never");
    let begin = Instant::now();
    server.stop.send(()).unwrap();
    assert_eq!(server.done.await.unwrap(), Drained::Cut(1));
    assert_eq!(begin.elapsed().as_secs(), 30);
    assert_eq!(busy.rest().await, "");
}

#[tokio::test]
async fn a_broken_request_is_answered_and_the_listener_goes_on() {
    let server = Server::start(Limits::default(), SECOND).await;
    let mut broken = server.connect().await;
    broken.send("NOT HTTP\r\n\r\n").await;
    assert_eq!(
        broken.rest().await,
        "HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
    );
    let mut client = server.connect().await;
    client.get("/a").await;
    assert_eq!(client.answer(2).await, ok("/a"));
}

#[tokio::test]
async fn a_connection_tells_both_its_ends() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let peers = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&peers);
    let service = move |peer| {
        noted.lock().unwrap().push(peer);
        service_fn(|_: Request<Incoming>| async {
            Ok::<_, Infallible>(Response::new(Full::<Bytes>::default()))
        })
    };
    let shutdown = Shutdown { begin: std::future::pending(), drain: SECOND };
    let task = tokio::spawn(serve(listener, service, Limits::default(), shutdown));
    let mut client = Client(TcpStream::connect(address).await.unwrap());
    client.get("/").await;
    assert_eq!(client.answer(0).await, ok(""));
    let remote = client.0.local_addr().unwrap();
    assert_eq!(*peers.lock().unwrap(), [super::Peer { remote, local: address }]);
    task.abort();
}
