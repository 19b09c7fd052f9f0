//! Transactions that write carry a token, so that one which is sent again is done once. AWS's SDKs add it as well.

use std::borrow::Cow;
use std::collections::HashSet;

use bytes::Bytes;
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};

use super::network::World;
use crate::action::Action;

const MEMBER: &str = "ClientRequestToken";

/// The names of the members of an object.
struct Names<'b>(HashSet<Cow<'b, str>>);

/// A text that is borrowed where it can be.
#[derive(Deserialize, PartialEq, Eq, Hash)]
struct Name<'b>(#[serde(borrow)] Cow<'b, str>);

impl<'b> Deserialize<'b> for Names<'b> {
    fn deserialize<D: Deserializer<'b>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'b> Visitor<'b> for Object {
            type Value = Names<'b>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'b>>(self, mut map: A) -> Result<Names<'b>, A::Error> {
                let mut names = HashSet::new();
                while let Some((Name(name), IgnoredAny)) = map.next_entry()? {
                    names.insert(name);
                }
                Ok(Names(names))
            }
        }
        deserializer.deserialize_map(Object)
    }
}

/// The body with a token of its own where the action takes one and the body has none. A body that is no object stays as it is.
pub(super) fn with_token(action: Action, body: Bytes, world: &dyn World) -> Bytes {
    if !matches!(action, Action::TransactWriteItems | Action::ExecuteTransaction) {
        return body;
    }
    let Ok(Names(names)) = serde_json::from_slice(&body) else { return body };
    let Some(begin) = body.iter().position(|byte| *byte == b'{') else { return body };
    if names.contains(MEMBER) {
        return body;
    }
    let comma = if names.is_empty() { "" } else { "," };
    let member = format!(r#""{MEMBER}":"{}"{comma}"#, token(world));
    let Some((before, after)) = body.split_at_checked(begin + 1) else { return body };
    Bytes::from([before, member.as_bytes(), after].concat())
}

/// A random UUID (RFC 9562, version 4).
fn token(world: &dyn World) -> String {
    let bits = u128::from(world.random()) << 64 | u128::from(world.random());
    let bits = bits & !(0xf << 76) & !(0x3 << 62) | 0x4 << 76 | 0x2 << 62;
    let field = |shift: u32, digits: u32| bits >> shift & ((1 << (4 * digits)) - 1);
    format!(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        field(96, 8),
        field(80, 4),
        field(64, 4),
        field(48, 4),
        field(0, 12)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Ones;

    impl World for Ones {
        fn epoch_ms(&self) -> u64 {
            0
        }

        fn random(&self) -> u64 {
            u64::MAX
        }
    }

    fn sent(action: Action, body: &'static str) -> String {
        let body = with_token(action, Bytes::from_static(body.as_bytes()), &Ones);
        String::from_utf8(body.to_vec()).unwrap()
    }

    #[test]
    fn a_transaction_that_writes_has_a_token() {
        let token = r#""ClientRequestToken":"ffffffff-ffff-4fff-bfff-ffffffffffff""#;
        let body = sent(Action::TransactWriteItems, r#" {"TransactItems":[]}"#);
        assert_eq!(body, format!(r#" {{{token},"TransactItems":[]}}"#));
        assert_eq!(sent(Action::ExecuteTransaction, "{}"), format!("{{{token}}}"));
    }

    #[test]
    fn one_that_has_a_token_or_is_none_stays_as_it_is() {
        let own = r#"{"\u0043lientRequestToken":"own","TransactItems":[]}"#;
        assert_eq!(sent(Action::TransactWriteItems, own), own);
        assert_eq!(sent(Action::TransactGetItems, "{}"), "{}");
        for no_object in ["", "[]", "{", "{\"a\" 1}", "null"] {
            assert_eq!(sent(Action::TransactWriteItems, no_object), no_object);
        }
    }
}
