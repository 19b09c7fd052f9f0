//! What a run found out: as a page, and as the file that is kept.

use vestibule_bench_report::{Machine, Spread, table};

/// One run.
#[derive(Clone, Debug, serde::Serialize)]
pub(crate) struct Report {
    /// Of the form of this file.
    pub(crate) version: u32,
    pub(crate) date: String,
    pub(crate) machine: Machine,
    /// The processor that it ran on.
    pub(crate) seat: usize,
    pub(crate) rounds: usize,
    /// Decisions of a round.
    pub(crate) decisions: usize,
    pub(crate) rows: Vec<Row>,
}

/// One kind of request: spreads over the rounds, of one decision.
#[derive(Clone, Debug, serde::Serialize)]
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) wall_ns: Spread,
    pub(crate) cpu_ns: Spread,
    /// Nothing when there is no valgrind.
    pub(crate) instructions: Option<f64>,
}

impl Report {
    /// The page: a Markdown table that reads well as it is.
    pub(crate) fn page(&self) -> String {
        let rows = self.rows.iter().map(|row| {
            [
                row.name.to_owned(),
                row.wall_ns.to_string(),
                row.cpu_ns.to_string(),
                row.instructions.map_or_else(|| "-".to_owned(), |count| format!("{count:.1}")),
            ]
        });
        format!(
            "{}: {}.\n\
             Processor {}. One decision: medians of {} rounds of {}, least and most in brackets.\n\n{}",
            self.date,
            self.machine,
            self.seat,
            self.rounds,
            self.decisions,
            table(["of 20 statements", "ns", "CPU ns", "instructions"], rows),
        )
    }
}
