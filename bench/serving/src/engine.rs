//! The program `engine`: the embedded store called in process, measured by orders that it takes by lines.

use std::io::{BufRead, BufReader, PipeReader, PipeWriter, Write};
use std::path::Path;

use vestibule_bench_report::{Outcome, Seats};

use crate::measured::{Measured, Order};
use crate::places::written;
use crate::process::{Process, command, talk};
use crate::rounds::Cost;

/// What the engine is called with, again and again.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct Call {
    /// An action's name, as AWS spells it.
    pub action: String,
    /// Bodies of requests, in turn.
    pub bodies: Vec<String>,
    /// What the answer to each begins with.
    pub begins: String,
}

/// The engine while it runs.
#[derive(Debug)]
pub struct Engine {
    process: Process,
    orders: PipeWriter,
    answers: BufReader<PipeReader>,
}

impl Engine {
    /// Starts `program`, by `wrapper` if there is one, on a store of its own. The call is handed to it in a file in `folder`. It answers its first
    /// order when it is ready.
    ///
    /// # Errors
    /// The system cannot start it.
    pub fn start(
        (wrapper, program): (&[std::ffi::OsString], &Path),
        store: &Path,
        call: &Call,
        seats: Seats,
        folder: &Path,
    ) -> Outcome<Engine> {
        let call = serde_json::to_string(call).map_err(|error| error.to_string())?;
        let call = written(folder, "call.json", &call)?;
        let mut command = command(wrapper, program, vec![store.into(), call.into()], folder);
        let (orders, answers) = talk(&mut command)?;
        let process = Process::start(command, "engine", seats, folder)?;
        Ok(Engine { process, orders, answers: BufReader::new(answers) })
    }

    /// Its process.
    pub fn process(&self) -> &Process {
        &self.process
    }

    /// Runs one stretch, after `warm_up`, and returns what it cost.
    ///
    /// # Errors
    /// The engine ends, or its answer is none.
    pub fn cost(&mut self, warm_up: Option<Order>, order: Order) -> Outcome<Cost> {
        if let Some(warm_up) = warm_up {
            self.done(warm_up)?;
        }
        let (before, _) = self.process.look()?;
        let measured = self.done(order)?;
        let (after, memory) = self.process.look()?;
        Ok(Cost { measured, cpu: after.saturating_sub(before), memory })
    }

    /// Hands an order in and waits for what came of it.
    fn done(&mut self, order: Order) -> Outcome<Measured> {
        let line = serde_json::to_string(&order).map_err(|error| error.to_string())?;
        let mut answer = String::new();
        let talked = writeln!(self.orders, "{line}");
        let talked = talked.and_then(|()| self.answers.read_line(&mut answer));
        talked.map_err(|error| self.process.failure(&format!("does not answer: {error}")))?;
        serde_json::from_str(&answer)
            .map_err(|error| self.process.failure(&format!("says `{answer}`: {error}")))
    }

    /// Ends it and waits until it is gone.
    ///
    /// # Errors
    /// It ends badly or not at all.
    pub fn stop(self) -> Outcome {
        // It ends when there are no more orders.
        drop(self.orders);
        self.process.wait()
    }
}
