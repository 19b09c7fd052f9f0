//! Why reading stops: for the caller, and inside.

use std::fmt;

use vestibule_vtl::LimitExceeded;

use crate::limits::{READ_RESULTS_MAX, READ_VISITS_MAX, SCAN_DEPTH_MAX};

/// A read that had to be given up. What a document lacks is no error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadError {
    /// More elements were looked at than [`READ_VISITS_MAX`].
    Visits,
    /// More results were found than [`READ_RESULTS_MAX`].
    Results,
    /// A deep scan went deeper than [`SCAN_DEPTH_MAX`]: the document may contain itself.
    Depth,
    /// A regular expression failed, and why.
    Regex(String),
    /// The heap is full.
    Limit(LimitExceeded),
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ReadError::Visits => {
                write!(f, "the path looks at more than {READ_VISITS_MAX} elements")
            }
            ReadError::Results => write!(f, "the path finds more than {READ_RESULTS_MAX} elements"),
            ReadError::Depth => write!(
                f,
                "the path meets a value that is nested deeper than {SCAN_DEPTH_MAX} levels \
                 or contains itself"
            ),
            ReadError::Regex(cause) => {
                write!(f, "the regular expression of a filter fails: {cause}")
            }
            ReadError::Limit(limit) => limit.fmt(f),
        }
    }
}

impl std::error::Error for ReadError {}

/// Why following a path stops: Jayway's two kinds of exceptions, which differ in who catches them,
/// and our errors.
#[derive(Debug)]
pub(super) enum Halt {
    /// The path leads nowhere. Ends one round of a wildcard over an array, and makes a condition
    /// false.
    NotFound,
    /// The path does not fit the document. Ends the read, which then has found nothing.
    Misfit,
    /// Ends the read with an error.
    Failed(ReadError),
}

impl From<LimitExceeded> for Halt {
    fn from(limit: LimitExceeded) -> Self {
        Halt::Failed(ReadError::Limit(limit))
    }
}
