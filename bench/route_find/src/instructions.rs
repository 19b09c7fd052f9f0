//! Instructions a find: what is collected inside of [`crate::subject::Subject::pass`] alone.

use vestibule_bench_report::collected;

use crate::Outcome;
use crate::subject::Subject;

/// Counts the instructions of a find; nothing without valgrind.
pub(crate) fn count(subject: &Subject) -> Outcome<Option<f64>> {
    let collected = collected("*Subject*pass*", &["--count", &subject.methods.to_string()])?;
    Ok(collected.map(|collected| collected / subject.finds() as f64))
}
