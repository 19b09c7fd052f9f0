//! Which characters are alike, and which make words.

use std::sync::OnceLock;

use super::charset::CharSet;
use super::tree::Fold;

/// Tells whether characters are alike but for their case, as Java folds what a group took.
pub(super) fn are_alike(a: char, b: char, fold: Fold) -> bool {
    match fold {
        Fold::Exact => a == b,
        Fold::Ascii => a.eq_ignore_ascii_case(&b),
        Fold::Unicode => a == b || folded(a) == folded(b),
    }
}

/// The lower case of the upper case, where both are single characters.
fn folded(character: char) -> char {
    lower(single(character.to_uppercase()).unwrap_or(character))
}

fn lower(character: char) -> char {
    single(character.to_lowercase()).unwrap_or(match character {
        '\u{130}' => 'i',
        other => other,
    })
}

fn single(mut mapped: impl Iterator<Item = char>) -> Option<char> {
    match (mapped.next(), mapped.next()) {
        (Some(single), None) => Some(single),
        _ => None,
    }
}

/// Tells whether a word begins or ends between two texts.
pub(super) fn is_boundary(before: &str, after: &str, is_unicode: bool) -> bool {
    let last = before.chars().next_back();
    let first = after.chars().next();
    if is_unicode {
        let is_word = |c: Option<char>| c.is_some_and(|c| Kind::UnicodeWord.contains(c));
        return is_word(last) != is_word(first);
    }
    // To Java a mark belongs to a word when its letter or digit does.
    let has_base = |text: &str| {
        let base = text.chars().rev().find(|c| !Kind::Mark.contains(*c));
        base.is_some_and(|base| Kind::LetterOrDigit.contains(base))
    };
    let is_word = |character: Option<char>, text: &str| match character {
        Some(character) if Kind::Mark.contains(character) => has_base(text),
        Some(character) => character == '_' || Kind::LetterOrDigit.contains(character),
        None => false,
    };
    is_word(last, before) != is_word(first, before)
}

#[derive(Clone, Copy)]
enum Kind {
    LetterOrDigit,
    Mark,
    UnicodeWord,
}

impl Kind {
    fn contains(self, character: char) -> bool {
        static SETS: [OnceLock<Option<CharSet>>; 3] =
            [OnceLock::new(), OnceLock::new(), OnceLock::new()];
        let class = match self {
            Kind::LetterOrDigit => r"[\p{L}\p{Nd}]",
            Kind::Mark => r"[\p{Mn}]",
            Kind::UnicodeWord => r"[\w]",
        };
        let set = SETS.get(self as usize);
        let set = set.and_then(|set| set.get_or_init(|| CharSet::parse(class).ok()).as_ref());
        set.is_some_and(|set| set.contains(character))
    }
}
