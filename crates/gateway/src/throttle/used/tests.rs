//! Source: AWS docs (quotas by day, week and month, until 00:00 UTC); what clocks, restarts and other gateways do to them is ours.

use super::super::ledger::{Unwritten, Written};
use super::*;
use std::collections::BTreeMap;
use vestibule_restapi::QuotaPeriod;

/// 2026-11-27 12:00:00 UTC, a Friday.
const NOON_MS: u64 = 1_795_780_800_000;
const DAY_MS: u64 = 86_400_000;

fn quota(quota_requests: u32, period: QuotaPeriod) -> QuotaSettings {
    QuotaSettings { quota_requests, offset: 0, period }
}

/// A gateway with one key.
struct Counting {
    used: Arc<Used>,
    ledger: Arc<Ledger>,
}

/// What several gateways keep together.
#[derive(Default)]
struct Kept(BTreeMap<Day, u32>);

impl Counting {
    fn new() -> Counting {
        let used = Arc::new(Used::of("plan".into(), "key".into()));
        Counting { used, ledger: Arc::default() }
    }

    /// One that begins with what is kept.
    fn after(kept: &Kept) -> Counting {
        let counting = Counting::new();
        kept.0.iter().for_each(|(day, total)| counting.used.learn(*day, *total));
        counting
    }

    /// How many of five requests are taken.
    fn taken(&self, quota: &QuotaSettings, at_ms: u64) -> usize {
        (0..5).filter(|_| self.used.take(quota, at_ms, &self.ledger).is_some()).count()
    }

    fn fetch(&self) -> Vec<Unwritten> {
        self.ledger.fetch(10)
    }

    fn write(&self, kept: &mut Kept) {
        self.fetch().into_iter().for_each(|unwritten| kept.add(unwritten));
    }
}

impl Kept {
    fn add(&mut self, unwritten: Unwritten) {
        let total = self.0.entry(unwritten.day()).or_default();
        *total += unwritten.requests();
        let total = *total;
        unwritten.settle(Written::Total(total));
    }

    fn shown(&self) -> Vec<String> {
        self.0.iter().map(|(day, total)| format!("{day} {total}")).collect()
    }
}

fn shown(fetched: &[Unwritten]) -> Vec<String> {
    let shown =
        |one: &Unwritten| format!("{} {} {} {}", one.plan(), one.key(), one.day(), one.requests());
    fetched.iter().map(shown).collect()
}

const NOTHING: [&str; 0] = [];

#[test]
fn what_is_used_counts_until_the_period_ends() {
    let (one, of_day) = (Counting::new(), quota(2, QuotaPeriod::Day));
    assert_eq!(one.taken(&of_day, NOON_MS), 2);
    assert_eq!(one.used.left(&of_day, NOON_MS), 0);
    assert_eq!(one.taken(&of_day, NOON_MS + DAY_MS / 2 - 1), 0);
    assert_eq!(one.used.left(&of_day, NOON_MS + DAY_MS / 2), 2);
    assert_eq!(one.taken(&of_day, NOON_MS + DAY_MS / 2), 2);
    // All of it also under another quota.
    assert_eq!(one.taken(&quota(5, QuotaPeriod::Month), NOON_MS + DAY_MS / 2), 1);
    assert_eq!(one.taken(&quota(4, QuotaPeriod::Day), NOON_MS + DAY_MS / 2), 1);
}

#[test]
fn an_idle_key_is_known_as_such() {
    let (one, of_day) = (Counting::new(), quota(2, QuotaPeriod::Day));
    assert!(!one.used.is_of_now(0));
    assert_eq!(one.taken(&of_day, NOON_MS), 2);
    // What is not written is not forgotten.
    assert!(one.used.is_of_now(NOON_MS + 31 * DAY_MS));
    one.write(&mut Kept::default());
    assert!(one.used.is_of_now(NOON_MS + 30 * DAY_MS));
    assert!(!one.used.is_of_now(NOON_MS + 31 * DAY_MS));
}

#[test]
fn quotas_at_the_ends_neither_overflow_nor_let_all_in() {
    assert_eq!(Counting::new().taken(&quota(0, QuotaPeriod::Day), NOON_MS), 0);
    let quotas = [QuotaPeriod::Day, QuotaPeriod::Week, QuotaPeriod::Month];
    for (at, period) in [0, u64::MAX].into_iter().flat_map(|at| quotas.map(|of| (at, of))) {
        let most = QuotaSettings { quota_requests: 1, offset: u32::MAX, period };
        assert_eq!(Counting::new().taken(&most, at), 1);
    }
    let (one, of_day) = (Counting::new(), quota(u32::MAX, QuotaPeriod::Day));
    one.used.learn(Day::of(NOON_MS), u32::MAX - 2);
    assert_eq!(one.taken(&of_day, NOON_MS), 2);
}

#[test]
fn the_requests_of_each_day_are_fetched_once() {
    let (one, of_week) = (Counting::new(), quota(20, QuotaPeriod::Week));
    assert_eq!(shown(&one.fetch()), NOTHING);
    one.taken(&of_week, NOON_MS);
    one.taken(&of_week, NOON_MS + DAY_MS);
    let fetched = one.fetch();
    assert_eq!(shown(&fetched), ["plan key 2026-11-27 5", "plan key 2026-11-28 5"]);
    assert_eq!(shown(&one.fetch()), NOTHING);
    // What comes meanwhile waits for the next time.
    one.taken(&of_week, NOON_MS + DAY_MS);
    let mut kept = Kept::default();
    fetched.into_iter().for_each(|unwritten| kept.add(unwritten));
    assert_eq!(kept.shown(), ["2026-11-27 5", "2026-11-28 5"]);
    one.write(&mut kept);
    assert_eq!(kept.shown(), ["2026-11-27 5", "2026-11-28 10"]);
    assert_eq!(one.used.left(&of_week, NOON_MS), 5);
}

#[test]
fn what_was_not_written_is_fetched_again_and_what_may_be_is_not() {
    let (one, of_day) = (Counting::new(), quota(100, QuotaPeriod::Day));
    one.taken(&of_day, NOON_MS);
    one.fetch().into_iter().for_each(|unwritten| unwritten.settle(Written::Not));
    one.taken(&of_day, NOON_MS);
    let fetched = one.fetch();
    assert_eq!(shown(&fetched), ["plan key 2026-11-27 10"]);
    fetched.into_iter().for_each(|unwritten| unwritten.settle(Written::Perhaps));
    assert_eq!(shown(&one.fetch()), NOTHING);
    assert_eq!(one.used.left(&of_day, NOON_MS), 90);
    // The next total tells that it was not.
    one.taken(&of_day, NOON_MS);
    let mut kept = Kept::default();
    one.write(&mut kept);
    assert_eq!(kept.shown(), ["2026-11-27 5"]);
    assert_eq!(one.used.left(&of_day, NOON_MS), 95);
}

#[test]
fn a_restart_goes_on_with_what_is_kept() {
    let quotas = [QuotaPeriod::Day, QuotaPeriod::Week, QuotaPeriod::Month];
    for (period, left) in quotas.into_iter().zip([3, 1, 1]) {
        let (first, of_period, mut kept) = (Counting::new(), quota(8, period), Kept::default());
        first.taken(&of_period, NOON_MS - DAY_MS);
        first.write(&mut kept);
        let second = Counting::after(&kept);
        assert_eq!(second.taken(&of_period, NOON_MS), if left == 3 { 5 } else { 3 }, "{period:?}");
        second.write(&mut kept);
        let third = Counting::after(&kept);
        assert_eq!(third.taken(&of_period, NOON_MS), if left == 3 { 3 } else { 0 }, "{period:?}");
    }
}

#[test]
fn gateways_on_one_store_add_up_and_learn_from_each_other() {
    let (of_month, mut kept) = (quota(17, QuotaPeriod::Month), Kept::default());
    let (one, two) = (Counting::new(), Counting::new());
    one.taken(&of_month, NOON_MS);
    two.taken(&of_month, NOON_MS);
    one.write(&mut kept);
    assert_eq!(one.used.left(&of_month, NOON_MS), 12);
    two.write(&mut kept);
    assert_eq!(kept.shown(), ["2026-11-27 10"]);
    assert_eq!(two.used.left(&of_month, NOON_MS), 7);
    one.taken(&of_month, NOON_MS + DAY_MS);
    one.write(&mut kept);
    // What the other did on another day is not asked for.
    assert_eq!(one.used.left(&of_month, NOON_MS), 7);
    assert_eq!(two.taken(&of_month, NOON_MS + DAY_MS), 5);
    two.write(&mut kept);
    assert_eq!(kept.shown(), ["2026-11-27 10", "2026-11-28 10"]);
    assert_eq!(two.used.left(&of_month, NOON_MS), 0);
    // Somebody gives requests back.
    *kept.0.get_mut(&Day::of(NOON_MS + DAY_MS)).unwrap() -= 4;
    two.used.learn(Day::of(NOON_MS + DAY_MS), 6);
    assert_eq!(two.used.left(&of_month, NOON_MS), 1);
}

#[test]
fn a_clock_that_steps_back_over_midnight_gives_no_new_quota() {
    let (one, of_day) = (Counting::new(), quota(4, QuotaPeriod::Day));
    assert_eq!(one.taken(&of_day, NOON_MS), 4);
    assert_eq!(one.taken(&of_day, NOON_MS - DAY_MS), 0);
    assert_eq!(one.taken(&of_day, NOON_MS), 0);
}

/// A clock that is days fast for a while and is then set right: the day goes on with what it had.
#[test]
fn a_clock_that_is_set_back_over_periods_finds_what_was_used() {
    let cases = [(QuotaPeriod::Day, 3), (QuotaPeriod::Week, 9), (QuotaPeriod::Month, 40)];
    for (period, days) in cases {
        for is_written in [false, true] {
            let (one, of_period, mut kept) = (Counting::new(), quota(7, period), Kept::default());
            assert_eq!(one.taken(&of_period, NOON_MS), 5);
            if is_written {
                one.write(&mut kept);
            }
            let fast_ms = NOON_MS + days * DAY_MS;
            assert_eq!(one.taken(&of_period, fast_ms), 5, "{period:?}");
            if is_written {
                one.write(&mut kept);
            }
            let expected = if days > 2 && is_written { FORGOTTEN } else { 2 };
            assert_eq!(one.taken(&of_period, NOON_MS), expected, "{period:?} {is_written}");
            one.write(&mut kept);
            assert_eq!(
                kept.0.values().sum::<u32>(),
                10 + u32::try_from(expected).unwrap(),
                "{period:?}"
            );
            // By the first write at the latest what is kept counts again.
            assert_eq!(one.taken(&of_period, NOON_MS), 0, "{period:?} {is_written}");
        }
    }
}

/// Days that are over and written are not remembered for clocks: a key has its quota again, until it is written.
const FORGOTTEN: usize = 5;

#[test]
fn a_period_that_passes_while_nobody_asks_is_over() {
    let (one, of_month, mut kept) =
        (Counting::new(), quota(5, QuotaPeriod::Month), Kept::default());
    assert_eq!(one.taken(&of_month, NOON_MS), 5);
    one.write(&mut kept);
    assert_eq!(one.taken(&of_month, NOON_MS + 400 * DAY_MS), 5);
    assert_eq!(one.taken(&of_month, NOON_MS + 400 * DAY_MS), 0);
}

#[test]
fn of_two_periods_it_is_known_what_gateways_share() {
    let one = Counting::new();
    let of = |day: u64| {
        let since = Day::of(NOON_MS + day * DAY_MS);
        one.used.shared(since, || format!("quota:{since}"))
    };
    let (first, second) = (of(0), of(1));
    assert!(!Arc::ptr_eq(&first, &second));
    // Clocks that are read around midnight.
    assert!(Arc::ptr_eq(&of(0), &first) && Arc::ptr_eq(&of(1), &second));
    let third = of(2);
    assert!(Arc::ptr_eq(&of(1), &second) && Arc::ptr_eq(&of(2), &third));
    assert!(!Arc::ptr_eq(&of(0), &first));
}

#[test]
fn days_that_nobody_writes_are_bounded() {
    let (one, of_day) = (Counting::new(), quota(1, QuotaPeriod::Day));
    for day in 0..200 {
        assert_eq!(one.taken(&of_day, NOON_MS + day * DAY_MS), 1);
    }
    assert_eq!(one.fetch().len(), USED_DAYS_MAX);
}

#[test]
fn threads_take_no_more_than_there_is() {
    let one = Counting::new();
    let of_day = quota(10_000, QuotaPeriod::Day);
    let taken: usize = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|thread| {
                let (one, of_day) = (&one, &of_day);
                scope.spawn(move || {
                    let mut taken = 0;
                    for n in 0..5_000 {
                        // Two days, as clocks of threads are read a moment apart at midnight.
                        let at_ms = NOON_MS + if (n + thread) % 2 == 0 { 0 } else { DAY_MS };
                        taken += usize::from(one.used.take(of_day, at_ms, &one.ledger).is_some());
                    }
                    taken
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    let fetched: u32 = one.fetch().iter().map(Unwritten::requests).sum();
    assert_eq!(fetched as usize, taken);
    // Of either day, whichever came first.
    assert!((10_000..=20_000).contains(&taken), "{taken}");
}
