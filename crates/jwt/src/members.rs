//! A JSON object whose members are kept as they come. One that has a member twice is refused: readers differ in which counts.

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde_json::Value;
use std::fmt;

/// The members of an object, `MAX` at most, in their order.
#[derive(Clone, Debug)]
pub(crate) struct Members<const MAX: usize>(pub(crate) Vec<(String, Value)>);

impl<const MAX: usize> Members<MAX> {
    /// Reads an object; none of what is no object, has a member twice or too many of them.
    pub(crate) fn parse(text: &[u8]) -> Option<Members<MAX>> {
        serde_json::from_slice(text).ok()
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }
}

impl<'de, const MAX: usize> Deserialize<'de> for Members<MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Once)
    }
}

struct Once<const MAX: usize>;

impl<'de, const MAX: usize> Visitor<'de> for Once<MAX> {
    type Value = Members<MAX>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<MAX>, A::Error> {
        let mut members: Vec<(String, Value)> = Vec::new();
        while let Some((name, value)) = map.next_entry::<String, Value>()? {
            if members.len() == MAX || members.iter().any(|(known, _)| *known == name) {
                return Err(A::Error::custom("a member twice, or too many"));
            }
            members.push((name, value));
        }
        Ok(Members(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_stands_once_and_there_are_not_too_many() {
        let parsed =
            |text: &str| Members::<2>::parse(text.as_bytes()).map(|members| members.0.len());
        assert_eq!(parsed(r#"{"a": 1, "b": {"c": 1, "c": 2}}"#), Some(2));
        for text in [r#"{"a": 1, "a": 1}"#, r#"{"a": 1, "\u0061": 2}"#, r#"{"a":1,"b":2,"c":3}"#] {
            assert_eq!(parsed(text), None, "{text}");
        }
        for text in ["", "[]", "{", "{} {}", "\"a\"", "null"] {
            assert_eq!(parsed(text), None, "{text}");
        }
    }
}
