//! One answer of an endpoint: read whole within its limit, and checked: its checksum, and that it can be DynamoDB's.

use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use http::header::{
    CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, HeaderName, TE, TRAILER, TRANSFER_ENCODING, UPGRADE,
};
use http::{HeaderMap, Response};
use http_body_util::BodyExt;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::network::AnswerBody;
use crate::limits::{ANSWER_BYTES, ANSWERS_PIECE_BYTES, ANSWERS_PIECES};

/// The header with the checksum of the body, in decimal digits.
const CRC32: &str = "x-amz-crc32";

/// Headers of the connection alone, and the length, which the body itself has.
const OF_CONNECTION: [HeaderName; 8] = [
    CONNECTION,
    CONTENT_LENGTH,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
    TE,
    TRAILER,
    TRANSFER_ENCODING,
    UPGRADE,
];

/// What an endpoint answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

/// Why an answer is none.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unread {
    /// It ended before its time.
    Broken(String),
    /// It is not DynamoDB's, or was damaged on its way.
    Unsound(String),
    /// It is of something on the way that refuses the request, as it would again.
    Foreign(String),
    /// It is longer than any of DynamoDB's.
    TooLarge,
    /// Answers that are being read take too much memory already.
    Full,
}

/// The memory of answers that are being read, beyond a first piece of each.
#[derive(Debug, Clone)]
pub(super) struct Memory(Arc<Semaphore>);

impl Default for Memory {
    fn default() -> Memory {
        Memory(Arc::new(Semaphore::new(ANSWERS_PIECES)))
    }
}

impl Answer {
    /// Reads an answer to its end and checks it.
    pub(super) async fn read(
        response: Response<AnswerBody>,
        memory: &Memory,
    ) -> Result<Answer, Unread> {
        let (head, body) = response.into_parts();
        let body = read(body, memory).await?;
        let status = head.status.as_u16();
        check(status, &head.headers, &body)?;
        let mut headers = head.headers;
        for name in OF_CONNECTION {
            headers.remove(name);
        }
        Ok(Answer { status, headers, body })
    }
}

async fn read(mut body: AnswerBody, memory: &Memory) -> Result<Bytes, Unread> {
    let (mut first, mut all) = (Bytes::new(), BytesMut::new());
    let mut held: Option<OwnedSemaphorePermit> = None;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| Unread::Broken(error.to_string()))?;
        let Ok(chunk) = frame.into_data() else { continue };
        // Most answers are one chunk, which is not copied.
        if first.is_empty() && all.is_empty() {
            first = chunk;
        } else {
            all.extend_from_slice(&std::mem::take(&mut first));
            all.extend_from_slice(&chunk);
        }
        let bytes = first.len() + all.len();
        if bytes > ANSWER_BYTES {
            return Err(Unread::TooLarge);
        }
        hold(&mut held, bytes / ANSWERS_PIECE_BYTES, memory)?;
    }
    Ok(if all.is_empty() { first } else { all.freeze() })
}

/// Holds this many pieces of the memory.
fn hold(
    held: &mut Option<OwnedSemaphorePermit>,
    pieces: usize,
    memory: &Memory,
) -> Result<(), Unread> {
    let has = held.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
    let Some(more) = pieces.checked_sub(has).filter(|more| *more > 0) else { return Ok(()) };
    let more = u32::try_from(more).map_err(|_| Unread::Full)?;
    let permit = Arc::clone(&memory.0).try_acquire_many_owned(more).map_err(|_| Unread::Full)?;
    match held {
        Some(held) => held.merge(permit),
        None => *held = Some(permit),
    }
    Ok(())
}

fn check(status: u16, headers: &HeaderMap, body: &[u8]) -> Result<(), Unread> {
    if let Some(told) = headers.get(CRC32) {
        let crc = crc32fast::hash(body);
        let told = told.to_str().unwrap_or("no text");
        if told.parse() != Ok(crc) {
            let reason = format!("the checksum of its body is {crc}, its header says `{told}`");
            return Err(Unread::Unsound(reason));
        }
    }
    // TagResource and UntagResource answer nothing.
    let is_empty_success = body.is_empty() && (200..300).contains(&status);
    let begins = body.iter().find(|byte| !byte.is_ascii_whitespace());
    if begins == Some(&b'{') || is_empty_success {
        return Ok(());
    }
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let kind = kind.unwrap_or("no content type");
    let reason = format!("it answered {status} with `{kind}` and no object of JSON");
    let is_refusal = (400..500).contains(&status);
    Err(if is_refusal { Unread::Foreign(reason) } else { Unread::Unsound(reason) })
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;
    use std::error::Error;
    use std::pin::Pin;
    use std::task::{Context, Poll};

    use http_body::{Body, Frame};

    use super::*;

    /// A body in chunks.
    struct Chunks(VecDeque<Bytes>);

    impl Body for Chunks {
        type Data = Bytes;
        type Error = Box<dyn Error + Send + Sync>;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
            Poll::Ready(self.0.pop_front().map(|chunk| Ok(Frame::data(chunk))))
        }
    }

    async fn read_of(headers: &[(&str, &str)], chunks: Vec<Bytes>) -> Result<Answer, Unread> {
        let body = Chunks(chunks.into());
        let mut response = Response::builder();
        for (name, value) in headers {
            response = response.header(*name, *value);
        }
        let response = response.body(Box::pin(body) as AnswerBody).unwrap();
        Answer::read(response, &Memory::default()).await
    }

    fn bytes(text: &'static str) -> Bytes {
        Bytes::from_static(text.as_bytes())
    }

    // 2745614147 is zlib's CRC-32 of `{}`.
    #[tokio::test]
    async fn an_answer_is_whole_and_has_the_right_checksum() {
        let headers = [("x-amz-crc32", "2745614147"), ("connection", "close"), ("date", "now")];
        for chunks in [vec![bytes("{}")], vec![bytes("{"), bytes("}")]] {
            let answer = read_of(&headers, chunks).await.unwrap();
            assert_eq!(answer.body, "{}");
            let names: Vec<&str> = answer.headers.keys().map(HeaderName::as_str).collect();
            assert_eq!(names, ["x-amz-crc32", "date"]);
        }
        let reason = "the checksum of its body is 2745614147, its header says `1`".to_owned();
        let wrong = read_of(&[("x-amz-crc32", "1")], vec![bytes("{}")]).await;
        assert_eq!(wrong, Err(Unread::Unsound(reason)));
    }

    #[tokio::test]
    async fn what_is_no_object_of_json_is_not_dynamodbs() {
        let html = read_of(&[("content-type", "text/html")], vec![bytes("<html>")]).await;
        let reason = "it answered 200 with `text/html` and no object of JSON".to_owned();
        assert_eq!(html, Err(Unread::Unsound(reason)));
        let reason = "it answered 200 with `no content type` and no object of JSON".to_owned();
        assert_eq!(read_of(&[], vec![bytes(" ")]).await, Err(Unread::Unsound(reason)));
        assert_eq!(read_of(&[], vec![]).await.map(|answer| answer.body), Ok(Bytes::new()));
    }

    #[tokio::test]
    async fn an_answer_without_end_is_given_up() {
        let piece = Bytes::from(vec![b'{'; 1024 * 1024]);
        let whole = read_of(&[], vec![piece.clone(); 32]).await.unwrap();
        assert_eq!(whole.body.len(), 32 * 1024 * 1024);
        assert_eq!(read_of(&[], vec![piece; 10_240]).await, Err(Unread::TooLarge));
    }

    #[tokio::test]
    async fn answers_that_are_read_share_a_memory() {
        let memory = Memory::default();
        let all = u32::try_from(ANSWERS_PIECES).unwrap();
        let taken = Arc::clone(&memory.0).try_acquire_many_owned(all).unwrap();
        let read = |bytes: usize| {
            let body = Chunks([Bytes::from(vec![b'{'; bytes])].into());
            let body = Box::pin(body) as AnswerBody;
            Answer::read(Response::new(body), &memory)
        };
        assert_eq!(read(ANSWERS_PIECE_BYTES - 1).await.map(|a| a.status), Ok(200));
        assert_eq!(read(ANSWERS_PIECE_BYTES).await, Err(Unread::Full));
        drop(taken);
        assert_eq!(read(ANSWERS_PIECE_BYTES).await.map(|a| a.status), Ok(200));
        assert_eq!(memory.0.available_permits(), ANSWERS_PIECES);
    }
}
