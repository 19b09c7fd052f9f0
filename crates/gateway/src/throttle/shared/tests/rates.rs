//! Rates: no window has too many, none has too few.

use super::*;
use proptest::prelude::*;

/// A store 1 ms away.
fn near() -> Delays {
    vec![(ms(1), ms(1))]
}

#[tokio::test(start_paused = true)]
async fn gateways_with_even_load_let_in_rate_and_burst_together() {
    // Nobody is always the first.
    let delays = |order: [u64; 3]| order.map(|way| (ms(way), ms(1))).to_vec();
    let fleet = Fleet::new(&[delays([1, 2, 3]), delays([2, 3, 1]), delays([3, 1, 2])]);
    let arrivals = (0..3).flat_map(|at| offered(at, 1_000, ms(0), ms(5_000)));
    let admitted = fleet.admitted(&[bucket("b", 1_000.0, 100)], arrivals).await;
    let excess = excess(&admitted, 1_020.0, 102.0);
    assert!(excess <= 0.0, "{excess} more than 2 % above");
    for window in [100, 1_000, 4_000] {
        let fewest = fewest(&admitted, ms(window), ms(200), ms(5_000));
        let least = window * 98 / 100;
        assert!(fewest >= least as usize, "{fewest} in {window} ms");
    }
    assert!((5_000..=5_110).contains(&admitted.len()), "{}", admitted.len());
    for at in 0..3 {
        let of_one = admitted.iter().filter(|(_, by)| *by == at).count();
        assert!(of_one > 1_000, "{of_one} by gateway {at}");
    }
}

#[tokio::test(start_paused = true)]
async fn one_busy_gateway_has_the_whole_limit_while_others_are_idle() {
    let fleet = Fleet::new(&[near(), near(), near()]);
    let arrivals = offered(1, 3_000, ms(0), ms(5_000));
    let few = [(0, ms(10)), (2, ms(15))];
    let admitted = fleet.admitted(&[bucket("b", 1_000.0, 100)], arrivals.chain(few)).await;
    let excess = excess(&admitted, 1_020.0, 102.0);
    assert!(excess <= 0.0, "{excess} more than 2 % above");
    let fewest = fewest(&admitted, ms(1_000), ms(200), ms(5_000));
    assert!(fewest >= 980, "{fewest} in a second");
    assert!((5_000..=5_110).contains(&admitted.len()), "{}", admitted.len());
}

#[tokio::test(start_paused = true)]
async fn a_busy_limit_costs_a_call_for_many_requests() {
    let fleet = Fleet::new(&[vec![(ms(1), ms(1))]]);
    let admitted =
        fleet.admitted(&[bucket("b", 10_000.0, 5_000)], offered(0, 9_000, ms(0), ms(1_000))).await;
    assert!(admitted.len() >= 9_000, "{}", admitted.len());
    let calls = fleet.valkey.calls.load(std::sync::atomic::Ordering::Relaxed);
    assert!(calls <= 501, "{calls} calls of 2 ms in a second");
}

#[tokio::test(start_paused = true)]
async fn small_limits_are_exact() {
    let fleet = Fleet::new(&[near(), near()]);
    let wants = [bucket("b", 1.0, 1)];
    assert_eq!(fleet.at_once(0, &wants, 10).await + fleet.at_once(1, &wants, 10).await, 1);
    let quota = [quota("q", 7)];
    assert_eq!(fleet.at_once(0, &quota, 5).await, 5);
    assert_eq!(fleet.at_once(1, &quota, 5).await, 2);
    assert_eq!(fleet.at_once(0, &quota, 5).await, 0);
}

#[tokio::test(start_paused = true)]
async fn a_refused_request_costs_nothing_and_names_the_first_that_has_none() {
    let fleet = Fleet::new(&[near()]);
    let [wide, narrow] = [bucket("wide", 1.0, 5), bucket("narrow", 1.0, 2)];
    let both = [wide.clone(), narrow.clone()];
    assert_eq!(fleet.at_once(0, &both, 4).await, 2);
    assert_eq!(take(&fleet.gateways[0], &both).await, Taken::No(1));
    assert_eq!(fleet.at_once(0, &[wide], 9).await, 3);
    assert_eq!(take(&fleet.gateways[0], &[narrow.clone(), quota("q", 0)]).await, Taken::No(1));
    assert_eq!(take(&fleet.gateways[0], &both).await, Taken::No(0));
}

#[tokio::test(start_paused = true)]
async fn who_was_refused_is_refused_without_a_call_until_a_token_can_be_there() {
    let fleet = Fleet::new(&[near()]);
    let wants = [bucket("b", 10.0, 1)];
    let calls = || fleet.valkey.calls.load(std::sync::atomic::Ordering::Relaxed);
    assert_eq!(fleet.at_once(0, &wants, 2).await, 1);
    assert_eq!(calls(), 1);
    let later = offered(0, 100, ms(10), ms(99));
    assert_eq!(fleet.admitted(&wants, later).await, []);
    assert_eq!(calls(), 1);
    assert_eq!(fleet.admitted(&wants, [(0, ms(102))]).await, [(ms(104), 0)]);
    assert_eq!(calls(), 2);
}

/// Milliseconds of one way, within the time that a request waits.
fn delays() -> impl Strategy<Value = Delays> {
    prop::collection::vec((0_u64..8, 0_u64..8).prop_map(|(to, fro)| (ms(to), ms(fro))), 1..4)
}

/// Requests of a gateway: moments in the first two seconds.
fn moments() -> impl Strategy<Value = Vec<u64>> {
    prop_oneof![
        prop::collection::vec(0_u64..2_000, 0..400),
        (0_u64..1_500, 1_usize..300).prop_map(|(at, number)| vec![at; number]),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever comes where and when: what was let in is at most the rate, the burst, and what fills up while an answer is
    /// under way; and where all of it fits into the limit, all of it is let in.
    #[test]
    fn no_load_gets_more_than_rate_and_burst(
        gateways in prop::collection::vec((delays(), moments()), 1..5),
        rate in 1_u32..2_000,
        burst in 1_u32..300,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = { runtime }.enable_time().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let (delays, moments): (Vec<_>, Vec<_>) = gateways.into_iter().unzip();
            let fleet = Fleet::new(&delays);
            let arrivals = moments.iter().enumerate();
            let arrivals: Vec<(usize, Duration)> =
                arrivals.flat_map(|(at, moments)| moments.iter().map(move |m| (at, ms(*m)))).collect();
            let total = arrivals.len();
            let admitted = fleet.admitted(&[bucket("b", rate.into(), burst)], arrivals).await;
            let under_way = f64::from(rate) * 0.009;
            let excess = excess(&admitted, rate.into(), f64::from(burst) + under_way);
            prop_assert!(excess <= 1e-6, "{excess} too many");
            if total <= burst as usize {
                prop_assert_eq!(admitted.len(), total);
            }
            Ok(())
        })?;
    }
}
