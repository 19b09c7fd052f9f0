//! What is told of limits that are counted together: whether the store is there, who decided, how many calls it took.

use super::Shared;
use crate::observe::{Family, FamilyKind, Sample, SampleValue};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// How many requests with a limit were decided by whom, and how many calls it took.
#[derive(Debug, Default)]
pub(super) struct Decisions {
    /// By the store.
    pub(super) store: AtomicU64,
    /// Refused by what the store had said before.
    pub(super) memory: AtomicU64,
    /// By the gateway alone.
    pub(super) gateway: AtomicU64,
    /// Calls of the store that were answered.
    pub(super) answered: AtomicU64,
    /// Calls that were not.
    pub(super) failed: AtomicU64,
}

impl Shared {
    /// Everything that is counted, as it stands now.
    pub(crate) fn families(&self) -> Vec<Family> {
        let Decisions { store, memory, gateway, answered, failed } = &self.decisions;
        let by = [("store", store), ("memory", memory), ("gateway", gateway)];
        let outcomes = [("answered", answered), ("failed", failed)];
        vec![
            Family::of_number(
                "vestibule_shared_store_up",
                "1 while the store that gateways share is there, else 0.",
                FamilyKind::Gauge,
                u64::from(self.sharing.store.is_there()),
            ),
            Family::of_number(
                "vestibule_shared_gateways",
                "Gateways that share the store, as the settings or the store say.",
                FamilyKind::Gauge,
                self.gateways().get().into(),
            ),
            counter(
                "vestibule_shared_decisions",
                "Requests with a limit, by who let them in or refused them.",
                by.map(|(by, number)| ("by", by, number)),
            ),
            counter(
                "vestibule_shared_calls",
                "Calls of the shared store for limits, by what came of them.",
                outcomes.map(|(outcome, number)| ("outcome", outcome, number)),
            ),
        ]
    }
}

fn counter<const N: usize>(
    name: &'static str,
    help: &'static str,
    numbers: [(&'static str, &str, &AtomicU64); N],
) -> Family {
    let samples = numbers.map(|(label, value, number)| Sample {
        labels: vec![(label, value.to_owned())],
        value: SampleValue::Number(number.load(Relaxed)),
    });
    Family { name, help, kind: FamilyKind::Counter, samples: samples.into() }
}
