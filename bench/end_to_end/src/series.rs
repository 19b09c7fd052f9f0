//! The rounds: every subject has its turn in each, so that a neighbour's load meets all alike.

use vestibule_bench_report::Spread;
use vestibule_bench_serving::{Cost, Figures, Plan, Requests, over, play};

use crate::Outcome;
use crate::subject::{Running, Subject};

/// The connections that are measured.
pub(crate) const CONNECTIONS: [usize; 2] = [1, 32];

/// What came of the turns of one subject at one number of connections: medians over the rounds.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub(crate) struct Row {
    pub(crate) subject: Subject,
    pub(crate) connections: usize,
    #[serde(flatten)]
    pub(crate) figures: Figures,
    /// CPU time a request over the bare server's in the same round.
    pub(crate) cpu_over_bare: Spread,
    /// Requests a second over the bare server's in the same round.
    pub(crate) rate_over_bare: Spread,
}

/// A subject that runs, and what it is asked.
#[derive(Debug)]
pub(crate) struct Player {
    pub(crate) subject: Subject,
    pub(crate) running: Running,
    pub(crate) requests: Requests,
}

/// Runs all rounds at all numbers of connections. The first player is what the others are compared to.
pub(crate) fn rows(
    players: &mut [Player],
    plan: Plan,
    mut progress: impl FnMut(usize, usize) -> Outcome,
) -> Outcome<Vec<Row>> {
    let mut rows = Vec::new();
    for connections in CONNECTIONS {
        let turn = |player: &mut Player, warm_up, order| {
            player.running.run(&player.requests, Some(warm_up), order)
        };
        let costs = play(players, plan, connections, |round| progress(connections, round), turn)?;
        let Some(bare) = costs.first() else { continue };
        for (player, costs) in players.iter().zip(&costs) {
            rows.push(Row {
                subject: player.subject,
                connections,
                figures: Figures::of(costs),
                cpu_over_bare: over(costs, bare, Cost::cpu_us),
                rate_over_bare: over(costs, bare, Cost::rate),
            });
        }
    }
    Ok(rows)
}
