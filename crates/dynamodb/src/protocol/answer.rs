//! The headers of DynamoDB's answers, and the pages that are no answers to a call.

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderName, HeaderValue};

use crate::reply::Reply;

/// The header with the checksum of the body, in decimal digits.
const CRC32: HeaderName = HeaderName::from_static("x-amz-crc32");

/// What the header `Server` of every answer over HTTP says. Another Vestibule whose store this is finds out by it that names
/// beginning `vestibule.` are not to be had.
pub const SERVER_NAME: &str = "Vestibule";

/// The header that names an answer.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");

/// The headers that are added to an answer, beside those of the connection.
pub const ADDED: [HeaderName; 4] = [CONTENT_TYPE, CONTENT_LENGTH, REQUEST_ID, CRC32];

/// The body of the 404 that is answered to what is no call at all (recorded on AWS).
pub const UNKNOWN_PAGE: Bytes = Bytes::from_static(b"<UnknownOperationException/>\n");

/// How an answer is written: as its request was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// `application/x-amz-json-1.0`, which SDKs speak.
    Json10,
    /// `application/json`, which is taken too.
    Json,
    /// A page for whoever is no SDK: without a type.
    Page,
}

impl Content {
    /// The media type of what can be a call.
    pub const fn media_type(self) -> Option<&'static str> {
        match self {
            Content::Json10 => Some("application/x-amz-json-1.0"),
            Content::Json => Some("application/json"),
            Content::Page => None,
        }
    }
}

/// What DynamoDB tells whoever asks without calling an action (recorded on AWS).
pub fn health(region: &str) -> Bytes {
    Bytes::from(format!("healthy: dynamodb.{region}.amazonaws.com "))
}

impl Reply {
    /// Adds the headers that DynamoDB sends, but for those that an endpoint sent. `random` gives 128 bits that name the answer.
    pub fn complete(&mut self, content: Content, random: impl FnOnce() -> u128) {
        let headers = &mut self.headers;
        if let Some(media_type) = content.media_type() {
            headers.entry(CONTENT_TYPE).or_insert(HeaderValue::from_static(media_type));
        }
        headers.insert(CONTENT_LENGTH, HeaderValue::from(self.body.len()));
        if !headers.contains_key(REQUEST_ID) {
            headers.extend(request_id(random()).map(|id| (REQUEST_ID, id)));
        }
        headers.entry(CRC32).or_insert_with(|| HeaderValue::from(crc32fast::hash(&self.body)));
    }
}

/// The name of an answer: 52 digits to the base of 32, of which AWS varies the first 128 bits alone.
pub fn request_id(bits: u128) -> Option<HeaderValue> {
    const DIGITS: [u8; 32] = *b"0123456789ABCDEFGHIJKLMNOPQRSTUV";
    // The last digit of these has two of the bits that do not vary.
    let varied = (0..25).map(|place| bits >> (123 - 5 * place)).chain([bits << 2 | 0b11]);
    let mut id = [0; 52];
    for (to, digit) in id.iter_mut().zip(varied) {
        let digit = usize::try_from(digit & 31).ok()?;
        *to = *DIGITS.get(digit)?;
    }
    id.get_mut(26..)?.copy_from_slice(b"VV4KQNSO5AEMVJF66Q9ASUAAJG");
    HeaderValue::from_bytes(&id).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn completed(content: Content, random: u128) -> Vec<(String, String)> {
        let mut reply = Reply::of(200, Bytes::from_static(b"test"));
        reply.complete(content, || random);
        let text = |value: &HeaderValue| value.to_str().unwrap().to_owned();
        reply.headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect()
    }

    // Source: AWS docs (DynamoDB low-level API) for the headers and the second id; 3632233996 is zlib's CRC-32 of `test`.
    #[test]
    fn an_answer_has_an_id_and_the_checksum_of_its_body() {
        let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let with = |id| {
            vec![
                header("content-length", "4"),
                header("x-amzn-requestid", id),
                header("x-amz-crc32", "3632233996"),
            ]
        };
        let zero = with("00000000000000000000000003VV4KQNSO5AEMVJF66Q9ASUAAJG");
        assert_eq!(completed(Content::Page, 0), zero);
        let mut documented = with("4KBNVRGD25RG1KEO9UT4V3FQDJVV4KQNSO5AEMVJF66Q9ASUAAJG");
        documented.insert(0, header("content-type", "application/x-amz-json-1.0"));
        let random = 0x2517_7fee_0d11_7700_d1d8_4fba_4f8d_fa6c;
        assert_eq!(completed(Content::Json10, random), documented);
    }

    #[test]
    fn what_an_endpoint_sent_stays() {
        let mut reply = Reply::of(200, Bytes::from_static(b"test"));
        reply.headers.insert(REQUEST_ID, HeaderValue::from_static("ITS"));
        reply.headers.insert(CRC32, HeaderValue::from_static("7"));
        reply.complete(Content::Json10, || 0);
        assert_eq!(reply.headers.get("x-amzn-requestid").unwrap(), "ITS");
        assert_eq!(reply.headers.get("x-amz-crc32").unwrap(), "7");
    }

    // Source: recorded on AWS (dynalite's tests against it): the page's checksum and length.
    #[test]
    fn the_page_of_what_is_no_call_is_aws_own() {
        assert_eq!(crc32fast::hash(&UNKNOWN_PAGE), 3_552_371_480);
        assert_eq!(UNKNOWN_PAGE.len(), 29);
        // That of us-east-1.
        assert_eq!(crc32fast::hash(&health("us-east-1")), 3_128_867_991);
    }
}
