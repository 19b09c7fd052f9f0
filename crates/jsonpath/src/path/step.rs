//! The compiled form of a path: what each step selects.

use super::filter::Filter;

/// One step of a path.
#[derive(Debug)]
pub(crate) enum Step {
    /// `$` in the middle of a path: stays where it is.
    Root,
    /// `..`: every place below, each tried with the step that follows.
    Scan,
    /// `.*` or `[*]`.
    Wildcard,
    /// `.name` or `['name']`.
    Member(Box<str>),
    /// `['a','b']`: a new map of these; also no name at all, when quotes do not match.
    Members(Box<[Box<str>]>),
    /// `[0]`. A negative one is never there.
    Index(i32),
    /// `[0,2]`.
    Indices(Box<[i32]>),
    /// `[(@.length - 1)]`, as `-1`.
    FromEnd(i32),
    /// `[2:]`, `[-1:]`.
    SliceFrom(i32),
    /// `[:2]`, `[:-1]`.
    SliceTo(i32),
    /// `[1:3]`.
    Slice(i32, i32),
    /// `[?(...)]`.
    Filter(Filter),
    /// `[?]`, a filter that the program should have passed in: it fails wherever it is tried.
    Placeholder,
}

impl Step {
    /// Tells whether the step has one answer at most.
    pub(crate) fn is_definite(&self) -> bool {
        match self {
            Step::Root | Step::Member(_) | Step::Members(_) | Step::Index(_) | Step::FromEnd(_) => {
                true
            }
            Step::Scan
            | Step::Wildcard
            | Step::Indices(_)
            | Step::SliceFrom(_)
            | Step::SliceTo(_)
            | Step::Slice(_, _)
            | Step::Filter(_)
            | Step::Placeholder => false,
        }
    }
}
