//! How the program ends.

/// The exit code of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// 0: done, or stopped on request with every answer given.
    Ok,
    /// 1: the definitions have findings, or the answer to a request is an error.
    Findings,
    /// 2: it could not run, or could not end in order.
    CouldNotRun,
}

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Ok => 0,
            Exit::Findings => 1,
            Exit::CouldNotRun => 2,
        })
    }
}
