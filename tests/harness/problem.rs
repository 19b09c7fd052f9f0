//! What is wrong with what a case got, and in which part of it: a store may make a log differ and no answer.

use std::collections::BTreeSet;
use std::fmt;

/// A part of what a case expects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    Status,
    Headers,
    Body,
    /// What the backend was asked.
    Calls,
    /// The exit status.
    Exit,
    /// What was printed on standard output.
    Output,
    /// What was printed on standard error.
    Log,
}

/// Something that is not as expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) part: Part,
    pub(crate) text: String,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Part::Status => "status",
            Part::Headers => "headers",
            Part::Body => "body",
            Part::Calls => "calls",
            Part::Exit => "exit",
            Part::Output => "output",
            Part::Log => "log",
        })
    }
}

impl Part {
    /// Something that is wrong with it.
    pub(crate) fn problem(self, text: impl Into<String>) -> Problem {
        Problem { part: self, text: text.into() }
    }
}

/// The texts of problems, one after another.
pub(crate) fn texts(problems: &[Problem]) -> String {
    let texts: Vec<&str> = problems.iter().map(|problem| problem.text.as_str()).collect();
    texts.join("\n")
}

/// `differs in: status, body`, as `.ci/stores` reads it.
pub(crate) fn parts(problems: &[Problem]) -> String {
    let parts: BTreeSet<Part> = problems.iter().map(|problem| problem.part).collect();
    let names: Vec<String> = parts.iter().map(Part::to_string).collect();
    format!("differs in: {}", names.join(", "))
}
