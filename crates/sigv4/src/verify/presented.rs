//! What a request presents to be admitted: nothing of it is proven yet.

use super::refusal::Refusal;
use super::{authorization, query};
use crate::canonical::SignedHeaders;
use crate::limits::EXPIRES_S_MAX;
use crate::request::Request;
use crate::timestamp::Timestamp;
use std::borrow::Cow;
use std::fmt;
use std::time::UNIX_EPOCH;
use zeroize::Zeroizing;

/// Where in a request a signature stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// In `Authorization`.
    Header,
    /// In the query: the request is presigned.
    Query,
}

/// The texts of a signature before they are read.
pub(super) struct Fields {
    pub(super) form: Form,
    pub(super) credential: String,
    pub(super) signed_headers: String,
    pub(super) signature: String,
    pub(super) date: Date,
    pub(super) expires: Option<String>,
    pub(super) session_token: Option<Zeroizing<String>>,
}

/// The moment of a signature as a request says it.
pub(super) enum Date {
    /// `X-Amz-Date`, in ISO 8601's basic format.
    Amz(String),
    /// `Date`, which may also be HTTP's own format.
    Http(String),
}

/// A signature as a request presents it, in `Authorization` or presigned in the query. Nothing is verified: it says who the
/// client claims to be.
///
/// It is looked for before the body is read; [`Presented::check`] is next.
#[derive(Clone)]
pub struct Presented {
    pub(super) form: Form,
    pub(super) credential: String,
    pub(super) signed_headers: SignedHeaders,
    pub(super) signature: String,
    pub(super) time: Timestamp,
    pub(super) expires_s: Option<u32>,
    session_token: Option<Zeroizing<String>>,
}

impl Presented {
    /// Finds the signature of a request; none when it has neither an `Authorization` nor parameters of a presigned request.
    /// The payload is not looked at.
    ///
    /// # Errors
    /// There is one and it cannot be read: AWS's complaint, the first in its order.
    pub fn find(request: &Request<'_>) -> Result<Option<Presented>, Refusal> {
        let authorization = request.header("authorization").filter(|value| !value.is_empty());
        let parameters = query::Parameters::of(request.query);
        let fields = match authorization {
            Some(_) if parameters.algorithm.is_some() => return Err(Refusal::TwoSignatures),
            Some(value) => authorization::fields(value, request)?,
            None if parameters.has_any() => query::fields(parameters)?,
            None => return Ok(None),
        };
        read(fields, request).map(Some)
    }

    /// The id of the access key that the client says it signed with. Empty when it says none.
    pub fn access_key_id(&self) -> &str {
        self.part_of_credential(0)
    }

    /// The region that it signed for, empty when it says none.
    pub fn region(&self) -> &str {
        self.part_of_credential(2)
    }

    /// The service that it signed for, empty when it says none.
    pub fn service(&self) -> &str {
        self.part_of_credential(3)
    }

    /// When it signed.
    pub fn time(&self) -> Timestamp {
        self.time
    }

    /// Whether the request is presigned: its signature is in the query.
    pub fn is_presigned(&self) -> bool {
        self.form == Form::Query
    }

    /// How many seconds a presigned request is good for, where it says so.
    pub fn expires_s(&self) -> Option<u32> {
        self.expires_s
    }

    /// The headers that are signed.
    pub fn signed_headers(&self) -> &SignedHeaders {
        &self.signed_headers
    }

    /// The signature that the client made: 64 lower-case hexadecimal digits when it is well-formed. A presigned one lets in whoever
    /// has it, until it expires.
    pub fn signature(&self) -> &str {
        &self.signature
    }

    /// The token of a session, which temporary access keys need. Whether it is the one that was issued is for who issued it to
    /// say: see [`Claim::is_of_session`](crate::Claim::is_of_session).
    pub fn session_token(&self) -> Option<&str> {
        self.session_token.as_ref().map(|token| token.as_str())
    }

    /// Access key, date, region, service and terminator as they were sent.
    pub(crate) fn credential(&self) -> &str {
        &self.credential
    }

    fn part_of_credential(&self, at: usize) -> &str {
        self.credential.split('/').nth(at).unwrap_or("")
    }
}

/// Shows neither signature nor session token.
impl fmt::Debug for Presented {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Presented")
            .field("form", &self.form)
            .field("credential", &self.credential)
            .field("signed_headers", &format_args!("{}", self.signed_headers))
            .field("signature", &format_args!("***"))
            .field("time", &format_args!("{}", self.time))
            .field("expires_s", &self.expires_s)
            .field("session_token", &self.session_token.as_ref().map(|_| format_args!("***")))
            .finish()
    }
}

fn read(fields: Fields, request: &Request<'_>) -> Result<Presented, Refusal> {
    let signed_headers = SignedHeaders::declared(&fields.signed_headers);
    if !signed_headers.contains("host") && !signed_headers.contains(":authority") {
        return Err(Refusal::HostNotSigned);
    }
    // Else anybody on the way could put a request into another session.
    let has_token = request.header("x-amz-security-token").is_some();
    if fields.form == Form::Header && has_token && !signed_headers.contains("x-amz-security-token")
    {
        return Err(Refusal::HeaderNotSigned { name: "X-Amz-Security-Token" });
    }
    let time = time(fields.date)?;
    let expires_s = fields.expires.as_deref().map(expires_s).transpose()?;
    Ok(Presented {
        form: fields.form,
        credential: fields.credential,
        signed_headers,
        signature: fields.signature,
        time,
        expires_s,
        session_token: fields.session_token,
    })
}

fn time(date: Date) -> Result<Timestamp, Refusal> {
    let (time, date) = match date {
        Date::Amz(text) => (Timestamp::parse(&text), text),
        Date::Http(text) => (Timestamp::parse(&text).or_else(|| http_date(&text)), text),
    };
    time.ok_or(Refusal::MalformedDate { date })
}

/// `Sun, 06 Nov 1994 08:49:37 GMT`, HTTP's two older forms, and the zone `-0000` or `+0000`, which botocore writes.
fn http_date(text: &str) -> Option<Timestamp> {
    let in_numbers = text.strip_suffix("-0000").or_else(|| text.strip_suffix("+0000"));
    let text = in_numbers.map_or(Cow::Borrowed(text), |text| Cow::Owned(format!("{text}GMT")));
    let time = httpdate::parse_http_date(&text).ok()?;
    Some(Timestamp::from_epoch_s(time.duration_since(UNIX_EPOCH).ok()?.as_secs()))
}

fn expires_s(text: &str) -> Result<u32, Refusal> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    // A number too long to be read is too large.
    match text.parse() {
        Ok(seconds) if is_number && seconds <= EXPIRES_S_MAX => Ok(seconds),
        _ if is_number => Err(Refusal::ExpiresTooLate),
        _ => Err(Refusal::MalformedExpires),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Source: RFC 9110, RFC 5322, botocore 1.44.5.
    #[test]
    fn dates_of_http_are_read() {
        for text in [
            "Fri, 02 Jan 2026 03:04:05 GMT",
            "Fri, 02 Jan 2026 03:04:05 -0000",
            "Fri, 02 Jan 2026 03:04:05 +0000",
            "Friday, 02-Jan-26 03:04:05 GMT",
            "Fri Jan  2 03:04:05 2026",
        ] {
            assert_eq!(http_date(text), Timestamp::parse("20260102T030405Z"), "{text}");
        }
        for text in ["", "GMT", "-0000", "Fri, 02 Jan 2026 03:04:05 +0100", "Fri, 31 Feb 2026"] {
            assert_eq!(http_date(text), None, "{text}");
        }
    }

    #[test]
    fn times_of_presigned_requests_are_read() {
        assert_eq!(expires_s("1").unwrap(), 1);
        assert_eq!(expires_s("0604800").unwrap(), 604_800);
    }
}
