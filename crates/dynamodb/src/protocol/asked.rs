//! What a request asks for, told by its head.
//!
//! Source: recorded on AWS (dynalite's tests against it): which media types are taken, and what is answered to what is no call.

use http::header::CONTENT_TYPE;
use http::{HeaderMap, Method};

use super::answer::Content;
use crate::action::Action;

/// What stands before an action of DynamoDB in `X-Amz-Target`.
pub const TARGET_PREFIX: &str = "DynamoDB_20120810.";

/// The same of DynamoDB Streams, which is a service of its own at the same endpoint here.
pub const STREAMS_PREFIX: &str = "DynamoDBStreams_20120810.";

/// What a request asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// A GET, whatever its path: whether there is a DynamoDB.
    Health,
    /// Nothing that DynamoDB knows: 404 with [`UNKNOWN_PAGE`](super::UNKNOWN_PAGE).
    Nothing,
    /// An action.
    Call(Call),
}

/// A call of an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Call {
    /// The action; none when there is none of that name.
    pub action: Option<Action>,
    /// How its answer is written.
    pub content: Content,
}

impl Asked {
    /// Reads a head. `has_body` says whether anything but nothing may follow it.
    pub fn of(method: &Method, headers: &HeaderMap, has_body: bool) -> Asked {
        if *method == Method::GET {
            return Asked::Health;
        }
        let media_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let media_type =
            media_type.map_or("", |text| text.split(';').next().unwrap_or(text).trim());
        let known = [Content::Json10, Content::Json];
        let content = known.into_iter().find(|known| known.media_type() == Some(media_type));
        match content {
            _ if *method != Method::POST => Asked::Nothing,
            None if has_body => Asked::Nothing,
            content => {
                let content = content.unwrap_or(Content::Json);
                Asked::Call(Call { action: action(headers), content })
            }
        }
    }
}

/// The action that `X-Amz-Target` names.
fn action(headers: &HeaderMap) -> Option<Action> {
    let target = headers.get("x-amz-target")?.to_str().ok()?;
    let (name, is_of_streams) = match target.strip_prefix(TARGET_PREFIX) {
        Some(name) => (name, false),
        None => (target.strip_prefix(STREAMS_PREFIX)?, true),
    };
    Action::from_name(name).filter(|action| action.is_of_streams() == is_of_streams)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(method: &str, headers: &[(&'static str, &str)], has_body: bool) -> Asked {
        let headers = headers
            .iter()
            .map(|(name, value)| (http::HeaderName::from_static(name), value.parse().unwrap()));
        Asked::of(&method.parse().unwrap(), &headers.collect(), has_body)
    }

    fn of_type(media_type: &str) -> Asked {
        asked("POST", &[("content-type", media_type)], true)
    }

    fn unknown(content: Content) -> Asked {
        Asked::Call(Call { action: None, content })
    }

    #[test]
    fn a_get_asks_whether_it_is_there() {
        assert_eq!(asked("GET", &[], false), Asked::Health);
    }

    #[test]
    fn what_is_no_post_of_json_is_no_call() {
        for method in ["OPTIONS", "PUT", "DELETE", "HEAD"] {
            assert_eq!(asked(method, &[], false), Asked::Nothing, "{method}");
        }
        assert_eq!(asked("POST", &[], true), Asked::Nothing);
        for other in ["whatever", "application/x-amz-json-1.1", "application/jsonasdf", ""] {
            assert_eq!(of_type(other), Asked::Nothing, "{other}");
        }
    }

    #[test]
    fn the_answer_is_of_the_type_of_the_request() {
        assert_eq!(asked("POST", &[], false), unknown(Content::Json));
        for json in ["application/json", "application/json;", "  application/json  ;   asfd"] {
            assert_eq!(of_type(json), unknown(Content::Json), "{json}");
        }
        for json in ["application/x-amz-json-1.0", "application/x-amz-json-1.0;blahblah"] {
            assert_eq!(of_type(json), unknown(Content::Json10), "{json}");
        }
    }

    #[test]
    fn a_target_names_an_action_of_its_own_service() {
        let action = |target: &str| match asked("POST", &[("x-amz-target", target)], false) {
            Asked::Call(call) => call.action,
            Asked::Health | Asked::Nothing => None,
        };
        assert_eq!(action("DynamoDB_20120810.ListTables"), Some(Action::ListTables));
        assert_eq!(action("DynamoDBStreams_20120810.ListStreams"), Some(Action::ListStreams));
        for unknown in [
            "whatever",
            "ListTables",
            "DynamoDB_20120810",
            "DynamoDB_20120810.",
            "DynamoDB_20120810.ListTable",
            "DynamoDB_20120810.listTables",
            "DynamoDB_20120810.ListTables.",
            "DynamoDB_20111205.ListTables",
            "DynamoDB_20120810.ListStreams",
            "DynamoDBStreams_20120810.ListTables",
        ] {
            assert_eq!(action(unknown), None, "{unknown}");
        }
    }
}
