//! What a page cannot say: programs that are killed, drained, started twice; clients that hang up or send too much.

use crate::harness::Outcome;

/// Every test by its name.
pub(crate) fn tests() -> Vec<(&'static str, fn() -> Outcome)> {
    vec![]
}
