//! JSON of which it is known whether a member stands twice: readers differ in which one they take.

use std::cell::Cell;
use std::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// A text of JSON as it is read here.
#[derive(Debug, PartialEq)]
pub(crate) struct Read {
    /// Of members that stand twice the last one, as DynamoDB does.
    pub(crate) value: Value,
    pub(crate) has_twins: bool,
}

/// Reads a whole text of JSON, strictly: nothing before or behind it, UTF-8, at most 127 levels deep.
pub(crate) fn read(text: &[u8]) -> Result<Read, serde_json::Error> {
    let has_twins = Cell::new(false);
    let mut reader = serde_json::Deserializer::from_slice(text);
    let value = Reader(&has_twins).deserialize(&mut reader)?;
    reader.end()?;
    Ok(Read { value, has_twins: has_twins.get() })
}

#[derive(Clone, Copy)]
struct Reader<'f>(&'f Cell<bool>);

impl<'de> DeserializeSeed<'de> for Reader<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Reader<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = seq.next_element_seed(self)? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some(Name(name)) = map.next_key()? {
            let value = map.next_value_seed(self)?;
            if members.insert(name, value).is_some() {
                self.0.set(true);
            }
        }
        Ok(Value::Object(members))
    }
}

/// A member's name.
struct Name(String);

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Name, D::Error> {
        String::deserialize(deserializer).map(Name)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(text: &str) -> Option<(Value, bool)> {
        read(text.as_bytes()).ok().map(|read| (read.value, read.has_twins))
    }

    #[test]
    fn members_that_stand_twice_are_seen_at_any_depth() {
        let plain = json!({"a": [1, -2, 0.5, true, null, {"b": "ü"}]});
        assert_eq!(of(&plain.to_string()), Some((plain, false)));
        assert_eq!(of(r#"{"a":1,"\u0061":2}"#), Some((json!({"a": 2}), true)));
        assert_eq!(
            of(r#"[{"x":{"a":1,"b":2,"a":3}}]"#),
            Some((json!([{"x":{"a":3,"b":2}}]), true))
        );
    }

    #[test]
    fn what_others_may_read_otherwise_is_no_json() {
        for text in
            ["", "{} {}", "{}x", "{'a':1}", "{a:1}", "[1,]", "\u{feff}{}", r#""\ud800""#, "NaN"]
        {
            assert_eq!(of(text), None, "{text}");
        }
        assert_eq!(of(&("[".repeat(128) + &"]".repeat(128))), None);
    }
}
