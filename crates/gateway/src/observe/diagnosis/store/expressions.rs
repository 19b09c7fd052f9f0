//! Expressions, and the names and values that they use.

use super::super::json::Member;
use super::{Blame, Refusal, inner};
use std::ops::Range;
use vestibule_restapi::closest;

impl Refusal<'_> {
    /// `Attribute name is a reserved keyword; reserved keyword: name`.
    pub(super) fn reserved_word(&self) -> Option<Blame> {
        let word = self.behind("reserved keyword: ")?;
        let (at, _) = self.token(word)?;
        let help = format!(
            "write `#{word}` there, and add `\"ExpressionAttributeNames\": {{\"#{word}\": \"{word}\"}}`"
        );
        Some(Blame::new(at, help))
    }

    /// `Value provided in ExpressionAttributeValues unused in expressions: keys: {:x}`.
    pub(super) fn unused(&self) -> Option<Blame> {
        let names = self.behind("unused in expressions: keys: {")?.trim_end_matches('}');
        let name = names.split(',').next()?.trim();
        let which = if name.starts_with('#') {
            "ExpressionAttributeNames"
        } else {
            "ExpressionAttributeValues"
        };
        let member = self.json.at(&[which, name])?;
        let used = self.expressions().flat_map(|(_, text)| words(text)).map(|(_, word)| word);
        let given: Vec<&str> = self.names_in(which);
        let lost: Vec<&str> =
            used.filter(|word| word.starts_with([':', '#']) && !given.contains(word)).collect();
        let help = match closest(name, lost.iter().copied()) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("leave `{name}` out, or use it in an expression"),
        };
        Some(Blame::new(inner(&member.name_at), help))
    }

    /// `An expression attribute value used in expression is not defined; attribute value: :x`.
    pub(super) fn undefined(&self) -> Option<Blame> {
        let (which, name) = match self.behind("not defined; attribute value: ") {
            Some(name) => ("ExpressionAttributeValues", name),
            None => ("ExpressionAttributeNames", self.behind("not defined; attribute name: ")?),
        };
        let (at, _) = self.token(name)?;
        let given = self.names_in(which);
        let help = match closest(name, given) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("add `\"{name}\"` to `{which}`"),
        };
        Some(Blame::new(at, help))
    }

    /// Whatever is said of an expression: the expression.
    pub(super) fn in_expression(&self) -> Option<Blame> {
        let named = |name: &str| self.said.contains(&format!("Invalid {name}"));
        let (member, _) = self
            .expressions()
            .find(|(member, _)| member.path.last().is_some_and(|name| named(name)))?;
        let token = self.behind("token: \"").and_then(|rest| rest.split('"').next());
        let at = token.and_then(|token| {
            let text = self.json.text(&member.value);
            let at = member.value.start + text.find(token)?;
            Some(at..at + token.len())
        });
        let at = at.unwrap_or(inner(&member.value));
        Some(Blame { value: at.clone(), at, help: None })
    }

    /// The members that are expressions, with their text as it stands.
    fn expressions(&self) -> impl Iterator<Item = (&Member, &str)> {
        let is_expression =
            |member: &&Member| member.path.last().is_some_and(|name| name.ends_with("Expression"));
        self.json.members().iter().filter(is_expression).map(|m| (m, self.json.text(&m.value)))
    }

    /// Where a word stands in an expression.
    fn token(&self, token: &str) -> Option<(Range<usize>, &Member)> {
        self.expressions().find_map(|(member, text)| {
            let (at, _) = words(text).find(|(_, word)| word.eq_ignore_ascii_case(token))?;
            let start = member.value.start + at;
            Some((start..start + token.len(), member))
        })
    }
}

/// The names in an expression with their offsets.
pub(super) fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_of_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | ':' | '#' | '-');
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = text.get(at..)?;
        let start = at + rest.find(is_of_word)?;
        let word = text.get(start..)?;
        let length = word.find(|c| !is_of_word(c)).unwrap_or(word.len());
        at = start + length;
        Some((start, word.get(..length)?))
    })
}
