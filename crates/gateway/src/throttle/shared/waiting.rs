//! Requests that wait for the store. One call is under way at a time; what comes meanwhile is asked in the next one. Requests that
//! want the same are counted and told apart by their order alone.

use super::Shared;
use super::local::Thing;
use super::store::{Ask, Batch, Decided, Granted, Meter, StoreLost};
use crate::limits::{SHARED_ASKS_MAX, SHARED_WAITING_MAX};
use crate::underway::Guarded;
use std::collections::{HashMap, VecDeque};
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::oneshot;

/// What the store said of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It took one of everything.
    Granted,
    /// It took nothing: of the thing at this index none was left.
    Refused(usize),
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
    by_names: HashMap<Vec<Arc<str>>, usize>,
}

/// Requests that want the same.
#[derive(Debug)]
struct Group {
    things: Vec<Thing>,
    waiters: Vec<oneshot::Sender<Verdict>>,
}

/// Lets a request wait for the store; nothing where too many wait already.
pub(super) fn ask(shared: &Arc<Shared>, things: &[Thing]) -> Option<oneshot::Receiver<Verdict>> {
    let (tell, told) = oneshot::channel();
    let mut queue = shared.waiting.queue();
    if queue.requests >= SHARED_WAITING_MAX {
        return None;
    }
    queue.requests += 1;
    queue.add(things, tell);
    if !queue.is_asked {
        queue.is_asked = true;
        tokio::spawn(ask_for_all(Arc::clone(shared)));
    }
    Some(told)
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
    fn add(&mut self, things: &[Thing], tell: oneshot::Sender<Verdict>) {
        let names = things.iter().map(|thing| Arc::clone(&thing.local.name));
        let names: Vec<Arc<str>> = names.collect();
        let has_room =
            |call: &Call| call.groups.len() < SHARED_ASKS_MAX || call.by_names.contains_key(&names);
        if !self.calls.back().is_some_and(has_room) {
            self.calls.push_back(Call::default());
        }
        let Some(call) = self.calls.back_mut() else { return };
        let at = *call.by_names.entry(names).or_insert(call.groups.len());
        match call.groups.get_mut(at) {
            Some(group) => group.waiters.push(tell),
            None => call.groups.push(Group { things: things.to_vec(), waiters: vec![tell] }),
        }
    }
}

async fn ask_for_all(shared: Arc<Shared>) {
    while let Some(call) = shared.waiting.next() {
        let call = call.without_those_who_left();
        if call.groups.is_empty() {
            continue;
        }
        let asked_at = shared.now();
        let (batch, things) = call.batch(asked_at);
        let decided = Guarded::new(shared.sharing.store.decide(batch.clone())).await;
        match decided.unwrap_or(Err(StoreLost)) {
            Ok(decided) if decided.fits(&batch) => {
                shared.decisions.answered.fetch_add(1, Relaxed);
                learn(&shared, &batch, &things, &decided, asked_at);
                call.tell(&batch, &decided);
            }
            // Who waits is told by the end of it.
            Ok(_) | Err(StoreLost) => {
                shared.decisions.failed.fetch_add(1, Relaxed);
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
            group.waiters.retain(|waiter| !waiter.is_closed());
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
            let refused = Verdict::Refused(refused_by.unwrap_or_default());
            let verdicts =
                (0..requests).map(|_| Verdict::Granted).chain(std::iter::repeat(refused));
            for (waiter, verdict) in group.waiters.into_iter().zip(verdicts) {
                // Who has waited too long has helped himself to the gateway's share. What the store counted stays counted.
                let _ = waiter.send(verdict);
            }
        }
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
