//! What a run found out: as a page, and as the file that is kept.

use vestibule_bench_report::{Aim, Machine, Spread, table};

/// What a known token may take of a bare hyper request.
const KNOWN_AIM: f64 = 0.25;

/// What reading and verifying may take over the library's verification alone.
const UNKNOWN_AIM: f64 = 1.3;

/// One run: spreads over the rounds, of one request or token.
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
    pub(crate) token_bytes: usize,
    pub(crate) bare_ns: Spread,
    pub(crate) open_ns: Spread,
    pub(crate) guarded_ns: Spread,
    /// What the guarded method takes more than the open one, in the same round.
    pub(crate) known_ns: Spread,
    pub(crate) known_over_bare: Spread,
    pub(crate) library_ns: Spread,
    pub(crate) unknown_ns: Spread,
    pub(crate) unknown_over_library: Spread,
}

impl Report {
    /// The page: Markdown tables that read well as they are.
    pub(crate) fn page(&self) -> String {
        let rows = [
            ("bare hyper request over TCP, 32 connections", &self.bare_ns),
            ("open method", &self.open_ns),
            ("method with a user pool, the token known", &self.guarded_ns),
            ("what the known token adds", &self.known_ns),
            ("the library's verification alone", &self.library_ns),
            ("an unknown token: read, found a key, verified", &self.unknown_ns),
        ];
        let rows = rows.map(|(what, spread)| [what.to_owned(), spread.to_string()]);
        let aims = [
            Aim {
                what: "a known token over a bare hyper request".to_owned(),
                found: self.known_over_bare.median,
                most: KNOWN_AIM,
                unit: "x",
            },
            Aim {
                what: "an unknown token over the library's verification".to_owned(),
                found: self.unknown_over_library.median,
                most: UNKNOWN_AIM,
                unit: "x",
            },
        ];
        format!(
            "{}: {}.\n\
             Processor {}. A token of {} bytes: medians of {} rounds of {} passes, least and most in brackets.\n\n{}{}",
            self.date,
            self.machine,
            self.seat,
            self.token_bytes,
            self.rounds,
            self.passes,
            table(["", "CPU ns"], rows),
            Aim::table("aim", aims),
        )
    }
}
