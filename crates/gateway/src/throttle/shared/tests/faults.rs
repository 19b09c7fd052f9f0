//! The store is slow, away, forgetful, or back.

use super::*;
use crate::throttle::{Batch, Decided, Deciding, Granted, Reading, SharedStore};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

fn near() -> Delays {
    vec![(ms(1), ms(1))]
}

#[tokio::test(start_paused = true)]
async fn without_the_store_each_gateway_lets_in_its_share() {
    let fleet = Fleet::new(&[near(), near(), near(), near()]);
    fleet.valkey.set_up(false);
    let wants = [bucket("b", 1_000.0, 100)];
    let arrivals = (0..4).flat_map(|at| offered(at, 1_000, ms(0), ms(2_000)));
    let admitted = fleet.admitted(&wants, arrivals).await;
    let excess = excess(&admitted, 1_000.0, 100.0);
    assert!(excess <= 1e-6, "{excess} too many");
    assert!((2_050..=2_100).contains(&admitted.len()), "{}", admitted.len());
    let of_one = admitted.iter().filter(|(_, by)| *by == 2).count();
    assert!((510..=525).contains(&of_one), "{of_one}");
}

/// For all windows, also those over the moments of loss and return.
#[tokio::test(start_paused = true)]
async fn a_store_that_dies_and_comes_back_empty_costs_a_burst_at_most() {
    let fleet = Fleet::new(&[near(), near(), near()]);
    let valkey = Arc::clone(&fleet.valkey);
    tokio::spawn(async move {
        tokio::time::sleep(ms(2_000)).await;
        valkey.set_up(false);
        tokio::time::sleep(ms(2_000)).await;
        valkey.forget();
        valkey.set_up(true);
    });
    let arrivals = (0..3).flat_map(|at| offered(at, 1_000, ms(0), ms(6_000)));
    let admitted = fleet.admitted(&[bucket("b", 1_000.0, 100)], arrivals).await;
    let excess = excess(&admitted, 1_000.0, 100.0);
    assert!(excess <= 100.0, "{excess} too many");
    let fewest = fewest(&admitted, ms(1_000), ms(200), ms(6_000));
    assert!(fewest >= 980, "{fewest} in a second");
}

/// Whoever is back first does not take the whole rate while the others still take their shares.
#[tokio::test(start_paused = true)]
async fn gateways_that_are_back_one_after_the_other_cost_no_more() {
    let fleet = Fleet::of(3, WhenLost::Share, |at, valkey| {
        let lag = [ms(0), ms(400), ms(1_500)][at];
        Link::new(valkey, near()).late(lag, ms(1_600) - lag)
    });
    let valkey = Arc::clone(&fleet.valkey);
    tokio::spawn(async move {
        valkey.set_up(false);
        tokio::time::sleep(ms(2_000)).await;
        valkey.forget();
        valkey.set_up(true);
    });
    let arrivals = (0..3).flat_map(|at| offered(at, 1_000, ms(0), ms(6_000)));
    let admitted = fleet.admitted(&[bucket("b", 1_000.0, 100)], arrivals).await;
    let excess = excess(&admitted, 1_000.0, 100.0);
    assert!(excess <= 100.0, "{excess} too many");
    let fewest = fewest(&admitted, ms(1_000), ms(200), ms(6_000));
    assert!(fewest >= 980, "{fewest} in a second");
}

/// Of what a request wants, the bucket whose share is used up is named.
#[tokio::test(start_paused = true)]
async fn who_is_bound_by_a_share_is_told_of_which() {
    let fleet =
        Fleet::of(2, WhenLost::Share, |_, valkey| Link::new(valkey, near()).late(ms(0), ms(9_000)));
    let wants = [quota("q", 100), bucket("wide", 1.0, 100), bucket("b", 1.0, 10)];
    let asked = (0..9).map(|_| {
        let (shared, wants) = (fleet.gateways[0].clone(), wants.to_vec());
        tokio::spawn(async move { take(&shared, &wants).await })
    });
    let asked: Vec<_> = asked.collect();
    let mut told = Vec::new();
    for request in asked {
        told.push(request.await.unwrap());
    }
    let expected = [[Taken::Yes; 5].as_slice(), &[Taken::No(2); 4]].concat();
    assert_eq!(told, expected);
    // The store has what is left for the other one.
    assert_eq!(fleet.at_once(1, &wants, 9).await, 5);
}

#[tokio::test(start_paused = true)]
async fn a_busy_gateways_share_is_not_full_when_the_store_goes() {
    let fleet = Fleet::new(&[near(), near()]);
    let wants = [bucket("b", 10.0, 100)];
    assert_eq!(fleet.at_once(0, &wants, 200).await, 100);
    fleet.valkey.set_up(false);
    assert_eq!(fleet.at_once(0, &wants, 200).await, 0);
    assert_eq!(fleet.at_once(1, &wants, 200).await, 50);
}

#[tokio::test(start_paused = true)]
async fn a_request_does_not_wait_for_a_slow_store() {
    let fleet = Fleet::new(&[vec![(ms(10_000), ms(0))], near()]);
    let wants = [bucket("b", 1.0, 8)];
    let admitted = fleet.admitted(&wants, (0..9).map(|n| (0, ms(n)))).await;
    // Half of the burst, 50 ms after the request.
    assert_eq!(admitted, [(ms(50), 0), (ms(51), 0), (ms(52), 0), (ms(53), 0)]);
}

/// A call of 200 ms among short ones: meanwhile the gateway has its share, and what was decided by it is not asked again.
#[tokio::test(start_paused = true)]
async fn a_slow_call_costs_no_tokens_of_those_who_left() {
    let fleet = Fleet::new(&[vec![(ms(200), ms(0)), (ms(0), ms(0))]]);
    let wants = [bucket("b", 1.0, 100)];
    let admitted = fleet.admitted(&wants, (0..40).map(|n| (0, ms(n)))).await;
    assert_eq!(admitted.len(), 40);
    // The first took one in the store too.
    tokio::time::sleep(ms(300)).await;
    assert_eq!(fleet.at_once(0, &wants, 100).await, 59);
}

/// Calls that take longer than a request waits, among short ones, all the time: at most a burst more.
#[tokio::test(start_paused = true)]
async fn a_store_that_is_slow_now_and_then_costs_a_burst_at_most() {
    let delays = [(1, 1), (60, 60), (1, 1), (10, 30), (200, 40), (1, 1), (30, 10), (5, 90)];
    let delays: Delays = delays.iter().map(|(to, fro)| (ms(*to), ms(*fro))).collect();
    let fleet = Fleet::new(&[delays]);
    let arrivals = offered(0, 3_000, ms(0), ms(5_000));
    let admitted = fleet.admitted(&[bucket("b", 1_000.0, 100)], arrivals).await;
    let excess = excess(&admitted, 1_000.0, 100.0);
    assert!(excess <= 100.0, "{excess} too many of {}", admitted.len());
}

#[tokio::test(start_paused = true)]
async fn a_quota_goes_on_where_it_was() {
    let fleet = Fleet::new(&[near(), near()]);
    let wants = [quota("q", 100)];
    assert_eq!(fleet.at_once(0, &wants, 20).await, 20);
    assert_eq!(fleet.at_once(1, &wants, 20).await, 20);
    fleet.valkey.set_up(false);
    // The first saw 20 used, the second 40: an equal part of the rest for each.
    assert_eq!(fleet.at_once(0, &wants, 90).await, 40);
    assert_eq!(fleet.at_once(1, &wants, 90).await, 30);
    fleet.valkey.forget();
    fleet.valkey.set_up(true);
    // What the first knows and took; then also what the second does. Both knew of the first 20.
    assert_eq!(fleet.at_once(0, &wants, 10).await, 10);
    assert_eq!(fleet.at_once(1, &wants, 90).await, 0);
    assert_eq!(fleet.at_once(0, &wants, 90).await, 0);
}

/// Of 100 a day 20 were counted in the store, then it is lost; the first gateway lets in 10, all of it is written, and the second one
/// begins and lets in 5. Whoever tells the store first, nothing counts twice.
#[tokio::test(start_paused = true)]
async fn who_begins_while_the_store_is_away_counts_nothing_twice() {
    for (is_forgotten, first) in [(false, 0), (false, 1), (true, 0), (true, 1)] {
        let fleet = Fleet::new(&[near(), near()]);
        let wants = [quota("q", 100)];
        assert_eq!(fleet.at_once(0, &wants, 20).await, 20);
        fleet.valkey.set_up(false);
        assert_eq!(fleet.at_once(0, &wants, 10).await, 10);
        fleet.gateways[1].things(&wants)[0].know(|| 30);
        assert_eq!(fleet.at_once(1, &wants, 5).await, 5);
        if is_forgotten {
            fleet.valkey.forget();
        }
        fleet.valkey.set_up(true);
        assert_eq!(fleet.at_once(first, &wants, 1).await, 1);
        let shown = format!("forgotten: {is_forgotten}, first: {first}");
        assert_eq!(fleet.at_once(1 - first, &wants, 200).await, 64, "{shown}");
        assert_eq!(fleet.at_once(first, &wants, 200).await, 0, "{shown}");
    }
}

/// The same where the first one ends in the meantime: what it let in is found written.
#[tokio::test(start_paused = true)]
async fn who_takes_over_while_the_store_is_away_counts_what_was_written() {
    for is_forgotten in [false, true] {
        let fleet = Fleet::new(&[near(), near()]);
        let wants = [quota("q", 100)];
        assert_eq!(fleet.at_once(0, &wants, 20).await, 20);
        fleet.valkey.set_up(false);
        assert_eq!(fleet.at_once(0, &wants, 10).await, 10);
        fleet.gateways[1].things(&wants)[0].know(|| 30);
        assert_eq!(fleet.at_once(1, &wants, 5).await, 5);
        if is_forgotten {
            fleet.valkey.forget();
        }
        fleet.valkey.set_up(true);
        assert_eq!(fleet.at_once(1, &wants, 200).await, 65);
        // One that begins later finds all of it written.
        fleet.gateways[0].things(&wants)[0].know(|| 100);
        assert_eq!(fleet.at_once(0, &wants, 200).await, 0);
    }
}

/// What was taken without the store is added once, however often the answer is lost; so is what the lost calls let in.
#[tokio::test(start_paused = true)]
async fn a_call_whose_answer_is_lost_is_not_told_again() {
    let fleet = Fleet::new(&[near()]);
    let wants = [quota("q", 100)];
    fleet.valkey.set_up(false);
    assert_eq!(fleet.at_once(0, &wants, 3).await, 3);
    fleet.valkey.set_up(true);
    fleet.valkey.set_mute(true);
    for _ in 0..10 {
        assert_eq!(take(&fleet.gateways[0], &wants).await, Taken::Yes);
        tokio::time::sleep(ms(300)).await;
    }
    fleet.valkey.set_mute(false);
    assert_eq!(fleet.at_once(0, &wants, 200).await, 87);
}

/// The answer comes after 120 ms: the request was decided about without it, and counts as that was.
#[tokio::test(start_paused = true)]
async fn who_has_waited_too_long_is_counted_once_or_not_at_all() {
    let slow_first = || vec![(ms(60), ms(60)), (ms(1), ms(1))];
    for (when_lost, gateways, requests, alone, left) in [
        (WhenLost::Share, 1, 10, Taken::Yes, 9),
        (WhenLost::Open, 1, 10, Taken::Yes, 9),
        (WhenLost::Closed, 1, 10, Taken::No(0), 10),
        (WhenLost::Share, 2, 1, Taken::No(0), 1),
    ] {
        let fleet = Fleet::with(&vec![slow_first(); gateways], when_lost);
        let wants = [quota("q", requests)];
        assert_eq!(take(&fleet.gateways[0], &wants).await, alone, "{when_lost:?}");
        tokio::time::sleep(ms(200)).await;
        assert_eq!(fleet.at_once(0, &wants, 20).await, left, "{when_lost:?} of {requests}");
    }
}

#[tokio::test(start_paused = true)]
async fn other_policies_let_in_all_or_none() {
    let open = Fleet::with(&[near()], WhenLost::Open);
    open.valkey.set_up(false);
    let wants = [bucket("b", 1.0, 1), quota("q", 10)];
    assert_eq!(open.at_once(0, &wants, 8).await, 8);
    open.valkey.set_up(true);
    assert_eq!(open.at_once(0, &[quota("q", 10)], 5).await, 2);
    let closed = Fleet::with(&[near()], WhenLost::Closed);
    closed.valkey.set_up(false);
    assert_eq!(take(&closed.gateways[0], &wants).await, Taken::No(0));
    closed.valkey.set_up(true);
    assert_eq!(take(&closed.gateways[0], &wants).await, Taken::Yes);
}

#[tokio::test(start_paused = true)]
async fn what_is_refused_twice_over_gives_its_share_back() {
    let fleet = Fleet::new(&[near()]);
    fleet.valkey.set_up(false);
    let both = [bucket("wide", 1.0, 3), quota("q", 1)];
    assert_eq!(fleet.at_once(0, &both, 5).await, 1);
    assert_eq!(fleet.at_once(0, &[bucket("wide", 1.0, 3)], 5).await, 2);
}

/// A flood of different limits and of requests: memory is bounded, each is answered.
#[tokio::test(start_paused = true)]
async fn many_different_limits_are_asked_in_calls_of_a_bounded_size() {
    let fleet = Fleet::new(&[near()]);
    let asked: Vec<_> = (0..2_500)
        .map(|n| {
            let gateway = Arc::clone(&fleet.gateways[0]);
            tokio::spawn(async move { take(&gateway, &[bucket(&format!("b{n}"), 1.0, 1)]).await })
        })
        .collect();
    for request in asked {
        assert_eq!(request.await.unwrap(), Taken::Yes);
    }
    let calls = fleet.valkey.calls.load(std::sync::atomic::Ordering::Relaxed);
    assert!((3..=5).contains(&calls), "{calls}");
}

/// A store whose first number of gateways is a bug.
#[derive(Debug, Default)]
struct Buggy {
    calls: AtomicUsize,
    counts: AtomicUsize,
}

impl SharedStore for Buggy {
    fn decide(&self, batch: Batch) -> Deciding<'_> {
        self.calls.fetch_add(1, Relaxed);
        let granted =
            |ask: &crate::throttle::Ask| Granted { requests: ask.requests, refused_by: None };
        let asks = batch.asks.iter().map(granted).collect();
        let meters = batch.meters.iter().map(|_| Reading { level: 0, recalled: 0 }).collect();
        Box::pin(async { Ok(Decided { asks, meters }) })
    }

    fn is_there(&self) -> bool {
        true
    }

    fn gateways(&self) -> NonZeroU32 {
        assert!(self.counts.fetch_add(1, Relaxed) > 0, "a bug");
        NonZeroU32::MIN
    }

    fn is_gathering(&self) -> bool {
        false
    }
}

#[tokio::test(start_paused = true)]
async fn a_bug_in_a_call_costs_that_call_alone() {
    let store = Arc::new(Buggy::default());
    let sharing = Sharing { store: store.clone(), when_lost: WhenLost::Share, gateways: None };
    let gateway = Gateway::new(sharing, Instant::now());
    let wants = [bucket("b", 1.0, 100)];
    for calls in 1..=3 {
        assert_eq!(take(&gateway, &wants).await, Taken::Yes);
        assert_eq!(store.calls.load(Relaxed), calls);
    }
}
