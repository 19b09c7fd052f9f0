//! Error bodies as DynamoDB writes them: `__type` first, the other members in alphabetical order.
//!
//! AWS: the message's member is `Message` for SerializationException and
//! TransactionCanceledException, else `message`.

use std::borrow::Cow;

use bytes::Bytes;

use crate::reply::Reply;

/// Why a request is refused before the engine sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refused {
    /// The body is not JSON, or a value has the wrong JSON type.
    Serialization(Option<String>),
    /// A member is missing or has a value outside its constraint.
    Validation(String),
    /// The action cannot be done here.
    Unsupported,
}

/// One error body and its status.
#[derive(Debug)]
pub(crate) struct Fault {
    status: u16,
    kind: Cow<'static, str>,
    message: Option<(&'static str, String)>,
    extra: Option<(&'static str, Vec<u8>)>,
}

impl Fault {
    pub(crate) fn new(
        kind: impl Into<Cow<'static, str>>,
        is_capital: bool,
        message: &str,
    ) -> Fault {
        let member = if is_capital { "Message" } else { "message" };
        let kind = kind.into();
        Fault { status: 400, kind, message: Some((member, message.to_owned())), extra: None }
    }

    /// Adds a member whose value is JSON already; it sorts before the message.
    pub(crate) fn with(mut self, member: &'static str, json: Option<Vec<u8>>) -> Fault {
        self.extra = json.map(|json| (member, json));
        self
    }

    /// The body is larger than any request can be.
    pub(crate) fn too_large() -> Fault {
        Fault {
            status: 413,
            kind: "com.amazon.coral.service#RequestEntityTooLargeException".into(),
            message: None,
            extra: None,
        }
    }

    /// Something failed inside. AWS docs: "Error handling with DynamoDB", InternalServerError.
    pub(crate) fn internal() -> Fault {
        let kind = "com.amazonaws.dynamodb.v20120810#InternalServerError";
        Fault { status: 500, ..Fault::new(kind, false, "Internal server error") }
    }

    pub(crate) fn into_reply(self) -> Reply {
        let mut body = format!("{{\"__type\":\"{}\"", self.kind).into_bytes();
        if let Some((member, json)) = self.extra {
            body.extend_from_slice(format!(",\"{member}\":").as_bytes());
            body.extend_from_slice(&json);
        }
        if let Some((member, message)) = self.message {
            let text = serde_json::Value::String(message);
            body.extend_from_slice(format!(",\"{member}\":{text}").as_bytes());
        }
        body.push(b'}');
        Reply::of(self.status, Bytes::from(body))
    }
}

impl From<Refused> for Fault {
    fn from(refused: Refused) -> Fault {
        match refused {
            Refused::Serialization(message) => Fault {
                status: 400,
                kind: "com.amazon.coral.service#SerializationException".into(),
                message: message.map(|message| ("Message", message)),
                extra: None,
            },
            Refused::Validation(message) => {
                Fault::new("com.amazon.coral.validate#ValidationException", false, &message)
            }
            Refused::Unsupported => Fault {
                status: 400,
                kind: "com.amazon.coral.service#UnknownOperationException".into(),
                message: None,
                extra: None,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Source: inferred (member order as in DynamoDB's successes), AWS docs for the members.
    #[test]
    fn the_type_is_first_and_the_message_last() {
        let fault = Fault::new("x#ConditionalCheckFailedException", false, "The \"c\" failed")
            .with("Item", Some(b"{}".to_vec()));
        assert_eq!(
            fault.into_reply().body,
            r#"{"__type":"x#ConditionalCheckFailedException","Item":{},"message":"The \"c\" failed"}"#
        );
    }
}
