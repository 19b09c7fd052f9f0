//! A store as the port describes it, with delays on the way to it and back, on the clock of a paused runtime.

use crate::clock::Clock;
use crate::throttle::shared::{
    Batch, Decided, Deciding, Granted, MeterKind, Reading, SharedStore, StoreLost,
};
use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// The gateway's clock.
#[derive(Debug)]
pub(super) struct SimClock(pub(super) Instant);

impl Clock for SimClock {
    fn epoch_ms(&self) -> u64 {
        0
    }

    fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}

/// The one store of all gateways.
#[derive(Debug)]
pub(super) struct Valkey {
    begin: Instant,
    /// Of buckets the nanosecond at which they are full, of quotas what was counted and recalled.
    kept: Mutex<HashMap<Arc<str>, Reading>>,
    /// None while it is down.
    up_since: Mutex<Option<Duration>>,
    /// Whether it decides and its answers are lost.
    is_mute: AtomicBool,
    pub(super) calls: AtomicUsize,
}

impl Valkey {
    pub(super) fn new(begin: Instant) -> Valkey {
        Valkey {
            begin,
            kept: Mutex::default(),
            up_since: Mutex::new(Some(Duration::ZERO)),
            is_mute: AtomicBool::new(false),
            calls: AtomicUsize::new(0),
        }
    }

    pub(super) fn forget(&self) {
        self.kept.lock().unwrap().clear();
    }

    pub(super) fn set_up(&self, is_up: bool) {
        *self.up_since.lock().unwrap() = is_up.then(|| self.begin.elapsed());
    }

    pub(super) fn set_mute(&self, is_mute: bool) {
        self.is_mute.store(is_mute, Relaxed);
    }

    fn decide(&self, batch: &Batch) -> Decided {
        self.calls.fetch_add(1, Relaxed);
        let now = u64::try_from(self.begin.elapsed().as_nanos()).unwrap();
        let mut kept = self.kept.lock().unwrap();
        let nothing = Reading { level: 0, recalled: 0 };
        let known = batch.meters.iter().map(|meter| kept.get(&meter.name).copied());
        let mut state: Vec<Reading> = known.map(|known| known.unwrap_or(nothing)).collect();
        for (state, meter) in state.iter_mut().zip(&batch.meters) {
            match meter.kind {
                MeterKind::Bucket { bucket_ns, lacking_ns, .. } => {
                    state.level = state.level.saturating_sub(now).max(lacking_ns).min(bucket_ns);
                }
                MeterKind::Quota { counted, owed, recalled, .. } => {
                    state.level = state.level.max(counted.into()).saturating_add_signed(owed);
                    let given_back = state.recalled.saturating_add_signed(owed.min(0));
                    state.recalled = given_back.max(recalled.into());
                }
            }
        }
        let left = |state: Reading, kind: MeterKind| match kind {
            MeterKind::Bucket { token_ns, bucket_ns, .. } => (bucket_ns - state.level) / token_ns,
            MeterKind::Quota { requests, .. } => {
                u64::from(requests).saturating_sub(state.level.max(state.recalled))
            }
        };
        let mut asks = Vec::new();
        for ask in &batch.asks {
            let (mut granted, mut refused_by) = (u64::from(ask.requests), None);
            for at in &ask.meters {
                let left = left(state[*at], batch.meters[*at].kind);
                if left < granted {
                    (granted, refused_by) = (left, Some(*at));
                }
            }
            for at in &ask.meters {
                match batch.meters[*at].kind {
                    MeterKind::Bucket { token_ns, .. } => state[*at].level += granted * token_ns,
                    MeterKind::Quota { .. } => {
                        state[*at].level += granted;
                        state[*at].recalled += granted;
                    }
                }
            }
            asks.push(Granted { requests: u32::try_from(granted).unwrap(), refused_by });
        }
        for (state, meter) in state.iter().zip(&batch.meters) {
            let is_bucket = matches!(meter.kind, MeterKind::Bucket { .. });
            let level = if is_bucket { now + state.level } else { state.level };
            kept.insert(meter.name.clone(), Reading { level, ..*state });
        }
        Decided { asks, meters: state }
    }
}

/// How long a call takes on its way to the store and back, one after the other, again and again.
pub(super) type Delays = Vec<(Duration, Duration)>;

/// A gateway's way to the store.
#[derive(Debug)]
pub(super) struct Link {
    valkey: Arc<Valkey>,
    delays: Delays,
    calls: AtomicUsize,
    /// How long after the store it is back, and how long after that it is taken for the only one.
    lag: Duration,
    alone: Duration,
}

impl Link {
    pub(super) fn new(valkey: Arc<Valkey>, delays: Delays) -> Link {
        let (lag, alone) = (Duration::ZERO, Duration::ZERO);
        Link { valkey, delays, calls: AtomicUsize::new(0), lag, alone }
    }

    /// One that is back so long after the store, and `alone` later knows of the others.
    pub(super) fn late(self, lag: Duration, alone: Duration) -> Link {
        Link { lag, alone, ..self }
    }
}

impl SharedStore for Link {
    fn decide(&self, batch: Batch) -> Deciding<'_> {
        let (to, fro) = self.delays[self.calls.fetch_add(1, Relaxed) % self.delays.len()];
        Box::pin(async move {
            sleep(to).await;
            if !self.is_there() {
                return Err(StoreLost);
            }
            let decided = self.valkey.decide(&batch);
            if self.valkey.is_mute.load(Relaxed) {
                sleep(Duration::from_millis(250)).await;
                return Err(StoreLost);
            }
            sleep(fro).await;
            Ok(decided)
        })
    }

    fn is_there(&self) -> bool {
        let up_since = *self.valkey.up_since.lock().unwrap();
        up_since.is_some_and(|since| self.valkey.begin.elapsed() >= since + self.lag)
    }

    fn gateways(&self) -> NonZeroU32 {
        NonZeroU32::MIN
    }

    fn is_gathering(&self) -> bool {
        let up_since = *self.valkey.up_since.lock().unwrap();
        let all = up_since.map(|since| since + self.lag + self.alone);
        self.is_there() && all.is_some_and(|all| self.valkey.begin.elapsed() < all)
    }
}
