//! Velocity's side: a JVM of its own for a subject, which renders when it is told to.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use crate::Outcome;
use crate::subject::Subject;
use crate::turn::Turn;

/// A JVM that runs; it is killed when it is forgotten.
#[derive(Debug)]
pub(crate) struct Theirs {
    child: Child,
    orders: ChildStdin,
    answers: BufReader<ChildStdout>,
    /// What it rendered first.
    pub(crate) output: String,
}

#[derive(serde::Deserialize)]
struct First {
    output: String,
}

impl Theirs {
    /// Starts a JVM on the processor of this thread and has it render once.
    pub(crate) fn start(subject: &Subject, jars: Option<&Path>) -> Outcome<Theirs> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("java/run");
        let mut command = Command::new(&script);
        command.arg(&subject.folder).args(jars);
        let spawned = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let failed = |what: &str| format!("{}: {what}", script.display());
        let mut child = spawned.map_err(|error| failed(&error.to_string()))?;
        let (Some(orders), Some(answers)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(failed("it has no pipes"));
        };
        let answers = BufReader::new(answers);
        let mut theirs = Theirs { child, orders, answers, output: String::new() };
        theirs.output = theirs.answer::<First>()?.output;
        Ok(theirs)
    }

    /// Renders for some milliseconds.
    pub(crate) fn turn(&mut self, milliseconds: u64) -> Outcome<Turn> {
        let asked = writeln!(self.orders, "{milliseconds}").and_then(|()| self.orders.flush());
        asked.map_err(|error| format!("the JVM takes no order: {error}"))?;
        self.answer()
    }

    fn answer<T: serde::de::DeserializeOwned>(&mut self) -> Outcome<T> {
        let mut line = String::new();
        let read = self.answers.read_line(&mut line);
        read.map_err(|error| format!("the JVM does not answer: {error}"))?;
        serde_json::from_str(&line).map_err(|error| format!("the JVM answers `{line}`: {error}"))
    }
}

impl Drop for Theirs {
    fn drop(&mut self) {
        // It is gone already when it failed; then both say so, and that is fine.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
