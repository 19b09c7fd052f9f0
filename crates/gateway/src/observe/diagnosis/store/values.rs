//! Values of another type than DynamoDB takes, and members that are not there.

use super::super::json::Member;
use super::{Blame, Refusal, inner};
use crate::observe::rerun;
use vestibule_restapi::closest;

/// The types of DynamoDB's attribute values.
pub(super) const TYPES: [&str; 10] = ["S", "N", "B", "BOOL", "NULL", "M", "L", "SS", "NS", "BS"];

impl Refusal<'_> {
    /// A value of another JSON type than DynamoDB's deserialiser takes.
    pub(super) fn wrong_json_type(&self) -> Option<Blame> {
        let is_scalar = |text: &str| !text.starts_with(['"', '{', '[']);
        let of_type = |member: &&Member| {
            let name = member.path.last().map(String::as_str);
            let text = self.json.text(&member.value);
            matches!(name, Some("S" | "N" | "B")) && is_scalar(text) && text != "null"
        };
        if let Some(member) = self.json.members().iter().find(of_type) {
            let (name, text) = (member.path.last()?, self.json.text(&member.value));
            let written = self.written_around(member);
            return Some(Blame::new(
                member.value.clone(),
                format!("put it in quotes: `\"{name}\": \"{}\"`", written.unwrap_or(text)),
            ));
        }
        let attributes = ["Item", "Key", "ExpressionAttributeValues", "ExclusiveStartKey"];
        for name in attributes {
            for member in self.json.inside(&[name]) {
                let text = self.json.text(&member.value);
                if text.starts_with('{') {
                    continue;
                }
                let (kind, attribute) =
                    (if text.starts_with('"') { "S" } else { "N" }, member.name()?);
                let part = self.made.origin(&member.value);
                let written = match part.filter(|part| !part.is_text) {
                    // A reference that printed the quotes too brings its own.
                    Some(part) if part.output == member.value && kind == "S" => {
                        self.made.expression(&part).to_owned()
                    }
                    Some(part) => format!("\"{}\"", self.made.expression(&part)),
                    None => format!("\"{}\"", text.trim_matches('"')),
                };
                let help = format!(
                    "write `\"{attribute}\": {{\"{kind}\": {written}}}`: DynamoDB wants the type of each value"
                );
                return Some(Blame::new(member.value.clone(), help));
            }
        }
        None
    }

    /// What the template writes where a member's value stands, when that is one reference.
    fn written_around(&self, member: &Member) -> Option<&str> {
        let part = self.made.origin(&inner(&member.value))?;
        (!part.is_text).then(|| self.made.expression(&part))
    }

    /// `The parameter cannot be converted to a numeric value: abc`.
    pub(super) fn no_number(&self) -> Option<Blame> {
        if !self.said.contains("numeric value") {
            return None;
        }
        let is_wrong = |member: &&Member| {
            member.path.last().is_some_and(|name| name == "N")
                && self.json.string(member).is_some_and(|text| text.parse::<f64>().is_err())
        };
        let member = self.json.members().iter().find(is_wrong)?;
        Some(Blame::new(
            inner(&member.value),
            "write `\"S\"` for text, or let a model ask for a number",
        ))
    }

    /// `Supplied AttributeValue is empty, must contain exactly one of the supported datatypes`.
    pub(super) fn no_type(&self) -> Option<Blame> {
        if !self.said.contains("AttributeValue is empty")
            && !self.said.contains("supported datatypes")
        {
            return None;
        }
        let holders = ["Item", "Key", "ExpressionAttributeValues"];
        let mut values =
            holders.iter().flat_map(|name| self.json.inside(std::slice::from_ref(name)));
        let is_typed = |member: &Member| {
            let path: Vec<&str> = member.path.iter().map(String::as_str).collect();
            let inside = self.json.inside(&path);
            inside.first().and_then(|m| m.name()).is_some_and(|kind| TYPES.contains(&kind))
        };
        let member = values.find(|member| !is_typed(member))?;
        Some(Blame::new(
            inner(&member.name_at),
            "write the type of the value: `{\"S\": \"text\"}`, `{\"N\": \"1\"}`, `{\"BOOL\": true}`",
        ))
    }

    /// `Value null at 'key' failed to satisfy constraint: Member must not be null`.
    pub(super) fn missing_member(&self) -> Option<Blame> {
        let path = self.behind("Value null at '")?.split('\'').next()?;
        let name = path.rsplit('.').next()?;
        let mut letters = name.chars();
        let first = letters.next()?.to_ascii_uppercase();
        let name = format!("{first}{}", letters.as_str());
        let own: Vec<&str> = self.json.inside(&[]).iter().filter_map(|m| m.name()).collect();
        let help = match closest(&name, own.iter().copied()) {
            Some(written) => format!("write `\"{name}\"` in the place of `\"{written}\"`"),
            None => format!("add `\"{name}\"`"),
        };
        let written = closest(&name, own.iter().copied())
            .and_then(|written| self.json.at(&[written]))
            .map(|member| inner(&member.name_at));
        Some(Blame::new(written.unwrap_or(0..1), help))
    }

    pub(super) fn return_values(&self) -> Option<Blame> {
        if !self.said.contains("ReturnValues can only be") && !self.said.contains("'returnValues'")
        {
            return None;
        }
        let member = self.json.at(&["ReturnValues"])?;
        let method = rerun::method(self.case.facts);
        let help = match method.and_then(|method| method.integration.kind.action()) {
            Some(vestibule_dynamodb::Action::PutItem | vestibule_dynamodb::Action::DeleteItem) => {
                "write `ALL_OLD` or `NONE`: the answer has the item as it was before"
            }
            _ => "write `ALL_NEW`, `ALL_OLD`, `UPDATED_NEW`, `UPDATED_OLD` or `NONE`",
        };
        Some(Blame::new(inner(&member.value), help))
    }
}
