//! What a run found out: as a page of tables, and as the file that is kept.

use vestibule_bench_report::{Aim, Machine, Seats, Spread, table};
use vestibule_bench_serving::Plan;

use crate::arguments::Effort;
use crate::instructions::Count;
use crate::series::Row;
use crate::start::Starts;
use crate::subject::Subject;

/// One run.
#[derive(Clone, Debug, serde::Serialize)]
pub(crate) struct Report {
    /// Of the form of this file.
    pub(crate) version: u32,
    pub(crate) date: String,
    pub(crate) machine: Machine,
    pub(crate) seats: Seats,
    pub(crate) effort: Effort,
    pub(crate) load: Vec<Row>,
    /// Nothing when there is no valgrind.
    pub(crate) instructions: Option<Vec<Count>>,
    pub(crate) starts: Vec<Starts>,
}

impl Report {
    /// The page: Markdown tables that read well as they are.
    pub(crate) fn page(&self) -> String {
        let mut page = self.machine_line();
        page.push_str(&self.load_table());
        page.push_str(&self.instructions_table());
        page.push_str(&self.starts_table());
        page.push_str(&Aim::table("aim", self.aims()));
        page
    }

    fn machine_line(&self) -> String {
        let Seats { client, server } = self.seats;
        let Plan { rounds, turn_ms, .. } = self.effort.plan;
        format!(
            "{}: {}.\n\
             The load runs on processor {client}, the server on {server}. Medians of {rounds} rounds of {turn_ms} ms.\n\n",
            self.date, self.machine
        )
    }

    fn load_table(&self) -> String {
        let head = [
            "",
            "connections",
            "requests/s",
            "p50 us",
            "p99 us",
            "CPU us a request",
            "CPU over bare",
            "resident MiB",
        ];
        let rows = self.load.iter().map(|row| {
            [
                row.subject.label().to_owned(),
                row.connections.to_string(),
                format!("{:.0}", row.figures.requests_per_s.median),
                format!("{:.1}", row.figures.p50_us.median),
                format!("{:.1}", row.figures.p99_us.median),
                format!("{:.1}", row.figures.cpu_us_per_request.median),
                row.cpu_over_bare.to_string(),
                format!("{:.1}", row.figures.resident_mib.median),
            ]
        });
        table(head, rows)
    }

    fn instructions_table(&self) -> String {
        let Some(counts) = &self.instructions else {
            return "Instructions were not counted: valgrind is not installed.\n\n".to_owned();
        };
        let head = ["", "instructions a request", "over bare"];
        let rows = counts.iter().map(|count| {
            let label = count.subject.label().to_owned();
            let instructions = format!("{:.0}", count.instructions_per_request);
            [label, instructions, format!("{:.2}", count.over_bare)]
        });
        table(head, rows)
    }

    fn starts_table(&self) -> String {
        let head = ["", "ready after ms", "least", "most", "idle resident MiB", "of it no file"];
        let rows = self.starts.iter().map(|starts| {
            let Spread { least, median, most } = starts.ready_ms;
            [
                starts.subject.label().to_owned(),
                format!("{median:.1}"),
                format!("{least:.1}"),
                format!("{most:.1}"),
                format!("{:.1}", starts.idle.resident_mib()),
                format!("{:.1}", starts.idle.own_mib()),
            ]
        });
        table(head, rows)
    }

    fn aims(&self) -> Vec<Aim> {
        let mut aims = Vec::new();
        for row in &self.load {
            let most = match row.subject {
                Subject::Mock | Subject::Cached => 2.0,
                Subject::GetItem => 4.0,
                Subject::Bare | Subject::Engine => continue,
            };
            let (label, connections) = (row.subject.label(), row.connections);
            let what = format!("{label}: CPU over bare at {connections}");
            aims.push(Aim { what, found: row.cpu_over_bare.median, most, unit: "x" });
        }
        let ours = self.starts.iter().find(|starts| starts.subject == Subject::GetItem);
        if let Some(starts) = ours {
            let idle = starts.idle.resident_mib();
            aims.push(Aim {
                what: "idle memory".to_owned(),
                found: idle,
                most: 20.0,
                unit: " MiB",
            });
            let what = "ready on an existing store".to_owned();
            aims.push(Aim { what, found: starts.ready_ms.median, most: 50.0, unit: " ms" });
        }
        aims
    }
}
