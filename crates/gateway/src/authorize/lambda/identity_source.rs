//! What a Lambda authorizer knows a caller by: a token, or parts of the request. AWS docs: api-gateway-lambda-authorizer-input.
//!
//! A request that lacks one of them is answered with 401 and costs no call (AWS docs).

use crate::digest::Digest;
use crate::exchange::Exchange;
use crate::map::Source;
use fancy_regex::Regex;
use std::borrow::Cow;

/// What identifies a caller.
#[derive(Debug)]
pub(crate) enum IdentitySources {
    /// TOKEN: a header, and what its value has to look like.
    Token { header: String, pattern: Option<Regex> },
    /// REQUEST: parts of the request as they are written, all of which have to be there.
    Request(Vec<(String, Source)>),
}

/// Why a caller is not even asked about. The texts are the operator's and show nothing that was sent.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unidentified {
    /// A source is absent or empty.
    Missing(String),
    /// The token does not match the expression.
    Mismatch,
}

impl IdentitySources {
    /// Sees that a request has what identifies its caller.
    pub(super) fn check(&self, exchange: &Exchange) -> Result<(), Unidentified> {
        match self {
            IdentitySources::Token { header, pattern } => {
                let Some(token) = token(header, exchange) else {
                    return Err(Unidentified::Missing(format!("method.request.header.{header}")));
                };
                // An expression that runs into its backtracking limit matches nothing.
                let is_match =
                    |pattern: &Regex| pattern.is_match(&*token).is_ok_and(|is_match| is_match);
                match pattern.as_ref().is_none_or(is_match) {
                    true => Ok(()),
                    false => Err(Unidentified::Mismatch),
                }
            }
            IdentitySources::Request(sources) => {
                let is_missing = |(_, source): &&(String, Source)| {
                    source.of_request(exchange).is_none_or(|value| value.is_empty())
                };
                match sources.iter().find(is_missing) {
                    None => Ok(()),
                    Some((text, _)) => Err(Unidentified::Missing(text.clone())),
                }
            }
        }
    }

    /// The token of a TOKEN authorizer; empty for others.
    pub(super) fn token<'e>(&self, exchange: &'e Exchange) -> Cow<'e, str> {
        match self {
            IdentitySources::Token { header, .. } => token(header, exchange).unwrap_or_default(),
            IdentitySources::Request(_) => Cow::Borrowed(""),
        }
    }

    /// Adds the values that results are kept by. Of a name that stands several times every value counts: a function may
    /// look at any of them.
    pub(super) fn add_to(&self, digest: &mut Digest, exchange: &Exchange) {
        match self {
            IdentitySources::Token { .. } => digest.add(self.token(exchange).as_bytes()),
            IdentitySources::Request(sources) => {
                for (_, source) in sources {
                    digest.add_all(source.values_of_request(exchange));
                }
            }
        }
    }

    /// What a client sends to be known by, which nothing shows.
    pub(crate) fn secrets<'e>(&'e self, exchange: &'e Exchange) -> Vec<Cow<'e, str>> {
        match self {
            IdentitySources::Token { header, .. } => exchange.header_values(header).collect(),
            IdentitySources::Request(sources) => {
                let sent = sources.iter().map(|(_, source)| source).filter(|source| {
                    !matches!(source, Source::Context(_) | Source::StageVariable(_))
                });
                sent.flat_map(|source| source.values_of_request(exchange)).collect()
            }
        }
    }
}

fn token<'e>(header: &str, exchange: &'e Exchange) -> Option<Cow<'e, str>> {
    exchange.header(header).filter(|token| !token.is_empty())
}
