//! Circuits: they open when an endpoint fails again and again, and close when a probe is answered. Source of all: inferred.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::Request;
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep};
use vestibule_dynamodb::{
    Action, CallError, EndpointHealth, Network, Place, Remote, RemoteOptions, Sending,
};
use vestibule_sigv4::{CredentialSource, Credentials, FixedCredentials, LookUp, Signer};

use crate::fake::{Does, FAILED, Fake, Sent, Standing, Store, THROTTLED, answer, open as open_at};

fn open() -> Result<(u16, String), CallError> {
    Err(CallError::CircuitOpen { endpoints: "`http://db:8000`".to_owned() })
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_that_fails_is_left_alone_until_a_probe_is_answered() {
    let store = Store::one().await;
    store.fake.host_does("db:8000", Does::Refuses);
    // Three attempts, then two.
    let refused = "cannot connect: connection refused".to_owned();
    let error = CallError::Unreachable { endpoint: "http://db:8000".to_owned(), reason: refused };
    assert_eq!(store.get().await, Err(error.clone()));
    assert_eq!(store.get().await, Err(error.clone()));
    assert_eq!(store.fake.sent().len(), 5);
    assert_eq!(store.get().await, open());
    assert_eq!(store.fake.sent().len(), 0);
    let health = store.tables.health().unwrap();
    let reason = Some(error.to_string());
    let endpoint = EndpointHealth { url: "http://db:8000".to_owned(), open_reason: reason };
    assert_eq!((health.is_cut_off, health.circuit_openings), (true, 1));
    assert_eq!(health.endpoints, [endpoint]);

    // There is no other endpoint: it is looked at again and again.
    sleep(Duration::from_millis(5_500)).await;
    let probes = store.fake.sent();
    let at: Vec<u64> = probes.iter().map(|probe| probe.at.as_secs()).collect();
    assert_eq!(at, [1, 2, 3, 4, 5]);
    assert_eq!(probes[0].target, "ListTables");
    store.fake.host_does("db:8000", Does::Answers(400, THROTTLED));
    sleep(Duration::from_millis(1_250)).await;
    assert_eq!(store.fake.sent().len(), 1);
    let health = store.tables.health().unwrap();
    assert!(!health.is_cut_off);
    store.fake.host_does("db:8000", Does::Answers(200, "{}"));
    assert_eq!(store.get().await, answer(200, "{}"));
}

#[tokio::test(start_paused = true)]
async fn one_endpoint_of_several_is_probed_less_and_less_often_until_it_is_the_last_hope() {
    let store = open_at(&Fake::default(), "http://a:8000,http://b:8000", 0).await.unwrap();
    let probes = |host: &'static str| {
        let of_host = move |sent: &Sent| sent.host == host && sent.target == "ListTables";
        store.fake.sent().into_iter().filter(of_host).map(|sent| sent.at.as_secs()).collect()
    };
    store.fake.host_does("a:8000", Does::Refuses);
    for _ in 0..5 {
        store.get().await.unwrap();
    }
    sleep(Duration::from_secs(40)).await;
    let at: Vec<u64> = probes("a:8000");
    assert_eq!(at, [1, 3, 7, 15, 31]);
    // The pause to the next one would be 30 s. The other one fails too, and hangs.
    store.fake.host_does("b:8000", Does::Hangs);
    while !store.tables.health().unwrap().is_cut_off {
        assert_eq!(store.get().await, Err(CallError::Deadline));
    }
    store.fake.sent();
    store.fake.host_does("a:8000", Does::Answers(200, "{}"));
    sleep(Duration::from_millis(1_250)).await;
    assert_eq!(store.get().await, answer(200, "{}"));
}

#[tokio::test(start_paused = true)]
async fn a_probe_that_hangs_holds_up_no_other() {
    let store = Store::one().await;
    store.fake.host_does("db:8000", Does::Hangs);
    while !store.tables.health().unwrap().is_cut_off {
        assert_eq!(store.get().await, Err(CallError::Deadline));
    }
    sleep(Duration::from_millis(2_500)).await;
    assert_eq!(store.get().await, open());
    store.fake.host_does("db:8000", Does::Answers(200, "{}"));
    sleep(Duration::from_millis(1_250)).await;
    assert_eq!(store.get().await, answer(200, "{}"));
}

#[tokio::test(start_paused = true)]
async fn errors_of_a_store_that_answers_open_nothing() {
    let store = Store::one().await;
    store.fake.host_does("db:8000", Does::Answers(500, FAILED));
    for _ in 0..20 {
        assert_eq!(store.get().await, answer(500, FAILED));
    }
    assert_eq!(store.tables.health().unwrap().circuit_openings, 0);
}

#[tokio::test(start_paused = true)]
async fn a_store_that_hangs_costs_its_time_only_until_its_circuit_opens() {
    let store = Store::one().await;
    store.fake.host_does("db:8000", Does::Hangs);
    assert_eq!(store.get().await, Err(CallError::Deadline));
    assert_eq!(store.get().await, Err(CallError::Deadline));
    let begin = Instant::now();
    assert_eq!(store.get().await, open());
    assert_eq!(begin.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn calls_with_little_time_say_little_about_an_endpoint() {
    let store = Store::one().await;
    store.fake.host_does("db:8000", Does::Hangs);
    for _ in 0..20 {
        let body = bytes::Bytes::from_static(b"{}");
        let timeout = Duration::from_millis(999);
        let late = store.tables.call_within(vestibule_dynamodb::Action::Scan, body, timeout).await;
        assert_eq!(late, Err(CallError::Deadline));
    }
    assert!(!store.tables.health().unwrap().is_cut_off);
}

/// Credentials that never come.
#[derive(Debug)]
struct Never;

impl CredentialSource for Never {
    fn at_hand(&self) -> Option<Arc<Credentials>> {
        None
    }

    fn look_up(&self) -> LookUp<'_> {
        Box::pin(std::future::pending())
    }
}

#[tokio::test(start_paused = true)]
async fn waiting_for_credentials_says_nothing_about_an_endpoint() {
    let store = Store::one().await;
    let signer = Signer::new(Arc::new(Never), "us-east-1".to_owned(), "dynamodb".to_owned());
    let reason = "the credentials did not come within the call's time".to_owned();
    for _ in 0..20 {
        let (body, begin) = (Bytes::from_static(b"{}"), Instant::now());
        let timeout = Duration::from_secs(15);
        let unsigned = store.tables.call_as(&signer, Action::Scan, body, timeout).await;
        assert_eq!(unsigned, Err(CallError::NoCredentials { reason: reason.clone() }));
        assert_eq!(begin.elapsed(), timeout);
    }
    assert_eq!(store.fake.sent().len(), 0);
    let health = store.tables.health().unwrap();
    assert_eq!((health.circuit_openings, health.retries), (0, 0));
}

/// A network with few places.
#[derive(Debug)]
struct Narrow(Fake, Semaphore);

impl Network for Narrow {
    fn send(&self, request: Request<Bytes>) -> Sending {
        self.0.send(request)
    }

    fn places(&self) -> Option<&Semaphore> {
        Some(&self.1)
    }
}

#[tokio::test(start_paused = true)]
async fn waiting_for_a_place_says_nothing_about_an_endpoint() {
    let network = Arc::new(Narrow(Fake::default(), Semaphore::new(1)));
    let credentials = Credentials::new("AKID".to_owned(), "secret".to_owned(), None);
    let (tables, _state) = Remote::open(
        &RemoteOptions::new(Place::parse("http://db:8000").unwrap()),
        Arc::<Narrow>::clone(&network),
        Arc::new(Standing(0)),
        Arc::new(FixedCredentials::new(credentials)),
    )
    .await
    .unwrap();
    let taken = network.1.try_acquire().unwrap();
    for _ in 0..20 {
        let begin = Instant::now();
        let saturated = tables.call(Action::Scan, Bytes::from_static(b"{}")).await;
        assert_eq!(saturated, Err(CallError::Saturated));
        assert_eq!(begin.elapsed(), Duration::from_secs(5));
    }
    assert_eq!(network.0.sent().len(), 0);
    assert_eq!(tables.health().unwrap().circuit_openings, 0);
    drop(taken);
    assert_eq!(tables.call(Action::Scan, Bytes::from_static(b"{}")).await.unwrap().status, 200);
    assert_eq!(network.1.available_permits(), 1);
}
