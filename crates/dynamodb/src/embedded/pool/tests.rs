//! Tests of the pool: what is queued, given up, outlived and contained.
//!
//! Source of all: inferred (the promises of `pool.rs`). Where time must pass, tokio's clock is
//! paused, and it jumps to the next timer when nothing else is left to do.

use std::sync::atomic::AtomicUsize;
use std::sync::mpsc::{Sender, channel};

use bytes::Bytes;

use super::*;
use crate::action::Action;

const LIMITS: PoolLimits = PoolLimits {
    threads: 1,
    queue: 1,
    queue_wait: Duration::from_secs(5),
    run_wait: Duration::from_secs(30),
    together: 1,
    yields: false,
};

/// A pool of one thread whose every call tells that it has begun and waits for leave to end.
///
/// INVARIANT: `leave` is dropped before `pool`, so that a failed test ends.
struct Gated {
    leave: Sender<()>,
    pool: Arc<Pool>,
    begun: Receiver<Vec<u8>>,
    ended: Arc<AtomicUsize>,
}

fn gated() -> Gated {
    let (begin, begun) = channel();
    let (leave, left) = channel();
    let (begin, left) = (Mutex::new(begin), Mutex::new(left));
    let ended = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&ended);
    let pool = Pool::start("test", LIMITS, move |calls| {
        let body = &calls[0].body;
        begin.lock().unwrap().send(body.to_vec()).unwrap();
        left.lock().unwrap().recv().unwrap();
        count.fetch_add(1, Ordering::SeqCst);
        vec![Reply::success(body.to_vec())]
    });
    Gated { pool: Arc::new(pool.unwrap()), begun, leave, ended }
}

impl Gated {
    fn call(&self, action: Action, body: &'static str) -> tokio::task::JoinHandle<Answer> {
        let pool = Arc::clone(&self.pool);
        tokio::spawn(async move { pool.call(call(action, body)).await })
    }
}

fn call(action: Action, body: &'static str) -> Call {
    Call::new(action, Bytes::from(body))
}

type Answer = Result<Reply, CallError>;

#[tokio::test]
async fn a_full_queue_refuses_at_once() {
    let gated = gated();
    let first = gated.call(Action::PutItem, "1");
    tokio::task::yield_now().await;
    assert_eq!(gated.begun.recv().unwrap(), b"1");
    let second = gated.call(Action::PutItem, "2");
    tokio::task::yield_now().await;
    let third = gated.pool.call(call(Action::PutItem, "3")).await;
    assert_eq!(third, Err(CallError::Saturated));
    gated.leave.send(()).unwrap();
    gated.leave.send(()).unwrap();
    assert_eq!(first.await.unwrap().unwrap().body, "1");
    assert_eq!(second.await.unwrap().unwrap().body, "2");
}

#[tokio::test]
async fn a_call_that_waits_too_long_for_its_turn_is_never_done() {
    let gated = gated();
    let first = gated.call(Action::PutItem, "1");
    tokio::task::yield_now().await;
    assert_eq!(gated.begun.recv().unwrap(), b"1");
    tokio::time::pause();
    let second = gated.pool.call(call(Action::PutItem, "2")).await;
    assert_eq!(second, Err(CallError::Saturated));
    tokio::time::resume();
    gated.leave.send(()).unwrap();
    assert_eq!(first.await.unwrap().unwrap().body, "1");
    let Gated { pool, begun, leave, ended } = gated;
    drop((leave, pool));
    assert_eq!(begun.try_iter().count(), 0);
    assert_eq!(ended.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_call_that_has_begun_and_does_not_end_is_a_deadline() {
    let gated = gated();
    let answer = gated.call(Action::PutItem, "1");
    tokio::task::yield_now().await;
    assert_eq!(gated.begun.recv().unwrap(), b"1");
    tokio::time::pause();
    assert_eq!(answer.await.unwrap(), Err(CallError::Deadline));
    gated.leave.send(()).unwrap();
    let Gated { pool, begun, leave, ended } = gated;
    drop((leave, pool));
    assert_eq!(begun.try_iter().count(), 0);
    assert_eq!(ended.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_queued_write_outlives_its_caller_and_a_queued_read_does_not() {
    let gated = gated();
    let first = gated.call(Action::PutItem, "1");
    tokio::task::yield_now().await;
    assert_eq!(gated.begun.recv().unwrap(), b"1");
    let write = gated.call(Action::PutItem, "write");
    tokio::task::yield_now().await;
    write.abort();
    assert!(write.await.unwrap_err().is_cancelled());
    gated.leave.send(()).unwrap();
    assert_eq!(gated.begun.recv().unwrap(), b"write");
    let read = gated.call(Action::Query, "read");
    tokio::task::yield_now().await;
    read.abort();
    assert!(read.await.unwrap_err().is_cancelled());
    gated.leave.send(()).unwrap();
    first.await.unwrap().unwrap();
    let Gated { pool, begun, leave, ended } = gated;
    drop((leave, pool));
    assert_eq!(begun.try_iter().count(), 0);
    assert_eq!(ended.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_panic_of_the_engine_is_an_error_500_and_the_thread_goes_on() {
    let pool = Pool::start("test", LIMITS, |calls| {
        assert_ne!(calls[0].body, "bad", "a bug in the engine");
        vec![Reply::success(calls[0].body.to_vec())]
    })
    .unwrap();
    let bad = pool.call(call(Action::PutItem, "bad")).await.unwrap();
    assert_eq!(bad.status, 500);
    assert_eq!(
        bad.body,
        r#"{"__type":"com.amazonaws.dynamodb.v20120810#InternalServerError","message":"Internal server error"}"#
    );
    let good = pool.call(call(Action::PutItem, "good")).await.unwrap();
    assert_eq!(good.body, "good");
}

#[tokio::test]
async fn writes_of_items_that_wait_are_done_together_and_others_alone_and_in_order() {
    let (begin, begun) = channel();
    let (leave, left) = channel::<()>();
    let (begin, left) = (Mutex::new(begin), Mutex::new(left));
    let limits = PoolLimits { queue: 8, together: 3, ..LIMITS };
    let pool = Pool::start("test", limits, move |calls| {
        let bodies: Vec<Bytes> = calls.iter().map(|call| call.body.clone()).collect();
        begin.lock().unwrap().send(bodies).unwrap();
        left.lock().unwrap().recv().unwrap();
        calls.iter().map(|call| Reply::success(call.body.to_vec())).collect()
    });
    let pool = Arc::new(pool.unwrap());
    let mut answers = Vec::new();
    let mut submit = |action, body| {
        let pool = Arc::clone(&pool);
        answers.push(tokio::spawn(async move { pool.call(call(action, body)).await }));
    };
    submit(Action::PutItem, "1");
    tokio::task::yield_now().await;
    assert_eq!(begun.recv().unwrap(), ["1"]);
    submit(Action::PutItem, "2");
    submit(Action::UpdateItem, "3");
    submit(Action::DeleteItem, "4");
    submit(Action::BatchWriteItem, "5");
    submit(Action::CreateTable, "6");
    submit(Action::PutItem, "7");
    tokio::task::yield_now().await;
    for expected in [vec!["2", "3", "4"], vec!["5"], vec!["6"], vec!["7"]] {
        leave.send(()).unwrap();
        assert_eq!(begun.recv().unwrap(), expected);
    }
    leave.send(()).unwrap();
    for (answer, body) in answers.into_iter().zip(["1", "2", "3", "4", "5", "6", "7"]) {
        assert_eq!(answer.await.unwrap().unwrap().body, body);
    }
}

// Source: setpriority(2): on Linux the priority is the thread's, in steps of 1 up to 19.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_thread_that_yields_is_nicer_than_its_maker() {
    let nice = || rustix::process::getpriority_process(None).unwrap();
    for (yields, nicer) in [(false, 0), (true, limits::WRITER_NICE)] {
        let limits = PoolLimits { yields, ..LIMITS };
        let pool = Pool::start("test", limits, move |_| {
            vec![Reply::success(nice().to_string().into_bytes())]
        });
        let reply = pool.unwrap().call(call(Action::GetItem, "{}")).await.unwrap();
        let expected = (nice() + nicer).min(19).to_string();
        assert_eq!(String::from_utf8_lossy(&reply.body), expected);
    }
}
