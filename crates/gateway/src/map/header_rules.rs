//! Which headers mappings and templates may give an integration request (recorded on AWS for the types HTTP, HTTP_PROXY, AWS
//! and AWS_PROXY).

use http::{HeaderMap, HeaderName, HeaderValue};

/// The rules for the integrations of a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HeaderRules {
    /// The gateway itself: nothing is sent, all may be set.
    Mock,
    /// HTTP and HTTP_PROXY.
    Http,
    /// AWS and AWS_PROXY.
    Aws,
}

/// Whoever sets one of these makes the call fail: the gateway sets them (recorded for the first two).
const ILLEGAL: [&str; 4] =
    ["content-length", "transfer-encoding", "x-amzn-apigateway-api-id", "x-amzn-trace-id"];

/// The same for AWS services (recorded).
const ILLEGAL_FOR_AWS: [&str; 5] =
    ["authorization", "connection", "expect", "proxy-authenticate", "te"];

/// What is left out on the way to an HTTP endpoint (recorded).
const DROPPED_FOR_HTTP: [&str; 5] = ["connection", "expect", "proxy-authenticate", "te", "via"];

/// What is left out on the way to an AWS service (as its emulators have it).
const DROPPED_FOR_AWS: [&str; 1] = ["referer"];

impl HeaderRules {
    /// Whether a header, in any case, makes the call fail with 500 when it is set.
    pub(crate) fn is_illegal(self, name: &str) -> bool {
        match self {
            HeaderRules::Mock => false,
            HeaderRules::Http => is_one_of(&ILLEGAL, name),
            HeaderRules::Aws => is_one_of(&ILLEGAL, name) || is_one_of(&ILLEGAL_FOR_AWS, name),
        }
    }

    /// Whether a header, in any case, is left out without a word when it is set.
    pub(crate) fn is_dropped(self, name: &str) -> bool {
        match self {
            HeaderRules::Mock => false,
            HeaderRules::Http => is_one_of(&DROPPED_FOR_HTTP, name),
            HeaderRules::Aws => is_one_of(&DROPPED_FOR_AWS, name),
        }
    }

    /// Sets what mappings and overrides made, in place of what is there.
    pub(crate) fn set(self, headers: &mut HeaderMap, made: Vec<(String, HeaderValue)>) {
        for (name, value) in made {
            let Ok(name) = HeaderName::try_from(name) else { continue };
            if !self.is_dropped(name.as_str()) {
                headers.insert(name, value);
            }
        }
    }
}

fn is_one_of(names: &[&str], name: &str) -> bool {
    names.iter().any(|known| known.eq_ignore_ascii_case(name))
}
