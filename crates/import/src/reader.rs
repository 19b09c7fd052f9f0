//! What every reader asks of a node: a text, a number, a truth value, an object, a word of a closed set.
//! What is asked for and not there becomes a finding; an intrinsic, already refused, is passed over in silence.

use crate::Options;
use crate::findings::Findings;
use crate::included::Files;
use crate::intrinsic;
use crate::limits::SUGGESTIONS_MAX;
use crate::tree::{Entry, JsonWriter, Kind, Node, Plain};
use crate::variables;
use crate::wording::Wording;
use std::collections::HashSet;
use std::ops::RangeInclusive;
use vestibule_restapi::{Code, Diagnostic, Sourced, closest};

/// Where findings go, and how texts are resolved.
pub(crate) struct Reader<'f> {
    pub(crate) findings: &'f mut Findings,
    pub(crate) options: &'f Options,
    pub(crate) files: &'f dyn Files,
    /// How many files were asked for.
    pub(crate) files_read: usize,
    /// What an API that is assembled of its parts is written in.
    pub(crate) wording: Wording,
    /// The parameters of the options that were asked for.
    pub(crate) parameters_used: HashSet<String>,
    /// Values of the options that a template keeps from being shown.
    pub(crate) secrets: Vec<String>,
}

impl Reader<'_> {
    /// Adds an error.
    pub(crate) fn error(&mut self, finding: Diagnostic) {
        self.findings.push(finding);
    }

    /// The entries of an object; none, with a finding, of anything else.
    pub(crate) fn object<'t>(&mut self, node: Node<'t>) -> Vec<Entry<'t>> {
        match node.kind() {
            Kind::Object if intrinsic::of(node).is_none() => node.entries().collect(),
            Kind::Object => vec![],
            Kind::Array | Kind::Scalar => {
                self.wrong_type(node, "an object");
                vec![]
            }
        }
    }

    /// The items of an array; none, with a finding, of anything else.
    pub(crate) fn array<'t>(&mut self, node: Node<'t>) -> Vec<Node<'t>> {
        if node.kind() != Kind::Array {
            self.wrong_type(node, "an array");
        }
        if intrinsic::of(node).is_some() { vec![] } else { node.items().collect() }
    }

    /// A text; numbers and truth values are taken as written.
    pub(crate) fn text(&mut self, node: Node<'_>) -> Option<Sourced> {
        if node.kind() != Kind::Scalar || node.is_null() {
            self.wrong_type(node, "a text");
            return None;
        }
        if intrinsic::of(node).is_some() {
            return None;
        }
        node.sourced().map(|text| variables::resolve(text, self.options))
    }

    /// `true` or `false`, also in quotes.
    pub(crate) fn boolean(&mut self, node: Node<'_>) -> Option<bool> {
        match (node.plain(), node.text()) {
            (Some(Plain::Bool(value)), _) => Some(value),
            (Some(Plain::Text), Some("true")) => Some(true),
            (Some(Plain::Text), Some("false")) => Some(false),
            _ => {
                self.wrong_type(node, "`true` or `false`");
                None
            }
        }
    }

    /// A whole number within a range, also in quotes.
    pub(crate) fn integer(&mut self, node: Node<'_>, range: RangeInclusive<u32>) -> Option<u32> {
        let text = node.text().filter(|_| intrinsic::of(node).is_none());
        let digits =
            text.filter(|text| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()));
        let Some(digits) = digits else {
            self.wrong_type(node, "a whole number");
            return None;
        };
        let value = digits.parse().ok().filter(|value| range.contains(value));
        if value.is_none() {
            let message = format!(
                "{} takes a number from {} to {}, found {digits}",
                node.subject().unwrap_or_default(),
                range.start(),
                range.end()
            );
            self.error(Diagnostic::error(Code::InvalidValue, message).at(node.place()));
        }
        value
    }

    /// A value as JSON text.
    pub(crate) fn json(&mut self, node: Node<'_>) -> Sourced {
        let mut writer = JsonWriter::default();
        let options = self.options;
        writer.value(node, &|text| variables::resolve(text, options));
        writer.finish(node.pointer())
    }

    /// A number that is not negative, also in quotes. Infinity and what is no number are refused.
    pub(crate) fn decimal(&mut self, node: Node<'_>) -> Option<f64> {
        let text = node.text().filter(|_| intrinsic::of(node).is_none());
        let is_plain = |text: &&str| {
            text.starts_with(|first: char| first.is_ascii_digit() || first == '.')
                && text.bytes().all(|b| b.is_ascii_digit() || b".eE+-".contains(&b))
        };
        let number = text.filter(is_plain).and_then(|text| text.parse::<f64>().ok());
        let number = number.filter(|number| number.is_finite());
        if number.is_none() {
            self.wrong_type(node, "a number");
        }
        number
    }

    /// A word of a closed set, in any case.
    pub(crate) fn word<T: Copy>(&mut self, node: Node<'_>, words: &[(&str, T)]) -> Option<T> {
        let text = self.text(node)?;
        let found = words.iter().find(|(word, _)| word.eq_ignore_ascii_case(&text));
        if let Some((_, value)) = found {
            return Some(*value);
        }
        let names: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        let subject = node.subject().unwrap_or_default();
        let message = format!("{subject} cannot be `{}`", &*text);
        let finding = Diagnostic::error(Code::InvalidValue, message).at(node.place());
        let help = match self.nearest(&text, names.iter().copied()) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("it is one of {}", list(&names)),
        };
        self.error(finding.help(help));
        None
    }

    /// What the author of an object calls its member `name`: of an assembled one, in the words of what it was assembled from.
    pub(crate) fn name_in(&self, object: Node<'_>, name: &str) -> String {
        self.wording_of(object).name_of(name)
    }

    /// What an object is written in.
    pub(crate) fn wording_of(&self, object: Node<'_>) -> Wording {
        if object.is_assembled() { self.wording } else { Wording::OpenApi }
    }

    /// The known word nearest to a misspelt one, among so many and while findings are kept.
    pub(crate) fn nearest<'a>(
        &self,
        word: &str,
        words: impl IntoIterator<Item = &'a str>,
    ) -> Option<&'a str> {
        if self.findings.is_full() {
            return None;
        }
        closest(word, words.into_iter().take(SUGGESTIONS_MAX))
    }

    /// A value of another type than it should have.
    pub(crate) fn wrong_type(&mut self, node: Node<'_>, wanted: &str) {
        if intrinsic::of(node).is_some() {
            return;
        }
        let found = node.describe();
        let message = match node.subject() {
            None => format!("expected {wanted}, found {found}"),
            Some(subject) => format!("{subject} takes {wanted}, found {found}"),
        };
        let finding = Diagnostic::error(Code::WrongType, message).at(node.place());
        let is_old_word = matches!(node.text(), Some("yes" | "no" | "on" | "off"));
        self.error(if is_old_word && wanted.contains("`true`") {
            finding.note("YAML 1.2 takes `yes`, `no`, `on` and `off` as texts")
        } else {
            finding
        });
    }

    /// A required member that is missing.
    pub(crate) fn missing(&mut self, node: Node<'_>, what: &str, name: &str) {
        let message = format!("{what} has no `{}`", self.name_in(node, name));
        self.error(Diagnostic::error(Code::Missing, message).at(node.place()));
    }
}

/// Words in backticks, separated by commas.
pub(crate) fn list(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}
