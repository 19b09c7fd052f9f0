//! What a pattern means: the tree between Java's syntax and the engines'. Flags are resolved in it.

/// A part of a pattern. Only groups nest, no deeper than the parser allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Node {
    /// Matches the empty text.
    Empty,
    Character {
        /// The code point. Half of a surrogate pair matches nothing: texts have none.
        code: u32,
        fold: Fold,
    },
    /// One character of a class, in the engines' words, with its brackets.
    Class(String),
    /// `\R`.
    LineBreak,
    Place(Place),
    Sequence(Vec<Node>),
    Alternatives(Vec<Node>),
    Capture(Box<Node>),
    /// `(?>...)`.
    Atomic(Box<Node>),
    Look {
        node: Box<Node>,
        is_behind: bool,
        is_negated: bool,
    },
    Repeat {
        node: Box<Node>,
        least: u32,
        most: Option<u32>,
        greed: Greed,
        /// Whether what is repeated is a group.
        is_group: bool,
    },
    /// What the group of this number matched.
    Reference {
        group: usize,
        fold: Fold,
    },
}

/// Where a pattern can match without taking characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    TextStart,
    TextEnd,
    /// Where the last match ended; at first, the start of the text.
    LastMatchEnd,
    /// The end of the text, or before the line terminator that ends it.
    LastLineEnd {
        is_unix: bool,
    },
    LineStart {
        is_unix: bool,
    },
    LineEnd {
        is_unix: bool,
    },
    WordBoundary {
        /// Whether words are Unicode's, not Java's letters and digits.
        is_unicode: bool,
    },
    NoWordBoundary {
        is_unicode: bool,
    },
}

/// Which letters are alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Fold {
    #[default]
    Exact,
    /// `(?i)`: `a` and `A`, but not `é` and `É`.
    Ascii,
    /// `(?iu)`.
    Unicode,
}

/// How much a repetition takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Greed {
    Greedy,
    Reluctant,
    Possessive,
}

/// Java's flags.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Flags {
    /// `i`.
    pub(super) ignores_case: bool,
    /// `u`.
    pub(super) has_unicode_case: bool,
    /// `U`.
    pub(super) has_unicode_classes: bool,
    /// `s`.
    pub(super) dot_is_all: bool,
    /// `m`.
    pub(super) has_lines: bool,
    /// `d`: only `\n` ends a line.
    pub(super) is_unix: bool,
    /// `x`.
    pub(super) has_comments: bool,
}

impl Flags {
    pub(super) fn fold(self) -> Fold {
        match (self.ignores_case, self.has_unicode_case) {
            (false, _) => Fold::Exact,
            (true, false) => Fold::Ascii,
            (true, true) => Fold::Unicode,
        }
    }
}
