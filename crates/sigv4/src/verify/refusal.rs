//! Why a request is not admitted: AWS's type of error and words for the client, facts for the operator.

use super::expectation::WrongScope;
use crate::canonical::CanonicalRequest;
use crate::timestamp::Timestamp;
use std::fmt;

const MISMATCH: &str = "The request signature we calculated does not match the signature you provided. Check your AWS Secret \
Access Key and signing method. Consult the service documentation for details.";

/// Why a signature admits nobody. Its text is the message that AWS sends; it holds what the client sent and nothing secret of
/// ours.
///
/// Source: AWS's documentation and recorded answers. Inferred: the words on `X-Amz-Expires`, which are those of Amazon S3, and
/// on a header other than `Host` that is not signed.
#[derive(Debug)]
pub enum Refusal {
    /// `Authorization` and the query both have a signature.
    TwoSignatures,
    /// Something in `Authorization` is no `key=value`: often a token of another kind.
    MissingEqualSign {
        /// SHA-256 of the header's value in Base64.
        header_sha256: String,
    },
    /// `Authorization` lacks something, or there is no date.
    IncompleteHeader {
        /// What is missing, in AWS's words.
        missing: Vec<&'static str>,
        /// SHA-256 of the header's value in Base64.
        header_sha256: String,
    },
    /// The query lacks parameters of a presigned request.
    IncompleteQuery {
        /// Their names.
        missing: Vec<&'static str>,
    },
    /// An algorithm other than `AWS4-HMAC-SHA256`.
    UnsupportedAlgorithm {
        /// Its name.
        algorithm: String,
    },
    /// The header `Host` is not signed.
    HostNotSigned,
    /// The request has a header that has to be signed and is not.
    HeaderNotSigned {
        /// Its name, as AWS writes it.
        name: &'static str,
    },
    /// The date is in no form that is known, or no moment of the calendar.
    MalformedDate {
        /// The date as it was sent.
        date: String,
    },
    /// `X-Amz-Expires` is no number.
    MalformedExpires,
    /// `X-Amz-Expires` is more than a week.
    ExpiresTooLate,
    /// It was signed too long ago.
    Expired {
        /// When it was signed.
        time: Timestamp,
        /// When it is.
        now: Timestamp,
        /// The seconds for which it was good.
        good_s: u32,
    },
    /// It was signed in the future.
    NotYetCurrent {
        /// When it was signed.
        time: Timestamp,
        /// When it is.
        now: Timestamp,
        /// The seconds by which clocks may differ.
        skew_s: u32,
    },
    /// The credential does not have five parts.
    MalformedCredential {
        /// The credential as it was sent.
        credential: String,
    },
    /// The credential is for another region, service or date: all that is wrong with it.
    WrongScope(Vec<WrongScope>),
    /// Nobody has the access key.
    UnknownAccessKey,
    /// The security token is not the one that was issued with the access key, or none is where one has to be.
    InvalidSecurityToken,
    /// The temporary credentials have expired.
    ExpiredSecurityToken,
    /// The signature is not the one that the key makes.
    Mismatch(Box<Mismatch>),
}

/// What was expected to be signed.
#[derive(Debug)]
pub struct Mismatch {
    /// The canonical request.
    pub canonical_request: CanonicalRequest,
    /// The string to sign.
    pub string_to_sign: String,
}

impl Refusal {
    /// AWS's type of error, the value of `x-amzn-ErrorType`.
    pub fn error_type(&self) -> &'static str {
        match self {
            Refusal::MissingEqualSign { .. }
            | Refusal::IncompleteHeader { .. }
            | Refusal::IncompleteQuery { .. }
            | Refusal::UnsupportedAlgorithm { .. }
            | Refusal::MalformedDate { .. }
            | Refusal::MalformedExpires
            | Refusal::ExpiresTooLate
            | Refusal::MalformedCredential { .. } => "IncompleteSignatureException",
            Refusal::TwoSignatures
            | Refusal::HostNotSigned
            | Refusal::HeaderNotSigned { .. }
            | Refusal::Expired { .. }
            | Refusal::NotYetCurrent { .. }
            | Refusal::WrongScope(_)
            | Refusal::Mismatch(_) => "InvalidSignatureException",
            Refusal::UnknownAccessKey | Refusal::InvalidSecurityToken => {
                "UnrecognizedClientException"
            }
            Refusal::ExpiredSecurityToken => "ExpiredTokenException",
        }
    }

    /// How many seconds the client's clock is ahead of ours, or behind where it is negative, when that is why.
    pub fn clock_difference_s(&self) -> Option<i64> {
        match self {
            Refusal::Expired { time, now, .. } | Refusal::NotYetCurrent { time, now, .. } => {
                Some(time.epoch_s() - now.epoch_s())
            }
            _ => None,
        }
    }
}

/// The message that AWS sends. That of a mismatch shows the canonical request, and with it a session token that is signed: it
/// is for the client alone. See [`CanonicalRequest::masked`].
impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::TwoSignatures => f.write_str(
                "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.",
            ),
            Refusal::MissingEqualSign { header_sha256 } => write!(
                f,
                "Invalid key=value pair (missing equal-sign) in Authorization header \
                 (hashed with SHA-256 and encoded with Base64): '{header_sha256}'."
            ),
            Refusal::IncompleteHeader { missing, header_sha256 } => {
                for what in missing {
                    write!(f, "Authorization header requires {what}. ")?;
                }
                write!(
                    f,
                    "(Hashed with SHA-256 and encoded with Base64) Authorization={header_sha256}"
                )
            }
            Refusal::IncompleteQuery { missing } => {
                for name in missing {
                    write!(f, "AWS query-string parameters must include '{name}'. ")?;
                }
                f.write_str("Re-examine the query-string parameters.")
            }
            Refusal::UnsupportedAlgorithm { algorithm } => {
                write!(f, "Unsupported AWS 'algorithm': '{algorithm}'.")
            }
            Refusal::HostNotSigned => f.write_str(
                "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.",
            ),
            Refusal::HeaderNotSigned { name } => {
                write!(f, "'{name}' must be a 'SignedHeader' in the AWS Authorization.")
            }
            Refusal::MalformedDate { date } => write!(
                f,
                "Date must be in ISO-8601 'basic format'. Got '{date}'. \
                 See http://en.wikipedia.org/wiki/ISO_8601"
            ),
            Refusal::MalformedExpires => f.write_str("X-Amz-Expires should be a number"),
            Refusal::ExpiresTooLate => f.write_str(
                "X-Amz-Expires must be less than a week (in seconds); \
                 that is, the given X-Amz-Expires must be less than 604800 seconds",
            ),
            Refusal::Expired { time, now, good_s } => {
                let earliest = moved(now, -i64::from(*good_s));
                write!(f, "Signature expired: {time} is now earlier than {earliest} ")?;
                write!(f, "({now} - {}.)", Span(*good_s))
            }
            Refusal::NotYetCurrent { time, now, skew_s } => {
                let latest = moved(now, i64::from(*skew_s));
                write!(f, "Signature not yet current: {time} is still later than {latest} ")?;
                write!(f, "({now} + {}.)", Span(*skew_s))
            }
            Refusal::MalformedCredential { credential } => write!(
                f,
                "Credential must have exactly 5 slash-delimited elements, \
                 e.g. keyid/date/region/service/term, got '{credential}'"
            ),
            Refusal::WrongScope(wrong) => {
                wrong.iter().try_for_each(|sentence| write!(f, "{sentence}"))
            }
            Refusal::UnknownAccessKey => {
                f.write_str("The security token included in the request is invalid.")
            }
            Refusal::InvalidSecurityToken => {
                f.write_str("The security token included in the request is invalid")
            }
            Refusal::ExpiredSecurityToken => {
                f.write_str("The security token included in the request is expired")
            }
            Refusal::Mismatch(mismatch) => write!(
                f,
                "{MISMATCH}\n\nThe Canonical String for this request should have been\n'{}'\n\n\
                 The String-to-Sign should have been\n'{}'\n",
                String::from_utf8_lossy(mismatch.canonical_request.as_bytes()),
                mismatch.string_to_sign
            ),
        }
    }
}

impl std::error::Error for Refusal {}

/// A length of time as AWS writes it.
struct Span(u32);

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            seconds if seconds.is_multiple_of(60) => write!(f, "{} min", seconds / 60),
            seconds => write!(f, "{seconds} sec"),
        }
    }
}

fn moved(time: &Timestamp, by_s: i64) -> Timestamp {
    let moved = time.epoch_s().saturating_add(by_s);
    Timestamp::from_epoch_s(u64::try_from(moved).unwrap_or(0))
}
