//! The rounds: every subject has its turn in each, so that a neighbour's load meets all alike.

use vestibule_bench_report::Spread;

use crate::arguments::Effort;
use crate::load::Requests;
use crate::subject::{Cost, Running, Subject};
use crate::{End, Order, Outcome};

/// The connections that are measured.
pub(crate) const CONNECTIONS: [usize; 2] = [1, 32];

/// What came of the turns of one subject at one number of connections: medians over the rounds.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub(crate) struct Row {
    pub(crate) subject: Subject,
    pub(crate) connections: usize,
    pub(crate) requests_per_s: Spread,
    pub(crate) p50_us: Spread,
    pub(crate) p99_us: Spread,
    /// CPU time of the server's process alone, in user and system mode.
    pub(crate) cpu_us_per_request: Spread,
    /// That over the bare server's in the same round.
    pub(crate) cpu_over_bare: Spread,
    /// Requests a second over the bare server's in the same round.
    pub(crate) rate_over_bare: Spread,
    pub(crate) resident_mib: Spread,
}

/// A subject that runs, and what it is asked.
#[derive(Debug)]
pub(crate) struct Player {
    pub(crate) subject: Subject,
    pub(crate) running: Running,
    pub(crate) requests: Requests,
}

/// Runs all rounds at all numbers of connections. The first player is what the others are compared to.
pub(crate) fn play(
    players: &mut [Player],
    effort: Effort,
    mut progress: impl FnMut(usize, usize) -> Outcome,
) -> Outcome<Vec<Row>> {
    let mut rows = Vec::new();
    for connections in CONNECTIONS {
        let order = |span| Order { connections, end: End::Milliseconds(span) };
        let mut costs: Vec<Vec<Cost>> = players.iter().map(|_| Vec::new()).collect();
        for round in 0..effort.rounds {
            progress(connections, round)?;
            for (player, costs) in players.iter_mut().zip(&mut costs) {
                let warm_up = Some(order(effort.warm_up_ms));
                let turn = order(effort.turn_ms);
                costs.push(player.running.run(&player.requests, warm_up, turn)?);
            }
        }
        let bare = costs.first().cloned().unwrap_or_default();
        for (player, costs) in players.iter().zip(&costs) {
            rows.push(row(player.subject, connections, costs, &bare));
        }
    }
    Ok(rows)
}

fn row(subject: Subject, connections: usize, costs: &[Cost], bare: &[Cost]) -> Row {
    let of = |figure: fn(&Cost) -> f64| Spread::of(costs.iter().map(figure));
    let over = |figure: fn(&Cost) -> f64| {
        let pairs = costs.iter().zip(bare);
        Spread::of(pairs.map(|(cost, bare)| figure(cost) / figure(bare)))
    };
    Row {
        subject,
        connections,
        requests_per_s: of(rate),
        p50_us: of(|cost| cost.measured.p50_ns as f64 / 1e3),
        p99_us: of(|cost| cost.measured.p99_ns as f64 / 1e3),
        cpu_us_per_request: of(cpu_us),
        cpu_over_bare: over(cpu_us),
        rate_over_bare: over(rate),
        resident_mib: of(|cost| cost.memory.resident_kib as f64 / 1024.0),
    }
}

fn rate(cost: &Cost) -> f64 {
    cost.measured.requests as f64 * 1e9 / cost.measured.wall_ns as f64
}

fn cpu_us(cost: &Cost) -> f64 {
    cost.cpu.as_secs_f64() * 1e6 / cost.measured.requests as f64
}
