//! The rounds: everyone has a turn in each, so that a neighbour's load meets all alike.

use std::time::Duration;

use vestibule_bench_report::{Outcome, Spread};

use crate::measured::{End, Measured, Order};
use crate::process::Memory;

/// What came of one stretch, and what it cost.
#[derive(Clone, Copy, Debug)]
pub struct Cost {
    /// What came of it.
    pub measured: Measured,
    /// CPU time of the server's process alone, in user and system mode.
    pub cpu: Duration,
    /// At the end of the stretch, its connections still open.
    pub memory: Memory,
}

/// How often and how long.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub struct Plan {
    /// Rounds in which everyone has a turn.
    pub rounds: usize,
    /// Milliseconds that a turn is measured.
    pub turn_ms: u64,
    /// Milliseconds before that, under the same load.
    pub warm_up_ms: u64,
}

/// The figures of one who had its turns: spreads over the rounds.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub struct Figures {
    /// Requests a second.
    pub requests_per_s: Spread,
    /// Half of the requests took no longer.
    pub p50_us: Spread,
    /// 99 of 100 requests took no longer.
    pub p99_us: Spread,
    /// CPU time of the server's process alone, in user and system mode.
    pub cpu_us_per_request: Spread,
    /// Resident memory under the load.
    pub resident_mib: Spread,
}

/// Runs all rounds at one number of connections. `turn` gives a player its warm-up and its turn. The costs are those of each
/// player in turn, a round each.
///
/// # Errors
/// Those of the turns.
pub fn play<P>(
    players: &mut [P],
    plan: Plan,
    connections: usize,
    mut progress: impl FnMut(usize) -> Outcome,
    mut turn: impl FnMut(&mut P, Order, Order) -> Outcome<Cost>,
) -> Outcome<Vec<Vec<Cost>>> {
    let order = |span| Order { connections, end: End::Milliseconds(span) };
    let mut costs: Vec<Vec<Cost>> = players.iter().map(|_| Vec::new()).collect();
    for round in 0..plan.rounds {
        progress(round)?;
        for (player, costs) in players.iter_mut().zip(&mut costs) {
            costs.push(turn(player, order(plan.warm_up_ms), order(plan.turn_ms))?);
        }
    }
    Ok(costs)
}

impl Figures {
    /// The figures of these turns.
    #[must_use]
    pub fn of(costs: &[Cost]) -> Figures {
        let of = |figure: fn(&Cost) -> f64| Spread::of(costs.iter().map(figure));
        Figures {
            requests_per_s: of(Cost::rate),
            p50_us: of(|cost| cost.measured.p50_ns as f64 / 1e3),
            p99_us: of(|cost| cost.measured.p99_ns as f64 / 1e3),
            cpu_us_per_request: of(Cost::cpu_us),
            resident_mib: of(|cost| cost.memory.resident_mib()),
        }
    }
}

impl Cost {
    /// Requests a second.
    #[must_use]
    pub fn rate(&self) -> f64 {
        self.measured.requests as f64 * 1e9 / self.measured.wall_ns as f64
    }

    /// CPU time a request, in microseconds.
    #[must_use]
    pub fn cpu_us(&self) -> f64 {
        self.cpu.as_secs_f64() * 1e6 / self.measured.requests as f64
    }
}

/// One figure of these turns over that of others, each within its round.
#[must_use]
pub fn over(costs: &[Cost], others: &[Cost], figure: fn(&Cost) -> f64) -> Spread {
    Spread::of(costs.iter().zip(others).map(|(cost, other)| figure(cost) / figure(other)))
}
