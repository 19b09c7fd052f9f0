//! What a run found out: as a page of tables, and as the file that is kept.

use vestibule_bench_report::{Aim, Machine, Seats, table};
use vestibule_bench_serving::Plan;

use crate::instructions::Count;
use crate::memory::{MANY, Steps};
use crate::series::Row;
use crate::subject::Subject;

/// CPU time of a request that was promised, over the bare proxy's and over nginx's.
const BARE_AIM: f64 = 1.3;
const NGINX_AIM: f64 = 2.0;

/// MiB that memory may grow by with requests: what an allocator keeps or gives back by chance.
const GROWTH_AIM_MIB: f64 = 1.0;

/// One run.
#[derive(Clone, Debug, serde::Serialize)]
pub(crate) struct Report {
    /// Of the form of this file.
    pub(crate) version: u32,
    pub(crate) date: String,
    pub(crate) machine: Machine,
    pub(crate) seats: Seats,
    pub(crate) plan: Plan,
    pub(crate) load: Vec<Row>,
    pub(crate) memory: Vec<Steps>,
    /// Nothing when there is no valgrind.
    pub(crate) instructions: Option<Vec<Count>>,
}

impl Report {
    /// The page: Markdown tables that read well as they are.
    pub(crate) fn page(&self) -> String {
        let Seats { client, server } = self.seats;
        let Plan { rounds, turn_ms, .. } = self.plan;
        let mut page = format!(
            "{}: {}.\n\
             Load and backend run on processor {client}, the proxy on {server}. Medians of {rounds} rounds of {turn_ms} ms.\n\n",
            self.date, self.machine
        );
        page.push_str(&self.load_table());
        page.push_str(&self.instructions_table());
        page.push_str(&self.memory_table());
        page.push_str(&Aim::table("aim", self.aims()));
        if !self.load.iter().any(|row| row.subject == Subject::Nginx) {
            page.push_str("nginx is not installed and was left out: `apt-get install nginx`.\n");
        }
        page
    }

    fn load_table(&self) -> String {
        let head = [
            "",
            "answer",
            "connections",
            "requests/s",
            "p50 us",
            "p99 us",
            "CPU us a request",
            "CPU over bare",
            "CPU over nginx",
        ];
        let rows = self.load.iter().map(|row| {
            let of_proxy = |text: String| match row.subject {
                Subject::Direct => "-".to_owned(),
                Subject::Bare | Subject::Nginx | Subject::HttpProxy | Subject::AwsProxy => text,
            };
            let over_nginx = row.cpu_over_nginx.map(|spread| spread.to_string());
            [
                row.subject.label().to_owned(),
                row.size.name().to_owned(),
                row.connections.to_string(),
                format!("{:.0}", row.figures.requests_per_s.median),
                format!("{:.1}", row.figures.p50_us.median),
                format!("{:.1}", row.figures.p99_us.median),
                of_proxy(format!("{:.1}", row.figures.cpu_us_per_request.median)),
                of_proxy(row.cpu_over_bare.to_string()),
                of_proxy(over_nginx.unwrap_or_else(|| "-".to_owned())),
            ]
        });
        table(head, rows)
    }

    fn instructions_table(&self) -> String {
        let Some(counts) = &self.instructions else {
            return "Instructions were not counted: valgrind is not installed.\n\n".to_owned();
        };
        let head = ["", "answer", "instructions a request", "over bare"];
        let rows = counts.iter().map(|count| {
            let (label, size) = (count.subject.label().to_owned(), count.size.name().to_owned());
            let instructions = format!("{:.0}", count.instructions_per_request);
            [label, size, instructions, format!("{:.2}", count.over_bare)]
        });
        table(head, rows)
    }

    fn memory_table(&self) -> String {
        let requests = self.memory.first().map_or(0, |steps| steps.requests);
        let (few, many) = (format!("{requests} requests"), format!("{} requests", requests * MANY));
        let idle = self.memory.first().map_or(&[][..], |steps| &steps.idle);
        let mut idle = idle.iter().map(|(connections, _)| format!("{connections} idle"));
        let (first, last) = (idle.next().unwrap_or_default(), idle.next().unwrap_or_default());
        let head = ["resident MiB after", "start", &few, &many, &first, &last, "KiB a connection"];
        let rows = self.memory.iter().map(|steps| {
            let mut idle =
                steps.idle.iter().map(|(_, memory)| format!("{:.1}", memory.resident_mib()));
            [
                steps.subject.label().to_owned(),
                format!("{:.1}", steps.start.resident_mib()),
                format!("{:.1}", steps.after_requests.resident_mib()),
                format!("{:.1}", steps.after_many.resident_mib()),
                idle.next().unwrap_or_default(),
                idle.next().unwrap_or_default(),
                format!("{:.2}", steps.kib_per_connection()),
            ]
        });
        table(head, rows)
    }

    fn aims(&self) -> Vec<Aim> {
        let mut aims = Vec::new();
        let is_ours = |subject| matches!(subject, Subject::HttpProxy | Subject::AwsProxy);
        for row in self.load.iter().filter(|row| is_ours(row.subject)) {
            let (label, size) = (row.subject.label(), row.size.name());
            let ratios = [
                ("bare", Some(row.cpu_over_bare), BARE_AIM),
                ("nginx", row.cpu_over_nginx, NGINX_AIM),
            ];
            for (other, found, most) in ratios {
                let Some(found) = found else { continue };
                let what = format!("{label}, {size}: CPU over {other} at {}", row.connections);
                aims.push(Aim { what, found: found.median, most, unit: "x" });
            }
        }
        for steps in self.memory.iter().filter(|steps| is_ours(steps.subject)) {
            let what = format!("{}: memory grown with requests", steps.subject.label());
            aims.push(Aim { what, found: steps.grown_mib(), most: GROWTH_AIM_MIB, unit: " MiB" });
        }
        aims
    }
}
