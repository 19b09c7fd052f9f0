//! `X-Amzn-Trace-Id`. Recorded on AWS: a caller's whole id is kept as it is, one with a root alone gets a parent. One without a
//! sound root is replaced (inferred).

use super::Exchange;
use crate::hex;
use http::HeaderName;

/// The header, of requests and of answers.
pub(crate) const TRACE_ID: HeaderName = HeaderName::from_static("x-amzn-trace-id");

impl Exchange {
    /// The id that the request is traced by, always the same: `Root=1-{8}-{24};Parent={16};Sampled={0|1}`.
    pub(crate) fn trace_id(&self) -> String {
        let [root_high, root_low, parent] = self.trace;
        let sent = self.headers.get(TRACE_ID).and_then(|value| value.to_str().ok()).unwrap_or("");
        let field = |name: &str| {
            let mut fields = sent.split(';').filter_map(|field| field.trim().split_once('='));
            fields.find(|(known, _)| *known == name).map(|(_, value)| value)
        };
        let mut id = String::with_capacity(76);
        let sampled = match field("Root").filter(|root| is_root(root)) {
            Some(_) if field("Parent").is_some_and(|parent| is_hex(parent, 16)) => {
                return sent.to_owned();
            }
            Some(root) => {
                id.push_str("Root=");
                id.push_str(root);
                if field("Sampled") == Some("1") { ";Sampled=1" } else { ";Sampled=0" }
            }
            None => {
                id.push_str("Root=1-");
                hex::push(&mut id, self.epoch_ms / 1000, 8);
                id.push('-');
                hex::push(&mut id, root_high, 16);
                hex::push(&mut id, root_low, 8);
                ";Sampled=0"
            }
        };
        id.push_str(";Parent=");
        hex::push(&mut id, parent, 16);
        id.push_str(sampled);
        id
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
