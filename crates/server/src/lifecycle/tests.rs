//! The life of `serve` over real loopback TCP, with signals from a channel.

use std::net::SocketAddr;

use bytes::Bytes;
use http_body_util::{BodyExt, Empty, Full};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinHandle;

use super::*;
use crate::listen::Guard;

struct Program {
    data_plane: SocketAddr,
    admin: SocketAddr,
    signals: mpsc::UnboundedSender<Signal>,
    asked: Arc<Notify>,
    release: Arc<Notify>,
    exit: JoinHandle<Exit>,
}

/// Starts a program whose every request waits for `release`.
async fn start(drain: Duration) -> Program {
    start_with(drain, async {}).await
}

/// The same where `settled` says when what is left without clients is at its end.
async fn start_with(
    drain: Duration,
    settled: impl Future<Output = ()> + Send + 'static,
) -> Program {
    start_delayed(Duration::ZERO, drain, settled).await
}

/// The same where the drain begins so long after SIGTERM.
async fn start_delayed(
    drain_delay: Duration,
    drain: Duration,
    settled: impl Future<Output = ()> + Send + 'static,
) -> Program {
    let listen = async || listen::bind("127.0.0.1:0".parse().unwrap(), "--listen").await.unwrap();
    let (data_plane, admin) = (listen().await, listen().await);
    let addresses = (data_plane.local_addr().unwrap(), admin.local_addr().unwrap());
    let (signals, mut next) = mpsc::unbounded_channel();
    let (asked, release) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let readiness = Arc::new(Readiness::default());
    readiness.serve(vec!["a1b2c3d4e5".to_owned()], Vec::new());
    let admin =
        Some((admin, Admin::new(Guard::new("admin_hosts", Vec::new()), Arc::clone(&readiness))));
    let entrance = Entrance::default();
    let listeners =
        Listeners { data_plane, entrance, admin, aws: None, readiness, drain_delay, drain };
    let notify = (Arc::clone(&asked), Arc::clone(&release));
    let service = move |_| {
        let (asked, release) = notify.clone();
        service_fn(move |_| {
            let (asked, release) = (Arc::clone(&asked), Arc::clone(&release));
            async move {
                asked.notify_one();
                release.notified().await;
                Ok(Response::new(Full::new(Bytes::from_static(b"late"))))
            }
        })
    };
    let signals_in_turn = async move || next.recv().await.unwrap();
    let exit = tokio::spawn(run(listeners, service, settled, signals_in_turn));
    Program { data_plane: addresses.0, admin: addresses.1, signals, asked, release, exit }
}

/// Returns the body of the answer, or nothing when the connection ends without one.
async fn get(address: SocketAddr, path: &str) -> Option<String> {
    let stream = TokioIo::new(TcpStream::connect(address).await.ok()?);
    let (mut sender, connection) = hyper::client::conn::http1::handshake(stream).await.unwrap();
    tokio::spawn(connection);
    let request = Request::get(path).header("host", "localhost");
    let answer = sender.send_request(request.body(Empty::<Bytes>::new()).unwrap()).await.ok()?;
    let body = answer.into_body().collect().await.ok()?.to_bytes();
    Some(String::from_utf8(body.to_vec()).unwrap())
}

#[tokio::test]
async fn the_first_signal_drains() {
    let program = start(Duration::from_secs(60)).await;
    let busy = tokio::spawn(get(program.data_plane, "/"));
    program.asked.notified().await;
    let ready = r#"{"ready":true,"deployments":["a1b2c3d4e5"]}"#;
    assert_eq!(get(program.admin, "/readyz").await.unwrap(), format!("{ready}\n"));
    program.signals.send(Signal::Terminate).unwrap();
    let draining = r#"{"ready":false,"deployments":["a1b2c3d4e5"],"reasons":["draining"]}"#;
    // The signal is on its way: readiness changes, and nothing else but the drain changes it.
    let mut report = get(program.admin, "/readyz").await.unwrap();
    while report == format!("{ready}\n") {
        report = get(program.admin, "/readyz").await.unwrap();
    }
    assert_eq!(report, format!("{draining}\n"));
    program.release.notify_one();
    assert_eq!(busy.await.unwrap().unwrap(), "late");
    assert_eq!(program.exit.await.unwrap(), Exit::Ok);
    assert_eq!(get(program.data_plane, "/").await, None);
    assert_eq!(get(program.admin, "/livez").await, None);
}

const HOUR: Duration = Duration::from_secs(3600);

/// Waits until `/readyz` is not ready.
async fn unready(program: &Program) {
    while get(program.admin, "/readyz").await.unwrap().contains("true") {}
}

#[tokio::test]
async fn connections_are_taken_while_it_is_unready() {
    let program = start_delayed(HOUR, HOUR, async {}).await;
    program.signals.send(Signal::Terminate).unwrap();
    unready(&program).await;
    program.release.notify_one();
    assert_eq!(get(program.data_plane, "/").await.unwrap(), "late");
}

#[tokio::test(start_paused = true)]
async fn the_delay_ends() {
    let (delay, drain) = (Duration::from_secs(20), Duration::from_secs(30));
    let program = start_delayed(delay, drain, async {}).await;
    let begin = tokio::time::Instant::now();
    program.signals.send(Signal::Terminate).unwrap();
    assert_eq!(program.exit.await.unwrap(), Exit::Ok);
    let took = begin.elapsed().as_secs();
    assert!((20..=21).contains(&took), "{took}");
}

#[tokio::test(start_paused = true)]
async fn the_drain_has_its_time_after_the_delay() {
    let (delay, drain) = (Duration::from_secs(20), Duration::from_secs(30));
    let program = start_delayed(delay, drain, async {}).await;
    let busy = tokio::spawn(get(program.data_plane, "/"));
    program.asked.notified().await;
    let begin = tokio::time::Instant::now();
    program.signals.send(Signal::Terminate).unwrap();
    assert_eq!(program.exit.await.unwrap(), Exit::CouldNotRun);
    assert_eq!(busy.await.unwrap(), None);
    let took = begin.elapsed().as_secs();
    assert!((50..=51).contains(&took), "{took}");
}

#[tokio::test]
async fn a_second_signal_ends_the_delay_too() {
    let program = start_delayed(HOUR, HOUR, async {}).await;
    program.signals.send(Signal::Terminate).unwrap();
    program.signals.send(Signal::Terminate).unwrap();
    assert_eq!(program.exit.await.unwrap(), Exit::CouldNotRun);
}

#[tokio::test]
async fn whoever_interrupts_does_not_wait() {
    let program = start_delayed(HOUR, HOUR, async {}).await;
    program.signals.send(Signal::Interrupt).unwrap();
    assert_eq!(program.exit.await.unwrap(), Exit::Ok);
}

#[tokio::test]
async fn the_second_signal_ends_at_once() {
    let program = start(Duration::from_secs(3600)).await;
    let _busy = tokio::spawn(get(program.data_plane, "/"));
    program.asked.notified().await;
    program.signals.send(Signal::Interrupt).unwrap();
    program.signals.send(Signal::Interrupt).unwrap();
    assert_eq!(program.exit.await.unwrap(), Exit::CouldNotRun);
}

#[tokio::test(start_paused = true)]
async fn a_drain_that_cuts_is_no_clean_end() {
    let program = start(Duration::from_secs(30)).await;
    let busy = tokio::spawn(get(program.data_plane, "/"));
    program.asked.notified().await;
    program.signals.send(Signal::Terminate).unwrap();
    assert_eq!(program.exit.await.unwrap(), Exit::CouldNotRun);
    assert_eq!(busy.await.unwrap(), None);
}

/// Both halves of a drain have one time.
#[tokio::test(start_paused = true)]
async fn what_is_left_without_clients_has_the_rest_of_the_drain() {
    let program = start_with(Duration::from_secs(30), std::future::pending()).await;
    let busy = tokio::spawn(get(program.data_plane, "/"));
    program.asked.notified().await;
    let begin = tokio::time::Instant::now();
    program.signals.send(Signal::Terminate).unwrap();
    tokio::time::sleep(Duration::from_secs(20)).await;
    program.release.notify_one();
    assert_eq!(busy.await.unwrap().unwrap(), "late");
    assert_eq!(program.exit.await.unwrap(), Exit::CouldNotRun);
    let took = begin.elapsed().as_secs();
    assert!((30..=31).contains(&took), "{took}");
}

#[tokio::test]
async fn the_second_signal_ends_at_once_what_is_left_without_clients_too() {
    let program = start_with(Duration::from_secs(3600), std::future::pending()).await;
    program.signals.send(Signal::Interrupt).unwrap();
    program.signals.send(Signal::Interrupt).unwrap();
    assert_eq!(program.exit.await.unwrap(), Exit::CouldNotRun);
}
