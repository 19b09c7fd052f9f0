use super::*;
use crate::digest::Digest;
use std::future::{pending, ready};
use std::pin::pin;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};
use tokio::sync::oneshot;

#[derive(Debug)]
struct Ticket(&'static str, usize);

impl Weighed for Ticket {
    fn bytes(&self) -> usize {
        self.1
    }
}

/// A clock that a test sets, in seconds.
#[derive(Debug, Default)]
struct Hand(AtomicU64);

impl Hand {
    fn set(&self, seconds: u64) {
        self.0.store(seconds * 1_000, Ordering::SeqCst);
    }

    fn set_ms(&self, ms: u64) {
        self.0.store(ms, Ordering::SeqCst);
    }
}

impl Clock for Hand {
    fn epoch_ms(&self) -> u64 {
        0
    }

    fn elapsed(&self) -> Duration {
        Duration::from_millis(self.0.load(Ordering::SeqCst))
    }
}

const TTL: Duration = Duration::from_secs(300);

fn key(text: &str) -> Key {
    let mut digest = Digest::default();
    digest.add(text.as_bytes());
    digest.key()
}

/// A caller who calls one method.
fn keys(caller: &str) -> Keys {
    calls(caller, "GET /")
}

fn calls(caller: &str, method: &str) -> Keys {
    of_stage("prod", caller, method)
}

fn of_stage(stage: &str, caller: &str, method: &str) -> Keys {
    Keys {
        stage: key(stage),
        authorizer: key("guard"),
        result: key(&format!("{stage} {caller}")),
        call: key(&format!("{stage} {caller} {method}")),
    }
}

fn granted(text: &'static str) -> Outcome<Ticket> {
    Ok(Arc::new(Ticket(text, 100)))
}

fn refused() -> Outcome<Ticket> {
    Err(Arc::new(Failure::unauthorized("no")))
}

fn text(outcome: &Outcome<Ticket>) -> String {
    match outcome {
        Ok(ticket) => ticket.0.to_owned(),
        Err(failure) => format!("{:?}", failure.is_kept()),
    }
}

/// What is known of a caller, or what is said now.
async fn ask(grants: &Grants<Ticket>, clock: &Hand, keys: Keys, said: Outcome<Ticket>) -> String {
    text(&grants.known_or(keys, TTL, clock, ready(said)).await)
}

fn poll<T>(future: std::pin::Pin<&mut impl Future<Output = T>>) -> Poll<T> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

#[tokio::test]
async fn a_result_is_kept_for_its_time_about_every_method() {
    let (grants, clock) = (Grants::default(), Hand::default());
    assert_eq!(ask(&grants, &clock, keys("a"), granted("first")).await, "first");
    clock.set(299);
    assert_eq!(ask(&grants, &clock, keys("a"), granted("second")).await, "first");
    assert_eq!(ask(&grants, &clock, calls("a", "PUT /x"), granted("second")).await, "first");
    assert_eq!(ask(&grants, &clock, keys("b"), granted("other")).await, "other");
    clock.set(300);
    assert_eq!(ask(&grants, &clock, keys("a"), granted("third")).await, "third");
}

#[tokio::test]
async fn a_refusal_is_remembered_for_a_second_about_the_same_call() {
    let (grants, clock) = (Grants::default(), Hand::default());
    assert_eq!(ask(&grants, &clock, keys("a"), refused()).await, "true");
    clock.set_ms(999);
    assert_eq!(ask(&grants, &clock, keys("a"), granted("now")).await, "true");
    // The function may let it call another method.
    assert_eq!(ask(&grants, &clock, calls("a", "PUT /x"), granted("put")).await, "put");
    let (grants, clock) = (Grants::default(), Hand::default());
    assert_eq!(ask(&grants, &clock, keys("a"), refused()).await, "true");
    clock.set_ms(1_000);
    assert_eq!(ask(&grants, &clock, keys("a"), granted("now")).await, "now");
}

#[tokio::test]
async fn what_is_of_the_moment_alone_is_not_remembered() {
    let (grants, clock) = (Grants::default(), Hand::default());
    let full = Err(Arc::new(Failure::full()));
    assert_eq!(ask(&grants, &clock, keys("a"), full).await, "false");
    assert_eq!(ask(&grants, &clock, keys("a"), granted("now")).await, "now");
}

#[tokio::test]
async fn requests_about_the_same_share_one_call() {
    let (grants, clock) = (Grants::default(), Hand::default());
    let asked = AtomicUsize::new(0);
    let (answer, answered) = oneshot::channel();
    let first = grants.known_or(keys("a"), TTL, &clock, async {
        asked.fetch_add(1, Ordering::SeqCst);
        answered.await.unwrap()
    });
    let again = || {
        grants.known_or(keys("a"), TTL, &clock, async {
            asked.fetch_add(1, Ordering::SeqCst);
            granted("again")
        })
    };
    let (mut first, mut second, mut third) = (pin!(first), pin!(again()), pin!(again()));
    assert!(poll(first.as_mut()).is_pending());
    assert!(poll(second.as_mut()).is_pending());
    assert!(poll(third.as_mut()).is_pending());
    // One about another caller does not wait.
    assert_eq!(ask(&grants, &clock, keys("b"), granted("other")).await, "other");
    answer.send(refused()).unwrap();
    for outcome in [first.await, second.await, third.await] {
        assert_eq!(text(&outcome), "true");
    }
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    assert!(grants.calls().by_key.is_empty());
    assert!(grants.calls().counts.is_empty());
}

#[tokio::test]
async fn one_that_waits_asks_when_the_one_that_asks_is_given_up() {
    let (grants, clock) = (Grants::default(), Hand::default());
    let mut first = Box::pin(grants.known_or(keys("a"), TTL, &clock, pending()));
    let mut second = pin!(grants.known_or(keys("a"), TTL, &clock, ready(granted("second"))));
    assert!(poll(first.as_mut()).is_pending());
    assert!(poll(second.as_mut()).is_pending());
    drop(first);
    assert_eq!(text(&second.await), "second");
    assert!(grants.calls().by_key.is_empty());
    assert!(grants.calls().counts.is_empty());
}

// Source: AWS docs (FlushStageAuthorizersCache: of a stage).
#[tokio::test]
async fn a_flush_forgets_what_is_of_its_stage_alone() {
    let (grants, clock) = (Grants::default(), Hand::default());
    let of = |stage: &str, caller: &str| of_stage(stage, caller, "GET /");
    for stage in ["prod", "beta"] {
        ask(&grants, &clock, of(stage, "a"), granted("before")).await;
        ask(&grants, &clock, of(stage, "bad"), refused()).await;
    }
    let (answer, answered) = oneshot::channel();
    let asked = async { answered.await.unwrap() };
    let mut under_way = pin!(grants.known_or(of("prod", "b"), TTL, &clock, asked));
    assert!(poll(under_way.as_mut()).is_pending());
    grants.flush(|stage| *stage == key("prod"));
    answer.send(granted("before")).unwrap();
    assert_eq!(text(&under_way.await), "before");
    for caller in ["a", "b", "bad"] {
        assert_eq!(ask(&grants, &clock, of("prod", caller), granted("after")).await, "after");
    }
    assert_eq!(ask(&grants, &clock, of("beta", "a"), granted("after")).await, "before");
    assert_eq!(ask(&grants, &clock, of("beta", "bad"), granted("after")).await, "true");
}

#[tokio::test]
async fn an_authorizer_has_a_bounded_number_of_calls() {
    let (grants, clock) = (Grants::default(), Hand::default());
    let mut under_way: Vec<_> = (0..AUTHORIZER_CALLS_MAX)
        .map(|n| Box::pin(grants.known_or(keys(&n.to_string()), TTL, &clock, pending())))
        .collect();
    for call in &mut under_way {
        assert!(poll(call.as_mut()).is_pending());
        // One poll of a task may take so many locks of tokio and no more.
        tokio::task::yield_now().await;
    }
    // At once, and it is forgotten.
    assert_eq!(ask(&grants, &clock, keys("one more"), granted("never")).await, "false");
    let uncached = grants.counted(key("guard"), ready(granted("never"))).await;
    assert_eq!(text(&uncached), "false");
    let of_another = grants.counted(key("another"), ready(granted("other"))).await;
    assert_eq!(text(&of_another), "other");
    under_way.pop();
    assert_eq!(ask(&grants, &clock, keys("one more"), granted("now")).await, "now");
    drop(under_way);
    assert!(grants.calls().by_key.is_empty());
    assert!(grants.calls().counts.is_empty());
}

#[tokio::test]
async fn what_is_kept_is_bounded_in_bytes_and_number() {
    let (grants, clock) = (Grants::default(), Hand::default());
    let large = usize::try_from(AUTHORIZER_RESULTS_BYTES_MAX / 100).unwrap();
    for n in 0..1_000 {
        let said = Ok(Arc::new(Ticket("large", large)));
        ask(&grants, &clock, keys(&n.to_string()), said).await;
    }
    assert!(grants.results.weight() <= AUTHORIZER_RESULTS_BYTES_MAX);
    assert!(!grants.results.is_empty());
    for n in 0..2 * REFUSED_CALLERS_MAX {
        ask(&grants, &clock, keys(&format!("bad {n}")), refused()).await;
    }
    assert!(grants.refusals.len() <= REFUSED_CALLERS_MAX);
    // A flood of bad tokens drives no result out.
    assert!(!grants.results.is_empty());
}
