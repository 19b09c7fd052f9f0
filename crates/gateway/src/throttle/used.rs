//! What a key used of a quota: counted in one number, day by day for whoever writes it down.
//!
//! A request changes two numbers and waits for nobody. Days are looked at when a period begins and when use is written.

use super::ledger::Ledger;
use super::quota::{Day, PERIOD_DAYS_MAX, first_day};
use super::shared::Local;
use crate::limits::{SHARED_PERIODS_MAX, USED_DAYS_MAX};
use arc_swap::ArcSwapOption;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use vestibule_restapi::QuotaSettings;

/// What a key used of the quota of its plan. The quota is told with each request, so that a reload changes it and not what was
/// used.
#[derive(Debug)]
pub(crate) struct Used {
    pub(super) plan: Arc<str>,
    pub(super) key: Arc<str>,
    /// The day on which the period began, and in the lower half its requests, as far as they are known here.
    period: AtomicU64,
    /// A day, and in the lower half those of its requests that are in none of `days` yet.
    fresh: AtomicU64,
    days: Mutex<Vec<DayUse>>,
    /// What is known of it where several gateways count together, period by period; the newest is the last.
    shared: ArcSwapOption<Vec<OfPeriod>>,
}

/// What is known of a period that several gateways count together.
#[derive(Clone, Debug)]
struct OfPeriod {
    since: Day,
    local: Arc<Local>,
}

/// Requests of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct DayUse {
    day: Day,
    /// What is written, by everybody who writes.
    written: u32,
    /// What is being written.
    writing: u32,
    /// What is not.
    unwritten: u32,
}

impl Used {
    pub(super) fn of(plan: Arc<str>, key: Arc<str>) -> Used {
        Used {
            plan,
            key,
            period: AtomicU64::new(0),
            fresh: AtomicU64::new(0),
            days: Mutex::default(),
            shared: ArcSwapOption::empty(),
        }
    }

    /// What is known of the period that began on a day where several gateways count together; `name` is what no other period of any
    /// key is called, in no gateway. Of those that began before the last one, one is remembered: clocks are read a moment apart.
    pub(super) fn shared(&self, since: Day, name: impl FnOnce() -> String) -> Arc<Local> {
        let of = |known: Option<&Vec<OfPeriod>>| {
            let known = known?.iter().find(|known| known.since == since)?;
            Some(Arc::clone(&known.local))
        };
        if let Some(local) = of(self.shared.load().as_deref()) {
            return local;
        }
        let local = Local::named(name());
        let kept = self.shared.rcu(|known| {
            let mut periods = known.as_deref().cloned().unwrap_or_default();
            // Whoever was faster counts.
            if !periods.iter().any(|known| known.since == since) {
                periods.push(OfPeriod { since, local: Arc::clone(&local) });
            }
            if periods.len() > SHARED_PERIODS_MAX {
                periods.remove(0);
            }
            Some(Arc::new(periods))
        });
        of(kept.as_deref()).unwrap_or(local)
    }

    /// Takes a request, unless there is none left. Returns how many are left then.
    pub(super) fn take(
        self: &Arc<Self>,
        quota: &QuotaSettings,
        epoch_ms: u64,
        ledger: &Ledger,
    ) -> Option<u32> {
        let today = Day::of(epoch_ms);
        let first = first_day(quota, today);
        let mut word = self.period.load(Ordering::Relaxed);
        let left = loop {
            let (begun, used) = halves(word);
            if !is_now(begun, first, today) {
                word = self.begin(first, today);
                continue;
            }
            let used = used.checked_add(1).filter(|used| *used <= quota.quota_requests)?;
            let next = joined(begun, used);
            let (set, fetch) = (Ordering::Relaxed, Ordering::Relaxed);
            match self.period.compare_exchange_weak(word, next, set, fetch) {
                Ok(_) => break quota.quota_requests - used,
                Err(changed) => word = changed,
            }
        };
        self.note(today, ledger);
        Some(left)
    }

    /// Shows what is counted elsewhere.
    pub(super) fn show(&self, quota: &QuotaSettings, epoch_ms: u64, used: u32) {
        let first = first_day(quota, Day::of(epoch_ms));
        self.period.store(joined(first, used), Ordering::Relaxed);
    }

    /// Counts a request that was taken elsewhere, for whoever writes it.
    pub(super) fn count(self: &Arc<Self>, epoch_ms: u64, ledger: &Ledger) {
        self.note(Day::of(epoch_ms), ledger);
    }

    /// How many requests were used, as far as is known.
    pub(super) fn known(&self, quota: &QuotaSettings, epoch_ms: u64) -> u32 {
        let today = Day::of(epoch_ms);
        let first = first_day(quota, today);
        let word = self.period.load(Ordering::Relaxed);
        let word =
            if is_now(halves(word).0, first, today) { word } else { self.begin(first, today) };
        halves(word).1
    }

    /// How many requests are left.
    pub(super) fn left(&self, quota: &QuotaSettings, epoch_ms: u64) -> u32 {
        let today = Day::of(epoch_ms);
        let (begun, used) = halves(self.period.load(Ordering::Relaxed));
        let used = if is_now(begun, first_day(quota, today), today) { used } else { 0 };
        quota.quota_requests.saturating_sub(used)
    }

    /// Whether it may be of a period that is not over, or has what is not written.
    pub(super) fn is_of_now(&self, epoch_ms: u64) -> bool {
        let (begun, used) = halves(self.period.load(Ordering::Relaxed));
        let is_counted = used > 0 && Day::of(epoch_ms).since(begun) < PERIOD_DAYS_MAX;
        let (_, fresh) = halves(self.fresh.load(Ordering::Relaxed));
        is_counted || fresh > 0 || self.days().iter().any(|day| day.is_of_now(epoch_ms))
    }

    /// Begins the period of today with what is known of it. That is something after a start, and when the clock was set back.
    fn begin(&self, first: Day, today: Day) -> u64 {
        let mut days = self.days();
        let word = self.period.load(Ordering::Relaxed);
        // Somebody else was first.
        if is_now(halves(word).0, first, today) {
            return word;
        }
        // Two more, for a clock that is set back.
        days.retain(|day| day.is_waiting() || first.since(day.day) <= 2);
        let of_period = days.iter().filter(|day| (first..=today).contains(&day.day));
        let mut known = of_period.fold(0_u32, |sum, day| sum.saturating_add(day.all()));
        let (fresh_day, fresh) = halves(self.fresh.load(Ordering::Relaxed));
        if (first..=today).contains(&fresh_day) {
            known = known.saturating_add(fresh);
        }
        let begun = joined(first, known);
        // Others change it only to count, which the next period does not need.
        self.period.store(begun, Ordering::Relaxed);
        begun
    }

    /// Notes a request of today for whoever writes it.
    fn note(self: &Arc<Self>, today: Day, ledger: &Ledger) {
        let counted = |word: u64| {
            let (day, requests) = halves(word);
            let requests = if day == today { requests.saturating_add(1) } else { 1 };
            Some(joined(today, requests))
        };
        let (set, fetch) = (Ordering::Relaxed, Ordering::Relaxed);
        let (Ok(before) | Err(before)) = self.fresh.fetch_update(set, fetch, counted);
        let (day, requests) = halves(before);
        match requests {
            0 => ledger.add(Arc::clone(self)),
            _ if day == today => (),
            // Still in the ledger.
            _ => self.day(day, |of| of.unwritten = of.unwritten.saturating_add(requests)),
        }
    }

    /// Takes what is to be written, the requests of each day.
    pub(super) fn take_unwritten(&self) -> Vec<(Day, u32)> {
        let taken = |word: u64| Some(joined(halves(word).0, 0));
        let (set, fetch) = (Ordering::Relaxed, Ordering::Relaxed);
        let (Ok(before) | Err(before)) = self.fresh.fetch_update(set, fetch, taken);
        let (day, requests) = halves(before);
        if requests > 0 {
            self.day(day, |of| of.unwritten = of.unwritten.saturating_add(requests));
        }
        let mut days = self.days();
        let waiting = days.iter_mut().filter(|of| of.unwritten > 0 && of.writing == 0);
        let taken = waiting.map(|of| {
            of.writing = std::mem::take(&mut of.unwritten);
            (of.day, of.writing)
        });
        taken.collect()
    }

    /// What was to be written of a day was not.
    pub(super) fn not_written(&self, day: Day) {
        self.day(day, |of| {
            of.unwritten = of.unwritten.saturating_add(std::mem::take(&mut of.writing));
        });
    }

    /// It was, or may have been. It is not written again, so that no request counts twice; what comes of the next that is written
    /// tells what there is.
    pub(super) fn may_be_written(&self, day: Day) {
        self.day(day, |of| {
            of.written = of.written.saturating_add(std::mem::take(&mut of.writing));
        });
    }

    /// All that is written of a day, by everybody, is known.
    pub(super) fn learn(&self, day: Day, total: u32) {
        let mut others = 0_i64;
        self.day(day, |of| {
            let expected = of.written.saturating_add(std::mem::take(&mut of.writing));
            others = i64::from(total) - i64::from(expected);
            of.written = total;
        });
        if others == 0 {
            return;
        }
        let learned = |word: u64| {
            let (begun, used) = halves(word);
            let is_of_period = begun <= day && day.since(begun) < PERIOD_DAYS_MAX;
            let used = (i64::from(used) + others).clamp(0, i64::from(u32::MAX));
            is_of_period.then(|| joined(begun, u32::try_from(used).unwrap_or(u32::MAX)))
        };
        // Refused where the day is of no period that is counted: a period that begins asks the days.
        let _ = self.period.fetch_update(Ordering::Relaxed, Ordering::Relaxed, learned);
    }

    /// Whether there is something to write.
    pub(super) fn is_unwritten(&self) -> bool {
        self.days().iter().any(|day| day.unwritten > 0)
    }

    fn day(&self, day: Day, change: impl FnOnce(&mut DayUse)) {
        let mut days = self.days();
        let known = days.iter().position(|of| of.day == day).unwrap_or_else(|| {
            days.push(DayUse { day, written: 0, writing: 0, unwritten: 0 });
            days.sort_by_key(|of| of.day);
            if days.len() > USED_DAYS_MAX {
                days.remove(0);
            }
            days.iter().position(|of| of.day == day).unwrap_or(usize::MAX)
        });
        // None where the day itself was the oldest of too many.
        if let Some(known) = days.get_mut(known) {
            change(known);
        }
    }

    fn days(&self) -> MutexGuard<'_, Vec<DayUse>> {
        // Whoever panicked with the lock has left whole entries.
        self.days.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl DayUse {
    fn all(&self) -> u32 {
        self.written.saturating_add(self.writing).saturating_add(self.unwritten)
    }

    /// Whether something of it is not written, as far as is known.
    fn is_waiting(&self) -> bool {
        self.writing > 0 || self.unwritten > 0
    }

    fn is_of_now(&self, epoch_ms: u64) -> bool {
        self.is_waiting()
            || (self.written > 0 && Day::of(epoch_ms).since(self.day) < PERIOD_DAYS_MAX)
    }
}

/// Whether the period that began on a day is today's. A clock that steps back over midnight gives no new period; one that began
/// between is of another quota, from before a reload.
fn is_now(begun: Day, first: Day, today: Day) -> bool {
    begun == first || begun == today.next()
}

fn halves(word: u64) -> (Day, u32) {
    let low = word & u64::from(u32::MAX);
    let day = Day::numbered(u32::try_from(word >> 32).unwrap_or(u32::MAX));
    (day, u32::try_from(low).unwrap_or(u32::MAX))
}

fn joined(day: Day, requests: u32) -> u64 {
    u64::from(day.number()) << 32 | u64::from(requests)
}

#[cfg(test)]
mod tests;
