//! Every number that bounds a wait or a buffer.

use std::time::Duration;

/// Bytes of one answer with its head. Past it: the measurement fails.
pub(crate) const ANSWER_BYTES: usize = 128 * 1024;

/// Header lines of one answer. Past it: the measurement fails.
pub(crate) const HEADERS: usize = 32;

/// Time for one answer. Past it: the measurement fails.
pub(crate) const ANSWER_WAIT: Duration = Duration::from_secs(10);

/// Time for a program to be ready. A program under valgrind takes seconds. Past it: the measurement fails.
pub(crate) const READY_WAIT: Duration = Duration::from_secs(120);

/// Time between two looks at a program that is not ready: what a start's time is exact to.
pub(crate) const READY_LOOKS: Duration = Duration::from_micros(100);

/// Time for a program to end after SIGTERM. Past it: it is killed and the measurement fails.
pub(crate) const END_WAIT: Duration = Duration::from_secs(30);

/// Time between two looks at a program that is to end.
pub(crate) const END_LOOKS: Duration = Duration::from_millis(5);

/// Time without any request after which a program's memory counts as idle.
pub const QUIET: Duration = Duration::from_secs(1);

/// Requests before the counted ones, so that what is made once is not counted.
pub(crate) const UNCOUNTED_REQUESTS: u64 = 400;
