//! Which trace a request is part of: `traceparent` (W3C Trace Context, level 1), else `X-Amzn-Trace-Id`. Both name a trace by 32
//! hexadecimal digits; of the latter they are the two parts of the root.

use super::Exchange;
use super::trace::TRACE_ID;
use crate::hex;
use bytes::Bytes;
use http::{HeaderName, HeaderValue};

/// The header of W3C Trace Context.
pub(crate) const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// The span that a request is part of, as its caller says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TraceParent {
    pub(crate) trace_id: [u8; 16],
    pub(crate) span_id: [u8; 8],
    /// Whether the caller records it.
    pub(crate) is_sampled: bool,
}

impl TraceParent {
    /// `00-{32}-{16}-{2}`; later versions may say more behind it. None with an id of zeros.
    fn of_w3c(text: &str) -> Option<TraceParent> {
        let mut fields = text.split('-');
        let (version, trace_id) = (fields.next()?, fields.next()?);
        let (span_id, flags) = (fields.next()?, fields.next()?);
        let [version] = digits::<1>(version)?;
        let is_whole = version != 0xff && (version > 0 || fields.next().is_none());
        let [flags] = digits::<1>(flags)?;
        let parent = TraceParent {
            trace_id: digits(trace_id)?,
            span_id: digits(span_id)?,
            is_sampled: flags & 1 == 1,
        };
        let is_sound = parent.trace_id != [0; 16] && parent.span_id != [0; 8];
        (is_whole && is_sound).then_some(parent)
    }

    /// `Root=1-{8}-{24};Parent={16};Sampled={0|1}`
    fn of_aws(text: &str) -> Option<TraceParent> {
        let field = |name: &str| {
            let mut fields = text.split(';').filter_map(|field| field.trim().split_once('='));
            fields.find(|(known, _)| *known == name).map(|(_, value)| value)
        };
        let parent = TraceParent {
            trace_id: root(field("Root")?)?,
            span_id: digits(&field("Parent")?.to_ascii_lowercase())?,
            is_sampled: field("Sampled") == Some("1"),
        };
        (parent.span_id != [0; 8]).then_some(parent)
    }

    /// The header that says it.
    pub(crate) fn header(&self) -> HeaderValue {
        let mut text = String::with_capacity(55);
        text.push_str("00-");
        push(&mut text, &self.trace_id);
        text.push('-');
        push(&mut text, &self.span_id);
        text.push_str(if self.is_sampled { "-01" } else { "-00" });
        // Digits are letters of a header.
        HeaderValue::from_maybe_shared(Bytes::from(text))
            .unwrap_or_else(|_| HeaderValue::from_static(""))
    }
}

impl Exchange {
    /// The span that the caller says the request is part of.
    pub(crate) fn trace_parent(&self) -> Option<TraceParent> {
        let text = |name: &HeaderName| self.headers.get(name).and_then(|value| value.to_str().ok());
        let w3c = text(&TRACEPARENT).and_then(TraceParent::of_w3c);
        w3c.or_else(|| text(&TRACE_ID).and_then(TraceParent::of_aws))
    }

    /// The trace of `traceparent` as a root, `1-{8}-{24}`, and whether the caller records it.
    pub(super) fn w3c_root(&self) -> Option<(String, bool)> {
        let text = self.headers.get(TRACEPARENT)?.to_str().ok()?;
        let TraceParent { trace_id, is_sampled, .. } = TraceParent::of_w3c(text)?;
        let (seconds, unique) = trace_id.split_at_checked(4)?;
        let mut root = String::with_capacity(35);
        root.push_str("1-");
        push(&mut root, seconds);
        root.push('-');
        push(&mut root, unique);
        Some((root, is_sampled))
    }

    /// The id of the trace of a request whose caller says no parent.
    pub(crate) fn trace_root(&self) -> [u8; 16] {
        let text = self.trace_id().to_str().unwrap_or_default();
        let field = text.split(';').find_map(|field| field.trim().strip_prefix("Root="));
        // No trace has an id of zeros.
        field.and_then(root).unwrap_or_else(|| {
            let [high, low, _] = self.trace;
            (u128::from(high) << 64 | u128::from(low)).to_be_bytes()
        })
    }

    /// The id of the request's own span.
    pub(crate) fn own_span_id(&self) -> [u8; 8] {
        let [_, _, own] = self.trace;
        own.to_be_bytes()
    }

    /// The id of the span of the call of its integration.
    pub(crate) fn call_span_id(&self) -> [u8; 8] {
        let [high, _, own] = self.trace;
        (high ^ own.rotate_left(1)).to_be_bytes()
    }
}

/// `1-{8}-{24}`, in any case; none of zeros.
fn root(text: &str) -> Option<[u8; 16]> {
    let text = text.to_ascii_lowercase();
    let (seconds, unique) = text.strip_prefix("1-")?.split_once('-')?;
    let mut id = [0; 16];
    let (start, end) = id.split_at_mut(4);
    start.copy_from_slice(&digits::<4>(seconds)?);
    end.copy_from_slice(&digits::<12>(unique)?);
    (id != [0; 16]).then_some(id)
}

/// Bytes of so many pairs of lower-case digits.
fn digits<const N: usize>(text: &str) -> Option<[u8; N]> {
    let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    if text.len() != 2 * N || !text.bytes().all(is_digit) {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, at) in bytes.iter_mut().zip((0..).step_by(2)) {
        *byte = u8::from_str_radix(text.get(at..at + 2)?, 16).ok()?;
    }
    Some(bytes)
}

fn push(text: &mut String, bytes: &[u8]) {
    bytes.iter().for_each(|byte| hex::push(text, u64::from(*byte), 2));
}

#[cfg(test)]
mod tests {
    use super::*;

    // Source: W3C Trace Context, the header traceparent, with its example.
    #[test]
    fn traceparent_is_read_and_written() {
        let sent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        let parent = TraceParent::of_w3c(sent).unwrap();
        assert_eq!(parent.header(), sent);
        assert!(parent.is_sampled);
        let later = "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more";
        assert_eq!(TraceParent::of_w3c(later), Some(parent));
        for broken in [
            "",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
            "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
            "00-0af7651916cd43dd8448eb211c80319-b7ad6b7169203331-01",
        ] {
            assert_eq!(TraceParent::of_w3c(broken), None, "{broken}");
        }
    }

    // Source: OpenTelemetry's propagator of X-Ray: the two parts of the root are the id of the trace.
    #[test]
    fn the_parent_of_aws_is_read() {
        let sent = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1";
        let parent = TraceParent::of_aws(sent).unwrap();
        assert_eq!(parent.header(), "00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01");
        let in_capitals = sent.replace("bd862e3f", "BD862E3F").replace("53995c3f", "53995C3F");
        assert_eq!(TraceParent::of_aws(&in_capitals), Some(parent));
        for broken in [
            "Root=1-5759e988-bd862e3fe1be46a994272793",
            "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=0000000000000000",
            "Root=1-00000000-000000000000000000000000;Parent=53995c3f42cd8ad8",
            "Root=1-5759e988-bd862e3fe1be46a99427279g;Parent=53995c3f42cd8ad8",
            "Root=5759e988;Parent=53995c3f42cd8ad8",
        ] {
            assert_eq!(TraceParent::of_aws(broken), None, "{broken}");
        }
    }
}
