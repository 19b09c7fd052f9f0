//! What a run found out: as a page, and as the file that is kept.

use vestibule_bench_report::{Machine, Spread, table};

use crate::arguments::Effort;

/// Velocity's time over ours that was promised.
const AIM: f64 = 5.0;

/// One run.
#[derive(Clone, Debug, serde::Serialize)]
pub(crate) struct Report {
    /// Of the form of this file.
    pub(crate) version: u32,
    pub(crate) date: String,
    pub(crate) machine: Machine,
    /// The processor that both sides ran on.
    pub(crate) seat: usize,
    pub(crate) effort: Effort,
    pub(crate) rows: Vec<Row>,
}

/// One subject: medians over the turns.
#[derive(Clone, Debug, serde::Serialize)]
pub(crate) struct Row {
    pub(crate) subject: String,
    pub(crate) body_bytes: usize,
    pub(crate) output_bytes: usize,
    pub(crate) ours_wall_ns: Spread,
    pub(crate) ours_cpu_ns: Spread,
    pub(crate) theirs_wall_ns: Spread,
    pub(crate) theirs_cpu_ns: Spread,
    /// Velocity's CPU time over ours in the turn beside it.
    pub(crate) theirs_over_ours: Spread,
    /// Of ours. Nothing when there is no valgrind.
    pub(crate) instructions: Option<f64>,
}

impl Report {
    /// The page: a Markdown table that reads well as it is.
    pub(crate) fn page(&self) -> String {
        let Effort { turns, turn_ms, warm_up_ms, .. } = self.effort;
        let head = [
            "",
            "bytes in",
            "bytes out",
            "ours ns",
            "Velocity ns",
            "ours CPU ns",
            "Velocity CPU ns",
            "times faster",
            "instructions",
            "aim of 5",
        ];
        let rows = self.rows.iter().map(|row| {
            [
                row.subject.clone(),
                row.body_bytes.to_string(),
                row.output_bytes.to_string(),
                format!("{:.0}", row.ours_wall_ns.median),
                format!("{:.0}", row.theirs_wall_ns.median),
                format!("{:.0}", row.ours_cpu_ns.median),
                format!("{:.0}", row.theirs_cpu_ns.median),
                row.theirs_over_ours.to_string(),
                row.instructions.map_or_else(|| "-".to_owned(), |count| format!("{count:.0}")),
                if row.theirs_over_ours.median >= AIM { "met" } else { "missed" }.to_owned(),
            ]
        });
        format!(
            "{}: {}.\n\
             Processor {}. Medians of {turns} turns of {turn_ms} ms in turn, after {warm_up_ms} ms of warm-up.\n\n{}",
            self.date,
            self.machine,
            self.seat,
            table(head, rows)
        )
    }
}
