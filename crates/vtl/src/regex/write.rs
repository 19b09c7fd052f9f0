//! Writes a pattern in the words of the engines, for texts of which some facts are known.

use super::class::{NOTHING, push_code};
use super::extent;
use super::facts::Facts;
use super::parse::Parsed;
use super::tree::{Fold, Greed, Node, Place};

/// A pattern for the engines.
#[derive(Debug)]
pub(super) struct Written {
    pub(super) source: String,
    /// Whether it needs the engine that backtracks.
    pub(super) backtracks: bool,
    /// What had to be known of the text.
    pub(super) asked: Facts,
    /// The numbers that Java gives to the groups of the engine.
    pub(super) order: Vec<usize>,
}

const LINE_ENDS: &str = r"\r\x{85}\x{2028}\x{2029}";
/// What Java's `\b` takes for a part of a word, before a place and after it.
const WORD_BEFORE: &str = r"(?<=[\p{L}\p{Nd}_]|[\p{L}\p{Nd}]\p{Mn}{1,9})";
const WORD_AFTER: &str = r"(?=[\p{L}\p{Nd}_]|\p{Mn}(?<=[\p{L}\p{Nd}]\p{Mn}{1,9}))";
const NO_WORD_BEFORE: &str = r"(?<![\p{L}\p{Nd}_]|[\p{L}\p{Nd}]\p{Mn}{1,9})";
const NO_WORD_AFTER: &str = r"(?![\p{L}\p{Nd}_]|\p{Mn}(?<=[\p{L}\p{Nd}]\p{Mn}{1,9}))";

/// Writes a pattern for texts that have `facts`.
pub(super) fn write(parsed: &Parsed, facts: Facts) -> Written {
    let written = Written {
        source: String::new(),
        backtracks: false,
        asked: Facts::default(),
        order: Vec::with_capacity(parsed.groups),
    };
    let mut writer = Writer { parsed, facts, groups: 0, written };
    writer.node(&parsed.root);
    writer.written
}

/// Returns the text that `root` stands for, when it stands for one.
pub(super) fn plain(root: &Node) -> Option<String> {
    let character = |node: &Node| match node {
        Node::Character { code, fold: Fold::Exact } => char::from_u32(*code),
        _ => None,
    };
    match root {
        Node::Sequence(nodes) => nodes.iter().map(character).collect(),
        node => character(node).map(String::from),
    }
}

/// Writes a character, or the class of those that are like it.
pub(super) fn character(code: u32, fold: Fold) -> String {
    let mut out = String::new();
    let character = char::from_u32(code);
    match (fold, character) {
        (Fold::Ascii | Fold::Unicode, Some(i @ ('i' | 'I' | '\u{130}' | '\u{131}')))
            if fold == Fold::Unicode || i.is_ascii() =>
        {
            out.push_str(if fold == Fold::Unicode { "[iI\u{130}\u{131}]" } else { "[iI]" });
        }
        (Fold::Ascii, Some(letter)) if letter.is_ascii_alphabetic() => {
            let (lower, upper) = (letter.to_ascii_lowercase(), letter.to_ascii_uppercase());
            out.push_str(&format!("[{lower}{upper}]"));
        }
        // To Java, what has no single upper-case letter is like nothing else.
        (Fold::Unicode, Some(letter)) if letter.to_uppercase().count() == 1 => {
            out.push_str("(?i:");
            push_code(&mut out, code);
            out.push(')');
        }
        _ if push_code(&mut out, code) => {}
        _ => out.push_str(NOTHING),
    }
    out
}

#[derive(Debug)]
struct Writer<'p> {
    parsed: &'p Parsed,
    facts: Facts,
    /// How many groups were met.
    groups: usize,
    written: Written,
}

impl Writer<'_> {
    fn push(&mut self, source: &str) {
        self.written.source.push_str(source);
    }

    /// Writes what only the engine that backtracks knows.
    fn push_hard(&mut self, source: &str) {
        self.written.backtracks = true;
        self.push(source);
    }

    /// Writes a node between `open` and a parenthesis.
    fn enclosed(&mut self, open: &str, node: &Node) {
        self.push(open);
        self.node(node);
        self.push(")");
    }

    fn node(&mut self, node: &Node) {
        match node {
            Node::Empty => self.push("(?:)"),
            Node::Character { code, fold } => self.character(*code, *fold),
            Node::Class(class) => self.push(class),
            Node::LineBreak => self.push("(?:\\r\\n|[\\n-\\r\\x{85}\\x{2028}\\x{2029}])"),
            Node::Place(place) => self.place(*place),
            Node::Sequence(nodes) => nodes.iter().for_each(|node| match node {
                Node::Alternatives(_) => self.enclosed("(?:", node),
                other => self.node(other),
            }),
            Node::Alternatives(nodes) => {
                for (number, node) in nodes.iter().enumerate() {
                    if number > 0 {
                        self.push("|");
                    }
                    self.node(node);
                }
            }
            Node::Capture(node) => {
                self.groups += 1;
                self.written.order.push(self.groups);
                self.enclosed("(", node);
            }
            Node::Atomic(node) => {
                self.written.backtracks = true;
                self.enclosed("(?>", node);
            }
            Node::Look { node, is_behind, is_negated } => {
                self.written.backtracks = true;
                let open = match (is_behind, is_negated) {
                    (false, false) => "(?=",
                    (false, true) => "(?!",
                    (true, false) => "(?<=",
                    (true, true) => "(?<!",
                };
                self.enclosed(open, node);
            }
            Node::Repeat { node, least, most, greed, .. } => {
                self.repeat(node, *least, *most, *greed);
            }
            Node::Reference { group, fold } => self.reference(*group, *fold),
        }
    }

    fn character(&mut self, code: u32, fold: Fold) {
        self.push(&character(code, fold));
    }

    fn reference(&mut self, group: usize, fold: Fold) {
        if group > self.parsed.groups {
            self.push(NOTHING);
            return;
        }
        match fold {
            Fold::Exact => self.push_hard(&format!("(?:\\{group})")),
            Fold::Ascii | Fold::Unicode => self.push_hard(&format!("(?i:\\{group})")),
        }
    }

    fn repeat(&mut self, node: &Node, least: u32, most: Option<u32>, greed: Greed) {
        if greed == Greed::Possessive {
            self.written.backtracks = true;
            self.push("(?>");
            self.repeat(node, least, most, Greed::Greedy);
            self.push(")");
            return;
        }
        if most == Some(0) {
            // Nothing of it can match, but its groups count.
            self.push(&format!("(?:{NOTHING}"));
            self.enclosed("(?:", node);
            self.push("|)");
            return;
        }
        // The engines repeat no place: it is needed once, or not at all.
        if matches!(node, Node::Empty | Node::Place(_) | Node::Look { .. }) {
            match (least, greed) {
                (0, Greed::Reluctant) => self.enclosed("(?:|", node),
                (0, Greed::Greedy | Greed::Possessive) => {
                    self.push("(?:");
                    self.node(node);
                    self.push("|)");
                }
                _ => self.enclosed("(?:", node),
            }
            return;
        }
        match node {
            Node::Capture(inside)
                if most.is_none()
                    && greed == Greed::Greedy
                    && !self.parsed.has_references
                    && extent::is_nullable(inside) =>
            {
                // Java runs such a loop once more, for the empty text.
                self.groups += 1;
                let group = self.groups;
                self.enclosed("(?:", inside);
                self.quantifier(least, most, greed);
                self.push("()");
                self.written.order.push(group);
                return;
            }
            Node::Character { .. } | Node::Class(_) | Node::Capture(_) => self.node(node),
            _ => self.enclosed("(?:", node),
        }
        self.quantifier(least, most, greed);
    }

    fn quantifier(&mut self, least: u32, most: Option<u32>, greed: Greed) {
        match (least, most) {
            (0, None) => self.push("*"),
            (1, None) => self.push("+"),
            (0, Some(1)) => self.push("?"),
            (least, None) => self.push(&format!("{{{least},}}")),
            (least, Some(most)) => self.push(&format!("{{{least},{most}}}")),
        }
        if greed == Greed::Reluctant {
            self.push("?");
        }
    }

    fn place(&mut self, place: Place) {
        let Facts { ends_line, has_odd_lines, has_odd_words } = self.facts;
        match place {
            Place::TextStart => self.push("\\A"),
            Place::TextEnd => self.push("\\z"),
            // Only the machine that backtracks knows it.
            Place::LastMatchEnd => self.push_hard("(?:)"),
            Place::LastLineEnd { is_unix } => {
                self.written.asked.ends_line = true;
                match (ends_line, is_unix) {
                    (false, _) => self.push("\\z"),
                    (true, true) => self.push_hard("(?=\\n?\\z)"),
                    (true, false) => self.push_hard(&format!(
                        "(?:\\z|(?=(?:\\r\\n|[{LINE_ENDS}])\\z)|(?<!\\r)(?=\\n\\z))"
                    )),
                }
            }
            Place::LineStart { is_unix } => {
                self.written.asked.ends_line = true;
                self.written.asked.has_odd_lines |= !is_unix;
                match (ends_line || has_odd_lines, is_unix) {
                    (false, _) => self.push("(?m:^)"),
                    (true, true) => self.push_hard("(?:(?!\\z)(?m:^))"),
                    (true, false) => self.push_hard(
                        "(?:(?!\\z)(?:\\A|(?<=[\\n\\x{85}\\x{2028}\\x{2029}])|(?<=\\r)(?!\\n)))",
                    ),
                }
            }
            Place::LineEnd { is_unix } => {
                self.written.asked.has_odd_lines |= !is_unix;
                if has_odd_lines && !is_unix {
                    self.push_hard(&format!("(?:\\z|(?=[{LINE_ENDS}])|(?<!\\r)(?=\\n))"));
                } else {
                    self.push("(?m:$)");
                }
            }
            Place::WordBoundary { is_unicode } | Place::NoWordBoundary { is_unicode } => {
                self.written.asked.has_odd_words |= !is_unicode;
                let is_inside = matches!(place, Place::NoWordBoundary { .. });
                match (has_odd_words && !is_unicode, is_inside) {
                    (false, false) => self.push("\\b"),
                    (false, true) => self.push("\\B"),
                    (true, false) => self.push_hard(&format!(
                        "(?:{WORD_BEFORE}{NO_WORD_AFTER}|{NO_WORD_BEFORE}{WORD_AFTER})"
                    )),
                    (true, true) => self.push_hard(&format!(
                        "(?:{WORD_BEFORE}{WORD_AFTER}|{NO_WORD_BEFORE}{NO_WORD_AFTER})"
                    )),
                }
            }
        }
    }
}
