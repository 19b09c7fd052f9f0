//! Listeners over real loopback TCP; where a timeout is meant, single connections over a pipe with
//! tokio's paused clock: that clock must never run ahead of bytes which the system still carries.

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
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream, duplex};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, mpsc, oneshot, watch};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::connection::Connections;
use super::serve::Phase;
use super::{Drained, Entrance, Farewell, Limits, Peer, Shutdown, bind, serve};
use crate::proxies::{Network, TrustedProxies};

mod handshakes;

const SECOND: Duration = Duration::from_secs(1);

/// A listener whose service answers the path, and by path waits or answers much:
/// `/wait` for `release`, `/hour` for an hour, `/never` for ever, `/much` with 64 MiB.
struct Server {
    address: SocketAddr,
    farewell: Farewell,
    stop: oneshot::Sender<()>,
    done: JoinHandle<Drained>,
    seen: mpsc::UnboundedReceiver<String>,
    release: Arc<Notify>,
}

impl Server {
    async fn start(limits: Limits, drain: Duration) -> Self {
        Self::start_with(Entrance::default(), limits, drain).await
    }

    async fn start_with(entrance: Entrance, limits: Limits, drain: Duration) -> Self {
        let listener = bind("127.0.0.1:0".parse().unwrap(), "--listen").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let (see, seen) = mpsc::unbounded_channel();
        let release = Arc::new(Notify::new());
        let begin = async { stopped.await.unwrap() };
        let farewell = Farewell::default();
        let shutdown = Shutdown { farewell: farewell.clone(), begin, drain };
        let waiting = Arc::clone(&release);
        let done = tokio::spawn(async move {
            let service = move |_| {
                let (see, release) = (see.clone(), Arc::clone(&waiting));
                service_fn(move |request| answer(request, see.clone(), Arc::clone(&release)))
            };
            serve(listener, entrance, service, limits, shutdown).await
        });
        Self { address, farewell, stop, done, seen, release }
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
    let _nobody_looks = see.send(path.clone());
    match path.as_str() {
        "/wait" => release.notified().await,
        "/hour" => tokio::time::sleep(3600 * SECOND).await,
        "/never" => std::future::pending().await,
        _ => {}
    }
    let body = if path == "/much" { vec![b'x'; 64 * 1024 * 1024] } else { path.into_bytes() };
    Ok(Response::new(Full::new(body.into())))
}

/// Serves one connection over a pipe, at which the client's end is returned.
fn piped(entrance: Entrance, limits: Limits) -> (Client<DuplexStream>, JoinHandle<()>) {
    pipes(entrance, limits)()
}

/// The same for as many connections of one listener as are asked for.
fn pipes(
    entrance: Entrance,
    limits: Limits,
) -> impl Fn() -> (Client<DuplexStream>, JoinHandle<()>) {
    let (see, _unseen) = mpsc::unbounded_channel();
    let service = move |peer: Peer| {
        let see = see.clone();
        service_fn(move |request: Request<Incoming>| {
            let (see, is_peer) = (see.clone(), request.uri().path() == "/peer");
            async move {
                if is_peer {
                    let text = format!("{} {} {}", peer.remote, peer.local, peer.tls.is_some());
                    return Ok(Response::new(Full::from(text)));
                }
                answer(request, see, Arc::default()).await
            }
        })
    };
    let peer = Peer {
        remote: "10.0.0.1:40000".parse().unwrap(),
        local: "192.0.2.1:8080".parse().unwrap(),
        tls: None,
        certificate: None,
    };
    let connections = Arc::new(Connections::new(entrance, limits, Farewell::default(), service));
    move || {
        let (client, stream) = duplex(64 * 1024);
        let (connections, peer) = (Arc::clone(&connections), peer.clone());
        let ended = tokio::spawn(async move {
            let (_open, phase) = watch::channel(Phase::Open);
            connections.run(stream, peer, phase).await;
        });
        (Client(client), ended)
    }
}

/// An HTTP/1 client that sees every byte.
struct Client<T = TcpStream>(T);

impl<T: AsyncRead + AsyncWrite + Unpin> Client<T> {
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
    let (mut client, _) = piped(Entrance::default(), limits());
    let begin = Instant::now();
    client.send("GET / HTTP/1.1\r\nhost:").await;
    assert_eq!(client.rest().await, "");
    let took = begin.elapsed().as_secs();
    assert!((20..=21).contains(&took), "{took}");
}

#[tokio::test(start_paused = true)]
async fn a_head_that_trickles_has_no_more_time_than_another() {
    let (mut client, _) = piped(Entrance::default(), limits());
    let begin = Instant::now();
    client.send("GET / HTTP/1.1\r\nx: ").await;
    while client.0.write_all(b"x").await.is_ok() {
        tokio::time::sleep(SECOND).await;
    }
    let took = begin.elapsed().as_secs();
    assert!((20..=22).contains(&took), "{took}");
}

#[tokio::test(start_paused = true)]
async fn a_silent_connection_is_closed() {
    let (mut client, _) = piped(Entrance::default(), limits());
    let begin = Instant::now();
    assert_eq!(client.rest().await, "");
    let took = begin.elapsed().as_secs();
    assert!((40..=50).contains(&took), "{took}");
}

#[tokio::test(start_paused = true)]
async fn a_kept_connection_may_wait_as_long_as_a_head() {
    let (mut client, _) = piped(Entrance::default(), limits());
    client.get("/a").await;
    assert_eq!(client.answer(2).await, ok("/a"));
    let begin = Instant::now();
    assert_eq!(client.rest().await, "");
    let took = begin.elapsed().as_secs();
    assert!((19..=21).contains(&took), "{took}");
}

#[tokio::test(start_paused = true)]
async fn an_idle_http2_connection_is_closed() {
    let (client, _) = piped(Entrance::default(), limits());
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(client.0))
            .await
            .unwrap();
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
    let (mut client, _) = piped(Entrance::default(), limits());
    client.get("/hour").await;
    assert_eq!(client.answer(5).await, ok("/hour"));
}

#[tokio::test(start_paused = true)]
async fn a_client_that_does_not_read_its_answer_is_cut() {
    let (mut greedy, ended) = piped(Entrance::default(), limits());
    let begin = Instant::now();
    greedy.get("/much").await;
    ended.await.unwrap();
    // Idle, told to close, cut.
    let took = begin.elapsed().as_secs();
    assert!((40..=60).contains(&took), "{took}");
}

#[tokio::test(start_paused = true)]
async fn a_client_that_reads_slowly_gets_its_whole_answer() {
    let (mut slow, _) = piped(Entrance::default(), limits());
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
async fn a_farewell_closes_connections_after_their_answers_and_new_ones_are_taken() {
    let server = Server::start(Limits::default(), 60 * SECOND).await;
    let mut kept = server.connect().await;
    kept.get("/kept").await;
    assert_eq!(kept.answer(5).await, ok("/kept"));
    server.farewell.say();
    kept.get("/last").await;
    assert_eq!(kept.rest().await, closing("/last"));
    let mut new = server.connect().await;
    new.get("/new").await;
    assert_eq!(new.rest().await, closing("/new"));
    server.stop.send(()).unwrap();
    assert_eq!(server.done.await.unwrap(), Drained::Clean);
}

#[tokio::test]
async fn a_farewell_leaves_connections_of_http_2_open() {
    let server = Server::start(Limits::default(), 60 * SECOND).await;
    let stream = TokioIo::new(TcpStream::connect(server.address).await.unwrap());
    let shaken = hyper::client::conn::http2::handshake(TokioExecutor::new(), stream).await;
    let (mut sender, connection) = shaken.unwrap();
    let connection = tokio::spawn(connection);
    server.farewell.say();
    for path in ["/a", "/b"] {
        let request = Request::get(format!("http://localhost{path}"));
        let request = request.body(Empty::<Bytes>::new()).unwrap();
        let answer = sender.send_request(request).await.unwrap();
        assert_eq!(answer.headers().get("connection"), None);
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(body, path);
    }
    assert!(!connection.is_finished());
    server.stop.send(()).unwrap();
    connection.await.unwrap().unwrap();
    assert_eq!(server.done.await.unwrap(), Drained::Clean);
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
    let (farewell, begin) = (Farewell::default(), std::future::pending());
    let shutdown = Shutdown { farewell, begin, drain: SECOND };
    let entrance = Entrance::default();
    let task = tokio::spawn(serve(listener, entrance, service, Limits::default(), shutdown));
    let mut client = Client(TcpStream::connect(address).await.unwrap());
    client.get("/").await;
    assert_eq!(client.answer(0).await, ok(""));
    let remote = client.0.local_addr().unwrap();
    assert_eq!(
        *peers.lock().unwrap(),
        [Peer { remote, local: address, tls: None, certificate: None }]
    );
    task.abort();
}

/// 203.0.113.9:50000 called 198.51.100.1:443. Source: documented (HAProxy, "The PROXY protocol", 2.2).
const PREAMBLE: &[u8] =
    b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xcb\0\x71\x09\xc6\x33\x64\x01\xc3\x50\x01\xbb";

fn behind_a_proxy() -> Entrance {
    let network = Network::parse("10.0.0.0/8").unwrap();
    Entrance { tls: None, proxies: TrustedProxies::new(vec![network]) }
}

#[tokio::test(start_paused = true)]
async fn the_preamble_of_a_trusted_proxy_says_who_the_peer_is() {
    for step in [1, 7, PREAMBLE.len()] {
        let (mut client, _) = piped(behind_a_proxy(), limits());
        for bytes in PREAMBLE.chunks(step) {
            client.0.write_all(bytes).await.unwrap();
            tokio::task::yield_now().await;
        }
        client.get("/peer").await;
        let expected = "203.0.113.9:50000 198.51.100.1:443 false";
        assert_eq!(client.answer(expected.len()).await, ok(expected), "{step}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_trusted_proxy_need_not_send_one() {
    for request in
        ["GET /peer HTTP/1.1\r\nhost: a\r\n\r\n", "\r\nGET /peer HTTP/1.1\r\nhost: a\r\n\r\n"]
    {
        let (mut client, _) = piped(behind_a_proxy(), limits());
        for byte in request.bytes() {
            client.0.write_all(&[byte]).await.unwrap();
            tokio::task::yield_now().await;
        }
        let expected = "10.0.0.1:40000 192.0.2.1:8080 false";
        assert_eq!(client.answer(expected.len()).await, ok(expected));
    }
    // A LOCAL command: the proxy speaks for itself.
    let (mut client, _) = piped(behind_a_proxy(), limits());
    client.0.write_all(b"\r\n\r\n\0\r\nQUIT\n\x20\0\0\0").await.unwrap();
    client.get("/peer").await;
    let expected = "10.0.0.1:40000 192.0.2.1:8080 false";
    assert_eq!(client.answer(expected.len()).await, ok(expected));
}

#[tokio::test(start_paused = true)]
async fn http2_follows_a_preamble_too() {
    let (mut client, _) = piped(behind_a_proxy(), limits());
    client.0.write_all(PREAMBLE).await.unwrap();
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(client.0))
            .await
            .unwrap();
    tokio::spawn(connection);
    let request = Request::get("http://a/peer").body(Empty::<Bytes>::new()).unwrap();
    let answer = sender.send_request(request).await.unwrap();
    let body = answer.into_body().collect().await.unwrap().to_bytes();
    assert_eq!(body, "203.0.113.9:50000 198.51.100.1:443 false");
}

#[tokio::test(start_paused = true)]
async fn a_preamble_that_has_begun_has_little_time() {
    let (mut client, _) = piped(behind_a_proxy(), limits());
    let begin = Instant::now();
    client.0.write_all(&PREAMBLE[..20]).await.unwrap();
    assert_eq!(client.rest().await, "");
    assert_eq!(begin.elapsed(), limits().preamble_timeout);
}

#[tokio::test(start_paused = true)]
async fn a_trusted_proxy_that_is_silent_is_closed_as_others_are() {
    let (mut client, _) = piped(behind_a_proxy(), limits());
    let begin = Instant::now();
    assert_eq!(client.rest().await, "");
    assert_eq!(begin.elapsed(), limits().idle_timeout);
}

#[tokio::test(start_paused = true)]
async fn a_malformed_preamble_ends_the_connection() {
    let mut malformed = PREAMBLE.to_vec();
    malformed[12] = 0x31;
    for bytes in [&malformed[..], b"PROXY TCP4 203.0.113.9 198.51.100.1 50000 443\r\n"] {
        let (mut client, ended) = piped(behind_a_proxy(), limits());
        client.0.write_all(bytes).await.unwrap();
        ended.await.unwrap();
        assert_eq!(client.rest().await, "");
    }
}

#[tokio::test(start_paused = true)]
async fn the_preamble_of_anybody_else_is_no_request() {
    let (mut client, _) = piped(Entrance::default(), limits());
    client.0.write_all(PREAMBLE).await.unwrap();
    client.get("/peer").await;
    assert_eq!(
        client.rest().await,
        "HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
    );
}

#[tokio::test]
async fn one_client_has_no_more_connections_than_its_share() {
    let limits = Limits { client_connections_max: 2, ..Limits::default() };
    let server = Server::start(limits, SECOND).await;
    let mut kept = Vec::new();
    for path in ["/1", "/2"] {
        let mut client = server.connect().await;
        client.get(path).await;
        assert_eq!(client.answer(2).await, ok(path));
        kept.push(client);
    }
    let mut third = server.connect().await;
    let mut byte = [0];
    // Closed or reset, and never answered.
    assert!(matches!(third.0.read(&mut byte).await, Ok(0) | Err(_)));
    kept.clear();
    // The program sees them go when it likes.
    loop {
        let mut client = server.connect().await;
        let _may_be_closed = client.0.write_all(b"GET /3 HTTP/1.1\r\nhost: a\r\n\r\n").await;
        if matches!(client.0.read(&mut byte).await, Ok(1)) {
            return;
        }
    }
}

#[tokio::test]
async fn a_trusted_proxy_has_as_many_as_there_are() {
    let limits = Limits { client_connections_max: 1, ..Limits::default() };
    let proxies = TrustedProxies::new(vec![Network::parse("127.0.0.0/8").unwrap()]);
    let server = Server::start_with(Entrance { tls: None, proxies }, limits, SECOND).await;
    let mut kept = Vec::new();
    for path in ["/1", "/2", "/3"] {
        let mut client = server.connect().await;
        client.get(path).await;
        assert_eq!(client.answer(2).await, ok(path));
        kept.push(client);
    }
}

/// An HTTP/2 client that writes its frames itself: it does what no library does.
struct Frames(DuplexStream);

const DATA_ENDS: u8 = 0x1;
const HEADERS_END: u8 = 0x4;

impl Frames {
    async fn open(limits: Limits) -> (Frames, JoinHandle<()>) {
        let (client, ended) = piped(Entrance::default(), limits);
        let mut frames = Frames(client.0);
        frames.0.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await.unwrap();
        frames.send(0x4, 0, 0, &[]).await.unwrap();
        (frames, ended)
    }

    async fn send(
        &mut self,
        kind: u8,
        flags: u8,
        stream: u32,
        payload: &[u8],
    ) -> std::io::Result<()> {
        let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
        let head = [&length[1..], &[kind, flags], &stream.to_be_bytes()].concat();
        self.0.write_all(&[&head[..], payload].concat()).await
    }

    /// Asks for `/wait`, which is never answered. The head is one of RFC 7541: GET, http, path and authority as literals.
    async fn ask(&mut self, stream: u32) -> std::io::Result<()> {
        let head = b"\x82\x86\x04\x05/wait\x01\x01a";
        self.send(0x1, DATA_ENDS | HEADERS_END, stream, head).await
    }

    /// The next frame of this kind: its stream and payload. None at the end of the connection.
    async fn next(&mut self, kind: u8) -> Option<(u32, Vec<u8>)> {
        loop {
            let mut head = [0; 9];
            self.0.read_exact(&mut head).await.ok()?;
            let [a, b, c, got, _flags, stream @ ..] = head;
            let mut payload = vec![0; u32::from_be_bytes([0, a, b, c]) as usize];
            self.0.read_exact(&mut payload).await.ok()?;
            if got == kind {
                return Some((u32::from_be_bytes(stream), payload));
            }
        }
    }

    /// The error code with which the connection is ended.
    async fn goaway(&mut self) -> Option<u8> {
        let (_, payload) = self.next(0x7).await?;
        payload.get(7).copied()
    }
}

/// RFC 9113, section 7.
const REFUSED_STREAM: [u8; 4] = [0, 0, 0, 7];
const ENHANCE_YOUR_CALM: u8 = 0xb;

#[tokio::test(start_paused = true)]
async fn a_stream_past_the_limit_is_refused_and_the_others_go_on() {
    let (mut frames, _) = Frames::open(Limits { http2_streams_max: 3, ..limits() }).await;
    for stream in [1, 3, 5, 7] {
        frames.ask(stream).await.unwrap();
    }
    assert_eq!(frames.next(0x3).await, Some((7, REFUSED_STREAM.to_vec())));
    // Taken back, it makes room for another.
    frames.send(0x3, 0, 5, &[0, 0, 0, 8]).await.unwrap();
    tokio::time::sleep(SECOND).await;
    frames.ask(9).await.unwrap();
    frames.ask(11).await.unwrap();
    assert_eq!(frames.next(0x3).await, Some((11, REFUSED_STREAM.to_vec())));
}

#[tokio::test(start_paused = true)]
async fn who_asks_and_takes_back_at_once_is_closed() {
    let (mut frames, _) = Frames::open(limits()).await;
    for stream in (1..20_000).step_by(2) {
        let asked = frames.ask(stream).await;
        if asked.and(frames.send(0x3, 0, stream, &[0, 0, 0, 8]).await).is_err() {
            break;
        }
    }
    assert_eq!(frames.goaway().await, Some(ENHANCE_YOUR_CALM));
}

#[tokio::test(start_paused = true)]
async fn a_head_that_never_ends_is_given_up() {
    let (mut frames, ended) = Frames::open(limits()).await;
    // A literal of 16 KB, again and again, and never the end of the head.
    let mut part = b"\x00\x01x\x7f\x81\x7b".to_vec();
    part.extend(vec![b'h'; 16_000]);
    frames.send(0x1, 0, 1, &part).await.unwrap();
    let mut parts = 0;
    while frames.send(0x9, 0, 1, &part).await.is_ok() {
        parts += 1;
        assert!(parts < 1_000, "it reads on and on");
    }
    ended.await.unwrap();
}
