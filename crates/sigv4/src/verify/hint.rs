//! What a client did otherwise than the service, where its signature tells: for explanations, never to admit.

use super::claim::Claim;
use super::presented::Form;
use super::query::{SECURITY_TOKEN, SIGNATURE};
use crate::canonical::{PathForm, QueryForm, Reading, has_two_meanings};
use crate::request::{Payload, Request};
use crate::scope::SigningKey;
use std::fmt;

/// The one thing in which what a client signed differs from what it sent, or from how services read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hint {
    /// The body is not the one that was signed, which `X-Amz-Content-Sha256` tells.
    BodyChanged,
    /// No body was signed, and there is one.
    BodyNotSigned,
    /// A marker was signed in place of the body, such as `UNSIGNED-PAYLOAD`.
    BodyReplaced {
        /// The marker.
        marker: String,
    },
    /// Another verb was signed.
    Method {
        /// The verb.
        signed: &'static str,
    },
    /// The path was signed as it is sent, and not encoded once more.
    PathNotEncodedAgain,
    /// The path was signed with its dots and empty segments.
    PathNotNormalised,
    /// The path was signed without its first segment, the stage or the base path.
    PathWithoutStage,
    /// The query was not signed.
    QueryNotSigned,
    /// The query was signed as it was sent, and not sorted.
    QueryNotSorted,
    /// A `+` of the query was signed as a space.
    PlusAsSpace,
    /// A `+` or `;` of the query was signed as part of a value and sent as such.
    QueryNotEncoded,
    /// The security token was put into the query after it was signed.
    SecurityTokenAppended,
    /// Another host was signed: a proxy or the client itself changed it.
    Host {
        /// The host.
        signed: String,
    },
}

/// What to tell the operator.
impl fmt::Display for Hint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Hint::BodyChanged => f.write_str(
                "the body is not the one that was signed: its hash is not that of `X-Amz-Content-Sha256`",
            ),
            Hint::BodyNotSigned => f.write_str("the request was signed without its body"),
            Hint::BodyReplaced { marker } => {
                write!(f, "the client signed `{marker}` in place of the body's hash")
            }
            Hint::Method { signed } => write!(f, "the client signed the method `{signed}`"),
            Hint::PathNotEncodedAgain => f.write_str(
                "the client signed the path as it sent it: it has to be percent-encoded once more",
            ),
            Hint::PathNotNormalised => f.write_str(
                "the client signed the path with its empty segments and dots: they have to be resolved",
            ),
            Hint::PathWithoutStage => f.write_str(
                "the client signed the path without its first segment, the stage or base path",
            ),
            Hint::QueryNotSigned => f.write_str("the request was signed without its query"),
            Hint::QueryNotSorted => f.write_str(
                "the client signed the query as it sent it: names and values have to be sorted, and each needs its `=`",
            ),
            Hint::PlusAsSpace => f.write_str(
                "the client signed a `+` of the query as a space: it is a plus, and a space is `%20`",
            ),
            Hint::QueryNotEncoded => f.write_str(
                "the client signed a `+` or `;` of the query as part of a value, and it was sent as it is: `+` reads as a space and `;` \
                 ends a parameter, so they have to be sent as `%2B` and `%3B`",
            ),
            Hint::SecurityTokenAppended => f.write_str(
                "the client put `X-Amz-Security-Token` into the query after it had signed the request",
            ),
            Hint::Host { signed } => write!(f, "the client signed the host `{signed}`"),
        }
    }
}

impl Claim {
    /// Tries what clients and those between often do otherwise, one at a time, and tells which of it makes the signature of a
    /// request that [`Claim::verify`] refused. Costs some dozen verifications of a request without a body: it is for who
    /// asks why.
    pub fn hint(&self, request: &Request<'_>, key: &SigningKey) -> Option<Hint> {
        let payload_sha256 = request.payload.sha256();
        let trial = Trial { claim: self, key, request, reading: self.reading(&payload_sha256) };
        trial
            .encoding_of_query()
            .or_else(|| trial.body())
            .or_else(|| trial.method())
            .or_else(|| trial.path())
            .or_else(|| trial.query())
            .or_else(|| trial.host())
    }
}

/// A request that is read otherwise, to see whether its signature is of that.
struct Trial<'t> {
    claim: &'t Claim,
    key: &'t SigningKey,
    request: &'t Request<'t>,
    reading: Reading<'t>,
}

impl Trial<'_> {
    fn is_signed(&self, request: &Request<'_>, reading: &Reading<'_>) -> bool {
        self.claim.is_signed(self.key, &self.claim.expected(request, reading))
    }

    fn is_read_as(&self, reading: &Reading<'_>, hint: Hint) -> Option<Hint> {
        self.is_signed(self.request, reading).then_some(hint)
    }

    /// The one thing that is signed as documented and refused.
    fn encoding_of_query(&self) -> Option<Hint> {
        let has_two_meanings = has_two_meanings(self.request.query);
        has_two_meanings.then(|| self.is_read_as(&self.reading, Hint::QueryNotEncoded))?
    }

    fn body(&self) -> Option<Hint> {
        let of = |payload_sha256: &str, hint| {
            self.is_read_as(&Reading { payload_sha256, ..self.reading }, hint)
        };
        let declared = self.request.header("x-amz-content-sha256");
        let declared = declared.and_then(|text| std::str::from_utf8(text).ok());
        let unsigned = Payload::Unsigned.sha256();
        let marker = |marker: &str| Hint::BodyReplaced { marker: marker.to_owned() };
        declared
            .and_then(|text| {
                let is_hash = text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit());
                of(text, if is_hash { Hint::BodyChanged } else { marker(text) })
            })
            .or_else(|| of(&unsigned, marker(&unsigned)))
            .or_else(|| of(&Payload::Bytes(b"").sha256(), Hint::BodyNotSigned))
    }

    fn method(&self) -> Option<Hint> {
        let signed = match self.request.method {
            "HEAD" => "GET",
            "GET" => "HEAD",
            _ => return None,
        };
        let request = Request { method: signed, ..*self.request };
        self.is_signed(&request, &self.reading).then_some(Hint::Method { signed })
    }

    fn path(&self) -> Option<Hint> {
        let of = |path, hint| self.is_read_as(&Reading { path, ..self.reading }, hint);
        of(PathForm::Normalised, Hint::PathNotEncodedAgain)
            .or_else(|| of(PathForm::EncodedAgainUnnormalised, Hint::PathNotNormalised))
            .or_else(|| {
                let (_, rest) = self.request.path.strip_prefix('/')?.split_once('/')?;
                let path = format!("/{rest}");
                let request = Request { path: &path, ..*self.request };
                self.is_signed(&request, &self.reading).then_some(Hint::PathWithoutStage)
            })
    }

    fn query(&self) -> Option<Hint> {
        let of = |query, hint| self.is_read_as(&Reading { query, ..self.reading }, hint);
        match self.claim.presented().form {
            Form::Header => {
                let request = Request { query: "", ..*self.request };
                self.is_signed(&request, &self.reading).then_some(Hint::QueryNotSigned)
            }
            Form::Query => {
                let left_out: &[&str] = &[SIGNATURE, SECURITY_TOKEN];
                let reading = Reading { left_out, ..self.reading };
                self.is_read_as(&reading, Hint::SecurityTokenAppended)
            }
        }
        .or_else(|| of(QueryForm::AsSent, Hint::QueryNotSorted))
        .or_else(|| of(QueryForm::PlusIsSpace, Hint::PlusAsSpace))
    }

    fn host(&self) -> Option<Hint> {
        self.other_hosts().into_iter().find_map(|signed| {
            let is_host = |name: &str| name.eq_ignore_ascii_case("host");
            let others = self.request.headers.iter().filter(|(name, _)| !is_host(name)).copied();
            let headers: Vec<(&str, &[u8])> = others.chain([("host", signed.as_bytes())]).collect();
            let request = Request { headers: &headers, ..*self.request };
            let is_signed = self.is_signed(&request, &self.reading);
            is_signed.then_some(Hint::Host { signed })
        })
    }

    /// The host with and without a port, and the one that a proxy says its client called.
    fn other_hosts(&self) -> Vec<String> {
        let text = |name| self.request.header(name).and_then(|it| std::str::from_utf8(it).ok());
        let mut others = match text("host") {
            Some(host) => match host.rsplit_once(':') {
                Some((name, _)) => vec![name.to_owned()],
                None => vec![format!("{host}:443"), format!("{host}:80")],
            },
            None => Vec::new(),
        };
        others.extend(text("x-forwarded-host").map(str::to_owned));
        others
    }
}
