//! The rounds: every way to the backend has its turn in each, so that a neighbour's load meets all alike.

use vestibule_bench_report::Spread;
use vestibule_bench_serving::{Cost, Figures, Plan, Requests, over, play};

use crate::Outcome;
use crate::inputs::Size;
use crate::subject::{Running, Setting, Subject};

/// The connections that are measured.
const CONNECTIONS: [usize; 2] = [1, 32];

/// What came of the turns of one subject under one load: medians over the rounds.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub(crate) struct Row {
    pub(crate) subject: Subject,
    pub(crate) size: Size,
    pub(crate) connections: usize,
    /// CPU and memory of [`Subject::Direct`] are the backend's, which never sleeps: no figures of a proxy.
    #[serde(flatten)]
    pub(crate) figures: Figures,
    /// CPU time a request over that of another proxy in the same round.
    pub(crate) cpu_over_bare: Spread,
    /// Nothing when nginx is not installed.
    pub(crate) cpu_over_nginx: Option<Spread>,
    /// Requests a second over the bare proxy's in the same round.
    pub(crate) rate_over_bare: Spread,
}

/// A subject that runs.
struct Player {
    subject: Subject,
    running: Running,
    requests: Requests,
}

/// Runs all rounds of all sizes at all numbers of connections.
pub(crate) fn rows(
    setting: &Setting,
    plan: Plan,
    mut progress: impl FnMut(String) -> Outcome,
) -> Outcome<Vec<Row>> {
    let mut rows = Vec::new();
    for size in Size::ALL {
        let mut players = setting
            .subjects
            .iter()
            .map(|subject| {
                let running = setting.start(*subject, &[])?;
                let requests = setting.requests(&running, size)?;
                Ok(Player { subject: *subject, running, requests })
            })
            .collect::<Outcome<Vec<_>>>()?;
        for connections in CONNECTIONS {
            let told = |round| {
                let name = size.name();
                progress(format!("{name} answers, {connections} connections, round {}", round + 1))
            };
            let turn = |player: &mut Player, warm_up, order| {
                let process = setting.process(&player.running);
                player.requests.cost(process, Some(warm_up), order)
            };
            let costs = play(&mut players, plan, connections, told, turn)?;
            rows.extend(compared(&players, &costs, size, connections)?);
        }
        for player in players {
            player.running.stop()?;
        }
    }
    Ok(rows)
}

fn compared(
    players: &[Player],
    costs: &[Vec<Cost>],
    size: Size,
    connections: usize,
) -> Outcome<Vec<Row>> {
    let of = |subject| {
        let mut pairs = players.iter().zip(costs);
        pairs.find(|(player, _)| player.subject == subject).map(|(_, costs)| costs)
    };
    let bare = of(Subject::Bare).ok_or("the bare proxy was not measured")?;
    let nginx = of(Subject::Nginx);
    let row = |(player, costs): (&Player, &Vec<Cost>)| Row {
        subject: player.subject,
        size,
        connections,
        figures: Figures::of(costs),
        cpu_over_bare: over(costs, bare, Cost::cpu_us),
        cpu_over_nginx: nginx.map(|nginx| over(costs, nginx, Cost::cpu_us)),
        rate_over_bare: over(costs, bare, Cost::rate),
    };
    Ok(players.iter().zip(costs).map(row).collect())
}
