//! Requests that wait for the store. One call is under way at a time; what comes meanwhile is asked in the next one. Requests that
//! want the same are counted and told apart by their order alone.

use super::local::{Local, Thing};
use super::store::{Ask, Batch, Decided, Granted, Meter, StoreLost};
use super::{Shared, Taken};
use crate::limits::{SHARED_ASKS_MAX, SHARED_WAITING_MAX};
use crate::underway::Guarded;
use std::collections::{HashMap, VecDeque};
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;
use tokio::sync::oneshot;

/// A request that waits for the store.
#[derive(Debug)]
pub(super) struct Asked {
    told: oneshot::Receiver<Taken>,
    alone: Arc<OnceLock<Taken>>,
}

/// Who is to be told of it.
#[derive(Debug)]
struct Waiter {
    tell: oneshot::Sender<Taken>,
    /// What was decided without the store, of a request that has waited too long.
    alone: Arc<OnceLock<Taken>>,
}

/// All that wait.
#[derive(Debug, Default)]
pub(super) struct Waiting(Mutex<Queue>);

#[derive(Debug, Default)]
struct Queue {
    calls: VecDeque<Call>,
    /// How many requests wait in `calls`.
    requests: usize,
    /// Whether somebody asks for them.
    is_asked: bool,
}

/// What is asked in one call.
#[derive(Debug, Default)]
struct Call {
    groups: Vec<Group>,
    /// The groups by where what they want is known.
    by_locals: HashMap<Vec<usize>, usize>,
}

/// Requests that want the same.
#[derive(Debug)]
struct Group {
    things: Vec<Thing>,
    waiters: Vec<Waiter>,
}

/// Lets a request wait for the store; nothing where too many wait already.
pub(super) fn ask(shared: &Arc<Shared>, things: &[Thing]) -> Option<Asked> {
    let (tell, told) = oneshot::channel();
    let alone = Arc::default();
    let mut queue = shared.waiting.queue();
    if queue.requests >= SHARED_WAITING_MAX {
        return None;
    }
    queue.requests += 1;
    queue.add(things, Waiter { tell, alone: Arc::clone(&alone) });
    if !queue.is_asked {
        queue.is_asked = true;
        tokio::spawn(ask_for_all(Arc::clone(shared)));
    }
    Some(Asked { told, alone })
}

impl Asked {
    /// What the store says; nothing where it does not say it in time.
    pub(super) async fn told(&mut self, within: Duration) -> Option<Taken> {
        tokio::time::timeout(within, &mut self.told).await.ok()?.ok()
    }

    /// Waits no more: it was decided without the store. Returns what the store has said by now; what it says later is put right
    /// by whoever hears it.
    pub(super) fn leave(mut self, alone: Taken) -> Option<Taken> {
        // Nobody else sets it.
        let _ = self.alone.set(alone);
        self.told.close();
        self.told.try_recv().ok()
    }
}

impl Waiting {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        // Whoever panicked with the lock has left whole entries.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is asked next. Nothing where nobody waits; then whoever comes next has to see to it.
    fn next(&self) -> Option<Call> {
        let mut queue = self.queue();
        let next = queue.calls.pop_front();
        match &next {
            Some(call) => queue.requests -= call.requests(),
            None => queue.is_asked = false,
        }
        next
    }
}

impl Queue {
    fn add(&mut self, things: &[Thing], waiter: Waiter) {
        let locals: Vec<usize> = things.iter().map(|thing| place(&thing.local)).collect();
        let has_room = |call: &Call| {
            call.groups.len() < SHARED_ASKS_MAX || call.by_locals.contains_key(&locals)
        };
        if !self.calls.back().is_some_and(has_room) {
            self.calls.push_back(Call::default());
        }
        let Some(call) = self.calls.back_mut() else { return };
        let at = *call.by_locals.entry(locals).or_insert(call.groups.len());
        match call.groups.get_mut(at) {
            Some(group) => group.waiters.push(waiter),
            None => call.groups.push(Group { things: things.to_vec(), waiters: vec![waiter] }),
        }
    }
}

/// Where something is known. It is there as long as a group holds it.
fn place(local: &Arc<Local>) -> usize {
    Arc::as_ptr(local).addr()
}

/// Whoever asks for all that wait. Where a bug ends it the next one who waits has another one begin.
struct Asking(Arc<Shared>);

impl Drop for Asking {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.waiting.queue().is_asked = false;
        }
    }
}

async fn ask_for_all(shared: Arc<Shared>) {
    let asking = Asking(shared);
    let Asking(shared) = &asking;
    while let Some(call) = shared.waiting.next() {
        let call = call.without_those_who_left();
        if call.groups.is_empty() {
            continue;
        }
        let asked_at = shared.now();
        let (mut batch, things) = call.batch(asked_at);
        let bounds = bound(shared, &mut batch, &things, asked_at);
        let decided = Guarded::new(shared.sharing.store.decide(batch.clone())).await;
        match decided.unwrap_or(Err(StoreLost)) {
            Ok(mut decided) if decided.fits(&batch) => {
                bounds.tell(&mut decided);
                shared.decisions.answered.fetch_add(1, Relaxed);
                learn(shared, &batch, &things, &decided, asked_at);
                call.tell(&batch, &decided);
            }
            // Who waits is told by the end of it.
            Ok(_) | Err(StoreLost) => {
                shared.decisions.failed.fetch_add(1, Relaxed);
                call.lose();
            }
        }
    }
}

/// What a batch's meters are about, by their index.
type Things<'c> = Vec<&'c Thing>;

impl Call {
    fn requests(&self) -> usize {
        self.groups.iter().map(|group| group.waiters.len()).sum()
    }

    /// Who has waited too long was decided about without the store, and takes nothing there.
    fn without_those_who_left(mut self) -> Call {
        for group in &mut self.groups {
            group.waiters.retain(|waiter| !waiter.tell.is_closed());
        }
        self.groups.retain(|group| !group.waiters.is_empty());
        self
    }

    /// What the store is asked.
    fn batch(&self, now: Duration) -> (Batch, Things<'_>) {
        let mut things: Things<'_> = Vec::new();
        let mut batch = Batch::default();
        let mut known: HashMap<&Arc<str>, usize> = HashMap::new();
        for group in &self.groups {
            let mut ask = Ask { meters: Vec::new(), requests: 0 };
            ask.requests = u32::try_from(group.waiters.len()).unwrap_or(u32::MAX);
            for thing in &group.things {
                let Thing { local, quantity } = thing;
                let at = *known.entry(&local.name).or_insert_with(|| {
                    let name = Arc::clone(&local.name);
                    batch.meters.push(Meter { name, kind: local.meter(quantity, now) });
                    things.push(thing);
                    batch.meters.len() - 1
                });
                ask.meters.push(at);
            }
            batch.asks.push(ask);
        }
        (batch, things)
    }

    /// Tells who waits; the first ones are let in.
    fn tell(self, batch: &Batch, decided: &Decided) {
        for ((group, ask), granted) in self.groups.into_iter().zip(&batch.asks).zip(&decided.asks) {
            let Granted { requests, refused_by } = *granted;
            let refused_by = ask.meters.iter().position(|at| Some(*at) == refused_by);
            let refused = Taken::No(refused_by.unwrap_or_default());
            let verdicts = (0..requests).map(|_| Taken::Yes).chain(std::iter::repeat(refused));
            for (Waiter { tell, alone }, verdict) in group.waiters.into_iter().zip(verdicts) {
                let is_late = tell.send(verdict).is_err();
                if is_late && verdict == Taken::Yes {
                    put_right(&group.things, alone.get());
                }
            }
        }
    }

    /// The store may have let in all of it, or have heard of nothing.
    fn lose(self) {
        for Group { things, waiters } in self.groups {
            let alone = waiters.iter().filter_map(|waiter| waiter.alone.get());
            for _ in alone.filter(|alone| **alone == Taken::Yes) {
                things.iter().for_each(|thing| thing.local.may_be_told(&thing.quantity));
            }
        }
    }
}

/// Which meter of each ask is the one of whose share this gateway asked for no more.
#[derive(Debug, Default)]
struct Bounds(Vec<Option<usize>>);

/// Asks for no more than this gateway's share while others may still take theirs without the store: all together let in what one
/// would, whoever is back first.
fn bound(shared: &Shared, batch: &mut Batch, things: &Things<'_>, now: Duration) -> Bounds {
    if !shared.sharing.store.is_gathering() {
        return Bounds::default();
    }
    let gateways = shared.gateways();
    let left =
        things.iter().map(|Thing { local, quantity }| local.share_left(quantity, gateways, now));
    let mut left: Vec<Option<u32>> = left.collect();
    let bounds = batch.asks.iter_mut().map(|ask| {
        let of = |at: &usize| Some((left.get(*at).copied().flatten()?, *at));
        let least = ask.meters.iter().filter_map(of).min_by_key(|(left, _)| *left);
        let bound = least.filter(|(left, _)| *left < ask.requests);
        ask.requests = bound.map_or(ask.requests, |(left, _)| left);
        for at in &ask.meters {
            if let Some(Some(left)) = left.get_mut(*at) {
                *left = left.saturating_sub(ask.requests);
            }
        }
        bound.map(|(_, at)| at)
    });
    Bounds(bounds.collect())
}

impl Bounds {
    /// Names who has no more for the others, where the store gave all that it was asked for.
    fn tell(self, decided: &mut Decided) {
        for (granted, bound) in decided.asks.iter_mut().zip(self.0) {
            granted.refused_by = granted.refused_by.or(bound);
        }
    }
}

/// The store let in a request that was decided about without it meanwhile: it costs a quota one, or nothing.
fn put_right(things: &[Thing], alone: Option<&Taken>) {
    match alone {
        // Of the gateway's share of a bucket it stays taken, too.
        Some(Taken::Yes) => things.iter().for_each(|thing| thing.local.forgive(&thing.quantity)),
        Some(Taken::No(_)) => {
            things.iter().for_each(|thing| thing.local.give_back_told(&thing.quantity));
        }
        // Its caller has left. It counts, as one that is let in and leaves then.
        None => (),
    }
}

/// Notes what the store said of each thing.
fn learn(
    shared: &Shared,
    batch: &Batch,
    things: &Things<'_>,
    decided: &Decided,
    asked_at: Duration,
) {
    let mut taken = vec![0_u32; batch.meters.len()];
    for (ask, granted) in batch.asks.iter().zip(&decided.asks) {
        for at in &ask.meters {
            if let Some(taken) = taken.get_mut(*at) {
                *taken = taken.saturating_add(granted.requests);
            }
        }
    }
    let gateways = shared.gateways();
    let meters = batch.meters.iter().zip(things).zip(&decided.meters).zip(taken);
    for (((meter, thing), reading), taken) in meters {
        let Thing { local, quantity } = thing;
        local.learn(&meter.kind, quantity, *reading, taken, gateways, asked_at);
    }
}
