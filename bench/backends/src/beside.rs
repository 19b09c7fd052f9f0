//! Reads of the embedded store through the gateway while others write through it, beside the same reads alone and while as
//! many others read: what is left to a reader by others who want the same processor, whatever they do.

use vestibule_bench_report::Spread;
use vestibule_bench_serving::{Cost, End, Order, Plan, Process, Requests};

use crate::Outcome;
use crate::items::ITEMS;
use crate::operation::Operation;
use crate::series::CONNECTIONS;
use crate::store::Backend;
use crate::subject::Setting;

/// Connections that write or read beside the readers, each with one request under way.
pub(crate) const OTHERS: usize = 32;

/// How long the others go on when readers have ended, so that these were never alone.
const LONGER_MS: u64 = 50;

/// What came of reads alone, beside writers and beside as many further readers: medians over the rounds.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub(crate) struct Beside {
    pub(crate) operation: Operation,
    /// Connections that read.
    pub(crate) connections: usize,
    /// Reads a second.
    pub(crate) alone_per_s: Spread,
    pub(crate) beside_per_s: Spread,
    pub(crate) beside_readers_per_s: Spread,
    /// The rate alone over that beside writers in the same round.
    pub(crate) alone_over_beside: Spread,
    pub(crate) alone_p99_us: Spread,
    pub(crate) beside_p99_us: Spread,
    /// Writes a second beside the readers.
    pub(crate) writes_per_s: Spread,
}

/// Reads and writes of one round.
struct Round {
    alone: Cost,
    beside: Cost,
    writes: Cost,
    beside_readers: Cost,
}

/// Runs all rounds of both kinds of reads.
pub(crate) fn rows(
    setting: &Setting,
    plan: Plan,
    mut progress: impl FnMut(String) -> Outcome,
) -> Outcome<Vec<Beside>> {
    let mut rows = Vec::new();
    let (process, address) = setting.gateway((Backend::Embedded, None), &[])?;
    let requests = |operation: Operation| {
        let asked = operation.asked(Operation::of_client, address, ITEMS)?;
        // The others ask from the load's processor too.
        Ok::<_, String>(Requests::beside_a_backend(address, asked))
    };
    let writes = requests(Operation::PutItem)?;
    for operation in [Operation::GetItem, Operation::Query] {
        let reads = requests(operation)?;
        for connections in CONNECTIONS {
            progress(format!("{}, {connections} connections beside writers", operation.label()))?;
            let rounds = (0..plan.rounds)
                .map(|_| round(&process, (&reads, connections), &writes, plan))
                .collect::<Outcome<Vec<_>>>()?;
            rows.push(Beside::of(operation, connections, &rounds));
        }
    }
    process.stop()?;
    Ok(rows)
}

fn round(
    process: &Process,
    (reads, connections): (&Requests, usize),
    writes: &Requests,
    plan: Plan,
) -> Outcome<Round> {
    let order = |connections, span| Order { connections, end: End::Milliseconds(span) };
    let read = || {
        let warm_up = order(connections, plan.warm_up_ms);
        reads.cost(process, Some(warm_up), order(connections, plan.turn_ms))
    };
    let span = plan.warm_up_ms + plan.turn_ms + LONGER_MS;
    let read_beside = |others: &Requests| {
        let (reads, others) = std::thread::scope(|scope| {
            let others = scope.spawn(|| others.cost(process, None, order(OTHERS, span)));
            (read(), others.join())
        });
        let others = others.map_err(|_| "the thread of the others ended badly".to_owned())?;
        Ok::<_, String>((reads?, others?))
    };
    let alone = read()?;
    let (beside, writes) = read_beside(writes)?;
    let (beside_readers, _) = read_beside(reads)?;
    Ok(Round { alone, beside, writes, beside_readers })
}

impl Beside {
    fn of(operation: Operation, connections: usize, rounds: &[Round]) -> Beside {
        let of = |figure: fn(&Round) -> f64| Spread::of(rounds.iter().map(figure));
        let p99_us = |cost: &Cost| cost.measured.p99_ns as f64 / 1e3;
        Beside {
            operation,
            connections,
            alone_per_s: of(|round| round.alone.rate()),
            beside_per_s: of(|round| round.beside.rate()),
            beside_readers_per_s: of(|round| round.beside_readers.rate()),
            alone_over_beside: of(|round| round.alone.rate() / round.beside.rate()),
            alone_p99_us: Spread::of(rounds.iter().map(|round| p99_us(&round.alone))),
            beside_p99_us: Spread::of(rounds.iter().map(|round| p99_us(&round.beside))),
            writes_per_s: of(|round| round.writes.rate()),
        }
    }
}
