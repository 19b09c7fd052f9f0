//! Keys that are none of their table, or empty, or not there.

use super::super::json::Member;
use super::expressions::words;
use super::values::TYPES;
use super::{Blame, Refusal, inner};

impl Refusal<'_> {
    /// `The provided key element does not match the schema`: which of its attributes does not.
    pub(super) fn key_of_other_form(&self) -> Option<Blame> {
        if !self.said.contains("key element does not match the schema") {
            return None;
        }
        let (key, table) = (&self.case.known.key, self.table_name());
        let named: Vec<String> =
            key.iter().map(|(name, kind)| format!("`{name}` ({kind})")).collect();
        let whole = format!("the key of `{table}` is {}", named.join(" and "));
        for member in self.json.inside(&["Key"]) {
            let name = member.path.last()?;
            let Some((_, wanted)) = key.iter().find(|(known, _)| known == name) else {
                return Some(Blame::new(inner(&member.name_at), whole));
            };
            let given = self.json.inside(&["Key", name]).into_iter().next()?;
            if given.path.last() != Some(wanted) {
                let help = format!(
                    "write `\"{wanted}\"`: the key `{name}` of `{table}` has the type {wanted}"
                );
                let blame = Blame::new(inner(&given.name_at), help);
                return Some(blame.showing(member.name_at.start..member.value.end));
            }
        }
        let member = self.json.at(&["Key"])?;
        Some(Blame::new(member.name_at.clone(), whole))
    }

    /// `Query condition missed key schema element: id`.
    pub(super) fn key_not_asked_for(&self) -> Option<Blame> {
        let name = self.behind("missed key schema element: ")?;
        let member = self.json.at(&["KeyConditionExpression"])?;
        let (key, table) = (&self.case.known.key, self.table_name());
        let asked = words(self.json.text(&member.value));
        let is_other = |word: &str| {
            !word.starts_with([':', '#'])
                && !key.iter().any(|(known, _)| known == word)
                && !["and", "between", "begins_with"].contains(&word.to_ascii_lowercase().as_str())
        };
        let other = asked.into_iter().find(|(_, word)| is_other(word));
        let at = other.map_or(inner(&member.value), |(at, word)| {
            let start = member.value.start + at;
            start..start + word.len()
        });
        Some(Blame::new(at, format!("compare `{name}` there: it is the key of `{table}`")))
    }

    /// `Type mismatch for key id expected: S actual: N`.
    pub(super) fn key_of_other_type(&self) -> Option<Blame> {
        let rest = self.behind("Type mismatch for key ")?;
        let name = rest.split_whitespace().next()?;
        let wanted = rest.split_once("expected: ")?.1.split_whitespace().next()?;
        let is_type = |member: &&Member| {
            let length = member.path.len();
            length >= 2
                && member.path.get(length - 2).is_some_and(|known| known == name)
                && member.path.last().is_some_and(|kind| TYPES.contains(&kind.as_str()))
        };
        let member = self.json.members().iter().find(is_type)?;
        let help = format!(
            "write `\"{wanted}\"`: the key `{name}` of `{}` has the type {wanted}",
            self.table_name()
        );
        let shown = member.name_at.start..member.value.end;
        Some(Blame::new(inner(&member.name_at), help).showing(shown))
    }

    /// `... cannot contain an empty string value. Key: id`.
    pub(super) fn empty_key(&self) -> Option<Blame> {
        if !self.said.contains("empty string value") && !self.said.contains("empty value") {
            return None;
        }
        let name = self.behind("Key: ");
        let is_empty = |member: &&Member| {
            let of_name = name.is_none_or(|name| member.path.iter().any(|known| known == name));
            of_name && self.json.text(&member.value) == "\"\""
        };
        let member = self.json.members().iter().find(is_empty)?;
        let at = inner(&member.value);
        let part = self.made.origin(&at)?;
        let expression = self.made.expression(&part);
        let help = format!(
            "let a request validator ask for it, or test it before: `#if({expression} != \"\")`"
        );
        Some(Blame::new(at, help))
    }

    /// `Missing the key id in the item`.
    pub(super) fn missing_key(&self) -> Option<Blame> {
        let rest = self.behind("Missing the key ")?;
        let name = rest.split_whitespace().next()?;
        let member = self.json.at(&["Item"])?;
        Some(Blame::new(
            member.name_at.clone(),
            format!("add `\"{name}\"` to the item: it is the table's key"),
        ))
    }
}
