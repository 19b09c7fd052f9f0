//! `X-Amzn-Trace-Id`. Recorded on AWS: a caller's whole id is kept as it is, one with a root alone gets a parent. One without a
//! sound root is replaced (inferred). Without one, a request with `traceparent` is part of that trace (ours).

use super::{Exchange, TraceParent};
use crate::hex;
use bytes::Bytes;
use http::{HeaderName, HeaderValue};

/// The header, of requests and of answers.
pub(crate) const TRACE_ID: HeaderName = HeaderName::from_static("x-amzn-trace-id");

impl Exchange {
    /// The id that the request is traced by, always the same: `Root=1-{8}-{24};Parent={16};Sampled={0|1}`.
    pub(crate) fn trace_id(&self) -> &HeaderValue {
        self.trace_id.get_or_init(|| match self.headers.get(TRACE_ID) {
            Some(sent) => self.continued(sent),
            None => {
                let parent = self.w3c_root();
                self.trace_id_of(parent.as_ref().map(|(root, sampled)| (root.as_str(), *sampled)))
            }
        })
    }

    /// The id of a call below the request's span: of the same root.
    pub(crate) fn trace_id_below(&self, call: &TraceParent) -> HeaderValue {
        let id = self.trace_id().to_str().unwrap_or_default();
        let root = id.split(';').find_map(|field| field.trim().strip_prefix("Root="));
        let mut below = String::with_capacity(76);
        below.push_str("Root=");
        below.push_str(root.unwrap_or_default());
        below.push_str(";Parent=");
        call.span_id.iter().for_each(|byte| hex::push(&mut below, u64::from(*byte), 2));
        below.push_str(if call.is_sampled { ";Sampled=1" } else { ";Sampled=0" });
        // What it is made of are letters of a header.
        HeaderValue::from_maybe_shared(Bytes::from(below))
            .unwrap_or_else(|_| HeaderValue::from_static(""))
    }

    /// What the id that a caller sent becomes.
    fn continued(&self, sent: &HeaderValue) -> HeaderValue {
        let text = sent.to_str().unwrap_or("");
        let field = |name: &str| {
            let mut fields = text.split(';').filter_map(|field| field.trim().split_once('='));
            fields.find(|(known, _)| *known == name).map(|(_, value)| value)
        };
        let Some(root) = field("Root").filter(|root| is_root(root)) else {
            return self.trace_id_of(None);
        };
        if field("Parent").is_some_and(|parent| is_hex(parent, 16)) {
            return sent.clone();
        }
        self.trace_id_of(Some((root, field("Sampled") == Some("1"))))
    }

    /// An id with a parent of our own: of a caller's root, sampled or not, or of a new one.
    fn trace_id_of(&self, sent: Option<(&str, bool)>) -> HeaderValue {
        let [root_high, root_low, parent] = self.trace;
        let mut id = String::with_capacity(76);
        id.push_str("Root=");
        match sent {
            Some((root, _)) => id.push_str(root),
            None => {
                id.push_str("1-");
                hex::push(&mut id, self.epoch_ms / 1000, 8);
                id.push('-');
                hex::push(&mut id, root_high, 16);
                hex::push(&mut id, root_low, 8);
            }
        }
        id.push_str(";Parent=");
        hex::push(&mut id, parent, 16);
        id.push_str(if sent.is_some_and(|(_, is_sampled)| is_sampled) {
            ";Sampled=1"
        } else {
            ";Sampled=0"
        });
        // Roots and digits are letters of a header.
        HeaderValue::from_maybe_shared(Bytes::from(id))
            .unwrap_or_else(|_| HeaderValue::from_static(""))
    }
}

/// `1-{8 hexadecimal digits}-{24 hexadecimal digits}`
fn is_root(root: &str) -> bool {
    let parts = root.strip_prefix("1-").and_then(|rest| rest.split_once('-'));
    parts.is_some_and(|(seconds, unique)| is_hex(seconds, 8) && is_hex(unique, 24))
}

fn is_hex(text: &str, digits: usize) -> bool {
    text.len() == digits && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}
