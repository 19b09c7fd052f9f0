//! The rounds: over one store every subject has its turn in each, so that a neighbour's load meets all alike.

use vestibule_bench_report::Spread;
use vestibule_bench_serving::{Cost, End, Figures, Order, over, play};

use crate::Outcome;
use crate::arguments::Effort;
use crate::operation::Operation;
use crate::store::Backend;
use crate::subject::{Running, Setting, Subject};

/// The connections that are measured.
pub(crate) const CONNECTIONS: [usize; 2] = [1, 32];

/// What came of the turns of one subject under one load: medians over the rounds.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub(crate) struct Row {
    pub(crate) operation: Operation,
    pub(crate) backend: Backend,
    pub(crate) subject: Subject,
    pub(crate) connections: usize,
    #[serde(flatten)]
    pub(crate) figures: Figures,
    /// CPU time a request over the bare server's in the same round.
    pub(crate) cpu_over_bare: Spread,
    /// The gateway's over that of the bare server and of the engine in process, together.
    pub(crate) cpu_over_bare_and_engine: Option<Spread>,
    /// The gateway's over that of a bare hop to the same store.
    pub(crate) cpu_over_hop: Option<Spread>,
}

/// A subject that runs.
struct Player {
    subject: Subject,
    running: Running,
}

/// Runs all rounds of one operation over one store.
pub(crate) fn rows(
    setting: &Setting,
    (backend, operation): (Backend, Operation),
    effort: Effort,
    mut progress: impl FnMut(String) -> Outcome,
) -> Outcome<Vec<Row>> {
    let store = setting.store(backend, operation)?;
    let place = (backend, store.as_ref());
    // The gateway makes and fills the tables that the others read.
    let mut subjects = Subject::over(backend);
    subjects.reverse();
    let mut players = Vec::new();
    for subject in subjects {
        players.push(Player { subject, running: setting.start(subject, place, operation, &[])? });
    }
    players.reverse();
    if backend == Backend::DynamoDbLocal {
        progress(format!("{} compiles itself", backend.label()))?;
        for player in players.iter_mut().filter(|player| player.subject == Subject::Gateway) {
            let burst = Order { connections: 32, end: End::Milliseconds(effort.burst_ms) };
            player.running.cost(None, burst)?;
        }
    }
    let mut rows = Vec::new();
    for connections in CONNECTIONS {
        let told = |round| {
            let (store, what) = (backend.label(), operation.label());
            progress(format!("{store}, {what}, {connections} connections, round {}", round + 1))
        };
        let turn = |player: &mut Player, warm_up, order| player.running.cost(Some(warm_up), order);
        let costs = play(&mut players, effort.plan, connections, told, turn)?;
        rows.extend(compared(&players, &costs, (backend, operation), connections)?);
    }
    for player in players {
        player.running.stop()?;
    }
    store.map_or(Ok(()), |store| store.stop())?;
    Ok(rows)
}

fn compared(
    players: &[Player],
    costs: &[Vec<Cost>],
    (backend, operation): (Backend, Operation),
    connections: usize,
) -> Outcome<Vec<Row>> {
    let of = |subject| {
        let mut pairs = players.iter().zip(costs);
        pairs.find(|(player, _)| player.subject == subject).map(|(_, costs)| costs)
    };
    let bare = of(Subject::Bare).ok_or("the bare server was not measured")?;
    let row = |(player, costs): (&Player, &Vec<Cost>)| {
        let is_gateway = player.subject == Subject::Gateway;
        let engine = of(Subject::Engine).filter(|_| is_gateway);
        let hop = of(Subject::Hop).filter(|_| is_gateway);
        Row {
            operation,
            backend,
            subject: player.subject,
            connections,
            figures: Figures::of(costs),
            cpu_over_bare: over(costs, bare, Cost::cpu_us),
            cpu_over_bare_and_engine: engine.map(|engine| over_both(costs, bare, engine)),
            cpu_over_hop: hop.map(|hop| over(costs, hop, Cost::cpu_us)),
        }
    };
    Ok(players.iter().zip(costs).map(row).collect())
}

fn over_both(costs: &[Cost], bare: &[Cost], engine: &[Cost]) -> Spread {
    let both = bare.iter().zip(engine).map(|(bare, engine)| bare.cpu_us() + engine.cpu_us());
    Spread::of(costs.iter().zip(both).map(|(cost, both)| cost.cpu_us() / both))
}
