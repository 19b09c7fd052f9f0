//! What a run found out: as a page of tables, and as the file that is kept.

use vestibule_bench_report::{Aim, Machine, Seats, Spread, table};
use vestibule_bench_serving::Plan;

use crate::arguments::Effort;
use crate::beside::{Beside, OTHERS};
use crate::instructions::Count;
use crate::operation::Operation;
use crate::series::Row;
use crate::store::Backend;
use crate::subject::Subject;

/// CPU time of GetItem that was promised: over the bare server's, over that and the engine's, over a bare hop's.
const BARE_AIM: f64 = 4.0;
const ENGINE_AIM: f64 = 1.3;
const HOP_AIM: f64 = 1.6;

/// The rate of reads alone over that beside writers.
const BESIDE_AIM: f64 = 2.0;

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
    pub(crate) beside: Vec<Beside>,
    /// Nothing when there is no valgrind.
    pub(crate) instructions: Option<Vec<Count>>,
    /// Stores that were not there.
    pub(crate) left_out: Vec<String>,
}

impl Report {
    /// The page: Markdown tables that read well as they are.
    pub(crate) fn page(&self) -> String {
        let Seats { client, server } = self.seats;
        let Plan { rounds, turn_ms, .. } = self.effort.plan;
        let mut page = format!(
            "{}: {}.\n\
             Load and remote stores run on processor {client}, the gateway on {server}. Medians of {rounds} rounds of {turn_ms} ms.\n\n",
            self.date, self.machine
        );
        for operation in Operation::ALL {
            page.push_str(&self.load_table(operation));
        }
        page.push_str(&self.beside_table());
        page.push_str(&self.instructions_table());
        page.push_str(&Aim::table("aim", self.aims()));
        for line in &self.left_out {
            page.push_str(line);
            page.push('\n');
        }
        page
    }

    fn load_table(&self, operation: Operation) -> String {
        let head = [
            operation.label(),
            "connections",
            "requests/s",
            "p50 us",
            "p99 us",
            "CPU us a request",
            "CPU over bare",
            "over bare + in process",
            "over bare hop",
        ];
        // Each store has a bare server in its rounds; one is enough to look at.
        let is_shown =
            |row: &&Row| row.subject != Subject::Bare || row.backend == Backend::Embedded;
        let of_operation = self.load.iter().filter(|row| row.operation == operation);
        let mut shown: Vec<&Row> = of_operation.filter(is_shown).collect();
        shown.sort_by_key(|row| row.connections);
        let ratio = |spread: Option<Spread>| {
            spread.map_or_else(|| "-".to_owned(), |spread| spread.to_string())
        };
        let rows = shown.into_iter().map(|row| {
            [
                row.subject.label(row.backend),
                row.connections.to_string(),
                format!("{:.0}", row.figures.requests_per_s.median),
                format!("{:.1}", row.figures.p50_us.median),
                format!("{:.1}", row.figures.p99_us.median),
                format!("{:.1}", row.figures.cpu_us_per_request.median),
                row.cpu_over_bare.to_string(),
                ratio(row.cpu_over_bare_and_engine),
                ratio(row.cpu_over_hop),
            ]
        });
        table(head, rows)
    }

    fn beside_table(&self) -> String {
        let head = [
            &format!("reads beside {OTHERS} writers"),
            "connections",
            "alone/s",
            "beside/s",
            "alone over beside",
            &format!("beside {OTHERS} readers/s"),
            "p99 us alone",
            "p99 us beside",
            "writes/s",
        ];
        let rows = self.beside.iter().map(|row| {
            [
                row.operation.label().to_owned(),
                row.connections.to_string(),
                format!("{:.0}", row.alone_per_s.median),
                format!("{:.0}", row.beside_per_s.median),
                row.alone_over_beside.to_string(),
                format!("{:.0}", row.beside_readers_per_s.median),
                format!("{:.1}", row.alone_p99_us.median),
                format!("{:.1}", row.beside_p99_us.median),
                format!("{:.0}", row.writes_per_s.median),
            ]
        });
        table(head, rows)
    }

    fn instructions_table(&self) -> String {
        let Some(counts) = &self.instructions else {
            return "Instructions were not counted: valgrind is not installed.\n\n".to_owned();
        };
        let head = ["instructions a request", "GetItem", "Query of 20", "PutItem"];
        let of_get = counts.iter().filter(|count| count.operation == Operation::GetItem);
        let rows = of_get.map(|first| {
            let of = |operation| {
                let is_it = |count: &&Count| {
                    let Count { subject, backend, .. } = **count;
                    (subject, backend, count.operation) == (first.subject, first.backend, operation)
                };
                let found = counts.iter().find(is_it);
                found.map_or_else(String::new, |count| format!("{:.0}", count.instructions))
            };
            let [get, query, put] = Operation::ALL.map(of);
            [first.subject.label(first.backend), get, query, put]
        });
        table(head, rows)
    }

    fn aims(&self) -> Vec<Aim> {
        let mut aims = Vec::new();
        let gateways = self.load.iter().filter(|row| row.subject == Subject::Gateway);
        for row in gateways.filter(|row| row.operation == Operation::GetItem) {
            let is_embedded = row.backend == Backend::Embedded;
            let ratios = [
                ("bare", is_embedded.then_some(row.cpu_over_bare), BARE_AIM),
                ("bare + in process", row.cpu_over_bare_and_engine, ENGINE_AIM),
                ("bare hop", row.cpu_over_hop, HOP_AIM),
            ];
            for (other, found, most) in ratios {
                let Some(found) = found else { continue };
                let store = row.backend.label();
                let what = format!("GetItem, {store}: CPU over {other} at {}", row.connections);
                aims.push(Aim { what, found: found.median, most, unit: "x" });
            }
        }
        for row in &self.beside {
            let (label, connections) = (row.operation.label(), row.connections);
            let what = format!("{label}, rate alone over beside writers at {connections}");
            let found = row.alone_over_beside.median;
            aims.push(Aim { what, found, most: BESIDE_AIM, unit: "x" });
        }
        aims
    }
}
