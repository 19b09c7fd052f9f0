//! An answer as it is kept: the method response after mapping. What belongs to one request alone is not in it: ids, the trace id,
//! the date, the compression that its client takes.

use crate::exchange::Exchange;
use crate::limits::{CACHED_BYTES_MAX, CACHED_ENTRY_BYTES_LEAST, RESPONSE_HEADERS_MAX};
use crate::respond::Draft;
use bytes::{Buf, BufMut, Bytes, BytesMut};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// The form of an encoded answer.
const FORM: u8 = 1;

/// What is kept of an answer.
#[derive(Debug)]
pub(super) struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
    has_trace_id: bool,
    is_encoded: bool,
}

/// Bytes of answers that are in use: kept, or still being sent to a client.
pub(super) type InUse = Arc<AtomicU64>;

impl Answer {
    /// A copy of an answer for keeping, unless it is too large for that. Its body counts until the last client has it: what was
    /// taken of the memory for bodies ends with the request.
    pub(super) fn of(draft: &Draft, in_use: &InUse) -> Option<Answer> {
        Answer::with(draft, |body| Some(counted(body, in_use)))
    }

    /// A copy for those who wait for it and for a shared store, which counts towards the memory for bodies until the last has it; none
    /// where that is full.
    pub(super) fn shared(draft: &Draft, exchange: &Exchange) -> Option<Answer> {
        Answer::with(draft, |body| exchange.held(body).ok())
    }

    fn with(draft: &Draft, count: impl FnOnce(Bytes) -> Option<Bytes>) -> Option<Answer> {
        if draft.body.len() > CACHED_BYTES_MAX {
            return None;
        }
        Some(Answer {
            status: draft.status,
            headers: copied(&draft.headers),
            body: count(draft.body.to_vec().into())?,
            has_trace_id: draft.has_trace_id,
            is_encoded: draft.is_encoded,
        })
    }

    pub(super) fn draft(&self) -> Draft {
        Draft {
            status: self.status,
            headers: self.headers.clone(),
            body: self.body.clone(),
            has_trace_id: self.has_trace_id,
            is_encoded: self.is_encoded,
        }
    }

    /// What it takes in memory, in bytes, about.
    pub(super) fn weight(&self) -> u64 {
        let headers = self.headers.iter().map(|(name, value)| name.as_str().len() + value.len());
        let bytes = CACHED_ENTRY_BYTES_LEAST + headers.sum::<usize>() * 2 + self.body.len();
        bytes as u64
    }

    /// The answer for a store of bytes.
    pub(super) fn encoded(&self) -> Bytes {
        let mut bytes = BytesMut::with_capacity(self.body.len() + 1024);
        bytes.put_u8(FORM);
        bytes.put_u16(self.status.as_u16());
        bytes.put_u8(u8::from(self.has_trace_id) | u8::from(self.is_encoded) << 1);
        // An answer has at most as many headers as `respond` lets it have.
        bytes.put_u16(u16::try_from(self.headers.len()).unwrap_or(u16::MAX));
        for (name, value) in &self.headers {
            put(&mut bytes, name.as_str().as_bytes());
            put(&mut bytes, value.as_bytes());
        }
        put(&mut bytes, &self.body);
        bytes.freeze()
    }

    /// The answer of bytes of a store; none of bytes that are no answer of this form.
    pub(super) fn decoded(mut bytes: Bytes) -> Option<Answer> {
        if bytes.try_get_u8().ok()? != FORM {
            return None;
        }
        let status = StatusCode::from_u16(bytes.try_get_u16().ok()?).ok()?;
        let flags = bytes.try_get_u8().ok()?;
        let number = usize::from(bytes.try_get_u16().ok()?);
        if number > RESPONSE_HEADERS_MAX {
            return None;
        }
        let mut headers = HeaderMap::with_capacity(number);
        for _ in 0..number {
            let name = HeaderName::from_bytes(&take(&mut bytes)?).ok()?;
            headers.append(name, HeaderValue::from_maybe_shared(take(&mut bytes)?).ok()?);
        }
        let body = take(&mut bytes)?;
        let is_whole = bytes.is_empty() && body.len() <= CACHED_BYTES_MAX && flags <= 3;
        is_whole.then_some(Answer {
            status,
            headers,
            body,
            has_trace_id: flags & 1 != 0,
            is_encoded: flags & 2 != 0,
        })
    }
}

/// The headers in memory of their own: those of a backend are parts of what it sent.
fn copied(headers: &HeaderMap) -> HeaderMap {
    let mut copies = HeaderMap::with_capacity(headers.len());
    for (name, value) in headers {
        // It is made of a header's value.
        if let Ok(value) = HeaderValue::from_bytes(value.as_bytes()) {
            copies.append(name, value);
        }
    }
    copies
}

fn put(bytes: &mut BytesMut, part: &[u8]) {
    // No part has more than the largest answer.
    bytes.put_u32(u32::try_from(part.len()).unwrap_or(u32::MAX));
    bytes.put_slice(part);
}

fn take(bytes: &mut Bytes) -> Option<Bytes> {
    let length = usize::try_from(bytes.try_get_u32().ok()?).ok()?;
    (length <= bytes.len()).then(|| bytes.split_to(length))
}

/// Bytes that count as in use until the last who has them lets them go.
fn counted(bytes: Bytes, in_use: &InUse) -> Bytes {
    struct Counted(Bytes, InUse);
    impl AsRef<[u8]> for Counted {
        fn as_ref(&self) -> &[u8] {
            &self.0
        }
    }
    impl Drop for Counted {
        fn drop(&mut self) {
            self.1.fetch_sub(self.0.len() as u64, Relaxed);
        }
    }
    in_use.fetch_add(bytes.len() as u64, Relaxed);
    Bytes::from_owner(Counted(bytes, Arc::clone(in_use)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::header::{CONTENT_TYPE, SET_COOKIE};

    fn draft(body: Vec<u8>) -> Draft {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain"));
        headers.append(SET_COOKIE, HeaderValue::from_static("a=1"));
        headers.append(SET_COOKIE, HeaderValue::from_bytes(b"b=\xff").unwrap());
        let (status, body) = (StatusCode::NOT_FOUND, body.into());
        Draft { status, headers, body, has_trace_id: true, is_encoded: false }
    }

    fn shown(answer: &Answer) -> String {
        format!("{:?}", answer.draft())
    }

    #[test]
    fn an_answer_comes_back_from_its_bytes() {
        let answer = Answer::of(&draft(b"none".to_vec()), &InUse::default()).unwrap();
        let again = Answer::decoded(answer.encoded()).unwrap();
        assert_eq!(shown(&again), shown(&answer));
    }

    #[test]
    fn what_is_cut_or_longer_is_no_answer() {
        let bytes = Answer::of(&draft(b"none".to_vec()), &InUse::default()).unwrap().encoded();
        for end in 0..bytes.len() {
            assert!(Answer::decoded(bytes.slice(..end)).is_none(), "{end}");
        }
        let longer = [&bytes[..], b"x"].concat();
        assert!(Answer::decoded(longer.into()).is_none());
        let other = [&[2], &bytes[1..]].concat();
        assert!(Answer::decoded(other.into()).is_none());
    }

    // Source: AWS docs (caching: 1,048,576 bytes of a response; that the body is meant is inferred).
    #[test]
    fn an_answer_of_more_than_1048576_bytes_is_not_kept() {
        let in_use = InUse::default();
        assert!(Answer::of(&draft(vec![b'x'; 1_048_576]), &in_use).is_some());
        assert!(Answer::of(&draft(vec![b'x'; 1_048_577]), &in_use).is_none());
        assert_eq!(in_use.load(Relaxed), 0);
    }

    #[test]
    fn a_body_counts_until_its_last_client_has_it() {
        let in_use = InUse::default();
        let answer = Answer::of(&draft(vec![b'x'; 100]), &in_use).unwrap();
        let sent = answer.draft().body;
        drop(answer);
        assert_eq!(in_use.load(Relaxed), 100);
        drop(sent);
        assert_eq!(in_use.load(Relaxed), 0);
    }
}
