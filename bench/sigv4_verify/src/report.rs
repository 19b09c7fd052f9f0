//! What a run found out: as a page, and as the file that is kept.

use vestibule_bench_report::{Aim, Machine, Spread, table};

/// What verifying may take over computing the same signature.
const AIM: f64 = 3.0;

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
    /// How often each thing is done in a round.
    pub(crate) passes: usize,
    pub(crate) rows: Vec<Row>,
}

/// One request: spreads over the rounds, of one signature.
#[derive(Clone, Debug, serde::Serialize)]
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) compute_ns: Spread,
    pub(crate) verify_ns: Spread,
    pub(crate) refuse_ns: Spread,
    /// In the same round.
    pub(crate) verify_over_compute: Spread,
    /// Nothing when there is no valgrind.
    pub(crate) compute_instructions: Option<f64>,
    pub(crate) verify_instructions: Option<f64>,
    pub(crate) refuse_instructions: Option<f64>,
}

impl Report {
    /// The page: Markdown tables that read well as they are.
    pub(crate) fn page(&self) -> String {
        let head =
            ["request", "compute CPU ns", "verify CPU ns", "refuse CPU ns", "verify over compute"];
        let rows = self.rows.iter().map(|row| {
            [
                row.name.to_owned(),
                row.compute_ns.to_string(),
                row.verify_ns.to_string(),
                row.refuse_ns.to_string(),
                row.verify_over_compute.to_string(),
            ]
        });
        let count =
            |count: Option<f64>| count.map_or("-".to_owned(), |count| format!("{count:.0}"));
        let instructions = self.rows.iter().map(|row| {
            [
                row.name.to_owned(),
                count(row.compute_instructions),
                count(row.verify_instructions),
                count(row.refuse_instructions),
            ]
        });
        let counted = ["instructions", "compute", "verify", "refuse"];
        format!(
            "{}: {}.\n\
             Processor {}. One signature: medians of {} rounds of {} passes, least and most in brackets.\n\n{}{}{}",
            self.date,
            self.machine,
            self.seat,
            self.rounds,
            self.passes,
            table(head, rows),
            table(counted, instructions),
            Aim::table("aim of verify over compute", self.aims()),
        )
    }

    fn aims(&self) -> impl Iterator<Item = Aim> {
        self.rows
            .iter()
            .flat_map(|row| {
                let aim = |of: &str, found| Aim {
                    what: format!("{}: {of}", row.name),
                    found,
                    most: AIM,
                    unit: "x",
                };
                let over = row.verify_instructions.zip(row.compute_instructions);
                let over = over.map(|(verify, compute)| verify / compute);
                [
                    Some(aim("CPU", row.verify_over_compute.median)),
                    over.map(|it| aim("instructions", it)),
                ]
            })
            .flatten()
    }
}
