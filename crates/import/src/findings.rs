//! The findings of one run, collected: none stops a reader, and their number is bounded.

use crate::limits::FINDINGS_MAX;
use vestibule_restapi::{Code, Diagnostic, Place, Refusal, Scope, Severity};

/// Findings in the order they were made.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    list: Vec<Diagnostic>,
    dropped: usize,
}

impl Findings {
    /// Keeps a finding, or counts it when there are too many.
    pub(crate) fn push(&mut self, finding: Diagnostic) {
        if self.list.len() < FINDINGS_MAX {
            self.list.push(finding);
        } else {
            self.dropped += 1;
        }
    }

    /// Whether further findings are only counted.
    pub(crate) fn is_full(&self) -> bool {
        self.list.len() >= FINDINGS_MAX
    }

    /// Findings so far.
    pub(crate) fn count(&self) -> usize {
        self.list.len() + self.dropped
    }

    /// Whether there is an error among the findings since there were `before`; those that are not kept count as errors.
    pub(crate) fn has_error_since(&self, before: usize) -> bool {
        let since = self.list.get(before..).unwrap_or_default();
        self.dropped > 0 || since.iter().any(|finding| finding.severity == Severity::Error)
    }

    /// Takes back what was found since there were `before` findings.
    pub(crate) fn take_since(&mut self, before: usize) -> Vec<Diagnostic> {
        self.list.split_off(before.min(self.list.len()))
    }

    /// Ends the reading of the method at `places`, which began when there were `before` findings: its errors are its own, and
    /// with one it is refused. An error that stands elsewhere, in a part that methods share, forbids all, this one included.
    pub(crate) fn refusal_since(&mut self, before: usize, places: &[Place]) -> Option<Refusal> {
        let is_unlisted = self.dropped > 0 && self.count() > before;
        let own = self.list.get_mut(before..).unwrap_or_default();
        for finding in own.iter_mut() {
            places.iter().for_each(|place| finding.narrow(place));
        }
        let unlisted = || Refusal {
            code: Code::LimitExceeded,
            message: "it has findings that are not listed".to_owned(),
            place: places.first().cloned(),
        };
        Refusal::of(own).or_else(|| is_unlisted.then(unlisted))
    }

    /// Changes the findings that were made since there were `before`.
    pub(crate) fn amend_since(&mut self, before: usize, amend: impl Fn(&mut Diagnostic)) {
        self.list.get_mut(before..).unwrap_or_default().iter_mut().for_each(amend);
    }

    /// Takes over the findings of another reader.
    pub(crate) fn append(&mut self, other: Findings) {
        self.dropped += other.dropped;
        other.list.into_iter().for_each(|finding| self.push(finding));
    }

    /// All findings, sorted by file and place; a last one says how many were not kept.
    pub(crate) fn into_sorted(mut self) -> Vec<Diagnostic> {
        Diagnostic::sort(&mut self.list);
        // A part that several others refer to is read for each of them. Told once, it forbids all when one of them does.
        self.list.dedup_by(|again, kept| {
            let is_same = again.message == kept.message && again.to_string() == kept.to_string();
            if is_same && again.scope == Scope::Definition {
                kept.scope = Scope::Definition;
            }
            is_same
        });
        if self.dropped > 0 {
            let message = format!("{} more findings are not listed", self.dropped);
            let help = "mend the first ones, many follow from them";
            self.list.push(Diagnostic::error(Code::LimitExceeded, message).help(help));
        }
        self.list
    }
}
