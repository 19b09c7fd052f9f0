//! What is counted of calls to a store on the network. The embedded store has none of these.

use vestibule_dynamodb::Health;
use vestibule_gateway::{Family, FamilyKind, Sample, SampleValue};

/// The metrics of the store.
pub(super) fn families(health: &Health) -> Vec<Family> {
    let attempts = health.attempts;
    let outcomes = [
        ("answered", attempts.answered),
        ("throttled", attempts.throttled),
        ("failing", attempts.failing),
        ("timeout", attempts.timeout),
        ("broken", attempts.broken),
    ];
    let outcome = |(outcome, count): (&str, u64)| Sample {
        labels: vec![("outcome", outcome.to_owned())],
        value: SampleValue::Number(count),
    };
    let circuit = health.endpoints.iter().map(|endpoint| Sample {
        labels: vec![("endpoint", endpoint.url.clone())],
        value: SampleValue::Number(endpoint.open_reason.is_some().into()),
    });
    vec![
        Family {
            name: "vestibule_store_attempts",
            help: "Attempts of calls of the store, by what came of them.",
            kind: FamilyKind::Counter,
            samples: outcomes.into_iter().map(outcome).collect(),
        },
        Family::of_number(
            "vestibule_store_retries",
            "Attempts that were further ones of a call.",
            FamilyKind::Counter,
            health.retries,
        ),
        Family::of_number(
            "vestibule_store_retry_budget",
            "What is left of the budget of retries.",
            FamilyKind::Gauge,
            health.retry_budget.into(),
        ),
        Family {
            name: "vestibule_store_circuit_open",
            help: "Whether nothing but probes is sent to an endpoint of the store.",
            kind: FamilyKind::Gauge,
            samples: circuit.collect(),
        },
        Family::of_number(
            "vestibule_store_circuit_openings",
            "Times that the circuit of an endpoint of the store has opened.",
            FamilyKind::Counter,
            health.circuit_openings,
        ),
    ]
}
