//! A method that cannot be served: it keeps its place among the others, so that nothing else takes its path.

use crate::diagnostic::{Code, Diagnostic, Severity, conceal};
use crate::place::Place;

/// Why a method cannot be served: its first error.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// Which kind of finding it was.
    pub code: Code,
    /// Its message.
    pub message: String,
    /// Where it stands.
    pub place: Option<Place>,
}

impl Refusal {
    /// The refusal that the findings of a method amount to; none without an error.
    pub fn of(findings: &[Diagnostic]) -> Option<Refusal> {
        let first = findings.iter().find(|finding| finding.severity == Severity::Error)?;
        Some(Refusal {
            code: first.code,
            message: first.message.clone(),
            place: first.place.clone(),
        })
    }

    /// Puts `***` in the place of each secret that the message quotes.
    pub fn conceal(&mut self, secrets: &[String]) {
        conceal(&mut self.message, secrets);
    }
}
