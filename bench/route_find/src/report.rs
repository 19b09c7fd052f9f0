//! What a run found out: as a page, and as the file that is kept.

use vestibule_bench_report::{Aim, Machine, Spread, table};

/// What a find in the large API may take over one in the small, in instructions and by the clock.
const INSTRUCTIONS_AIM: f64 = 1.15;
const TIME_AIM: f64 = 1.5;

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
    /// Passes through the 5,000 requests of a stream in a round.
    pub(crate) passes: usize,
    pub(crate) rows: Vec<Row>,
}

/// One API: spreads over the rounds, of one find.
#[derive(Clone, Debug, serde::Serialize)]
pub(crate) struct Row {
    pub(crate) methods: usize,
    pub(crate) wall_ns: Spread,
    pub(crate) cpu_ns: Spread,
    /// Over that of the first row in the turn beside it.
    pub(crate) wall_over_small: Spread,
    pub(crate) cpu_over_small: Spread,
    /// Nothing when there is no valgrind.
    pub(crate) instructions: Option<f64>,
}

impl Report {
    /// The page: Markdown tables that read well as they are.
    pub(crate) fn page(&self) -> String {
        let head = ["methods", "ns", "CPU ns", "ns over small", "CPU over small", "instructions"];
        let rows = self.rows.iter().map(|row| {
            [
                row.methods.to_string(),
                row.wall_ns.to_string(),
                row.cpu_ns.to_string(),
                row.wall_over_small.to_string(),
                row.cpu_over_small.to_string(),
                row.instructions.map_or_else(|| "-".to_owned(), |count| format!("{count:.1}")),
            ]
        });
        format!(
            "{}: {}.\n\
             Processor {}. One find: medians of {} rounds of {} passes, least and most in brackets.\n\n{}{}",
            self.date,
            self.machine,
            self.seat,
            self.rounds,
            self.passes,
            table(head, rows),
            Aim::table("aim of 5,000 over 5", self.aims()),
        )
    }

    fn aims(&self) -> impl Iterator<Item = Aim> {
        let counts: Vec<f64> = self.rows.iter().filter_map(|row| row.instructions).collect();
        let instructions = match counts.as_slice() {
            [small, large] => Some(("instructions", large / small, INSTRUCTIONS_AIM)),
            _ => None,
        };
        let times = self.rows.last().into_iter().flat_map(|row| {
            [
                ("time by the clock", row.wall_over_small.median, TIME_AIM),
                ("CPU time", row.cpu_over_small.median, TIME_AIM),
            ]
        });
        let aims = instructions.into_iter().chain(times);
        aims.map(|(what, found, most)| Aim { what: what.to_owned(), found, most, unit: "x" })
    }
}
