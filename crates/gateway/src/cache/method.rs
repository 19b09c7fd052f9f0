//! What a stage asks for the answers of one method, with what names them.

use super::key::CacheNames;
use crate::digest::{Digest, Key};
use crate::error::Stop;
use crate::exchange::Exchange;
use crate::respond::Draft;
use http::StatusCode;
use http::header::{
    ACCEPT_ENCODING, CONTENT_ENCODING, HeaderName, IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH,
    IF_RANGE, IF_UNMODIFIED_SINCE, RANGE,
};
use std::sync::Arc;
use std::time::Duration;
use vestibule_restapi::{HttpMethod, UnauthorizedCacheControl};

/// What makes a request conditional, or one for a part.
const CONDITIONS: [HeaderName; 6] =
    [IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE, IF_UNMODIFIED_SINCE, RANGE];

/// Statuses of answers to such requests.
const OF_CONDITIONS: [StatusCode; 4] = [
    StatusCode::PARTIAL_CONTENT,
    StatusCode::NOT_MODIFIED,
    StatusCode::PRECONDITION_FAILED,
    StatusCode::RANGE_NOT_SATISFIABLE,
];

/// AWS's default of `cacheTtlInSeconds`.
const TTL_S: u32 = 300;

/// What method settings say of the cache, with AWS's defaults.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Caching {
    pub(crate) ttl: Duration,
    /// Whether an answer is fetched anew for whom a policy allows that alone.
    pub(crate) requires_authorization: bool,
    /// What becomes of a request of anybody else that asks for it.
    pub(crate) unauthorized: UnauthorizedCacheControl,
}

impl Caching {
    /// Of what is said; none of answers that are kept for no time.
    pub(crate) fn of(
        ttl_s: Option<u32>,
        requires_authorization: Option<bool>,
        unauthorized: Option<UnauthorizedCacheControl>,
    ) -> Option<Caching> {
        let ttl = Duration::from_secs(ttl_s.unwrap_or(TTL_S).into());
        (!ttl.is_zero()).then_some(Caching {
            ttl,
            requires_authorization: requires_authorization.unwrap_or(true),
            unauthorized: unauthorized.unwrap_or(UnauthorizedCacheControl::SucceedWithHeader),
        })
    }
}

/// The answers of a method of a stage that has a cache.
#[derive(Debug)]
pub(crate) struct MethodCache {
    pub(super) caching: Caching,
    /// The stage, as its entries are known.
    pub(super) stage: Arc<str>,
    /// What the keys of all its entries have in common.
    common: Digest,
    /// Whether the client's `Accept-Encoding` is told by the key.
    pub(super) tells_coding: bool,
    /// Of a method for any verb, whose GET requests alone are cached (ours).
    is_of_any_verb: bool,
}

impl MethodCache {
    pub(crate) fn new(
        caching: Caching,
        stage: Arc<str>,
        verb: HttpMethod,
        names: &CacheNames,
    ) -> MethodCache {
        let is_of_any_verb = verb == HttpMethod::Any;
        let verb = if is_of_any_verb { HttpMethod::Get } else { verb };
        let common = names.common(&stage, verb.as_str());
        let tells_coding = names.tells_coding;
        MethodCache { caching, stage, common, tells_coding, is_of_any_verb }
    }

    /// Whether answers to a request with this verb are cached.
    pub(super) fn takes(&self, verb: &str) -> bool {
        !self.is_of_any_verb || verb == HttpMethod::Get.as_str()
    }

    /// Whether a header of the client may go to the endpoint as it is: not one that asks for another answer than the key tells of, a part
    /// of it, none where the client has it already, or a coding.
    pub(crate) fn forwards(&self, name: &HeaderName) -> bool {
        !CONDITIONS.contains(name) && (self.tells_coding || *name != ACCEPT_ENCODING)
    }

    /// Whether an answer is what everybody would get: not one to a condition or a range, nor one in a coding that the key does not tell.
    pub(super) fn is_for_all(&self, answer: &Draft) -> bool {
        let is_encoded = answer.is_encoded || answer.headers.contains_key(CONTENT_ENCODING);
        !OF_CONDITIONS.contains(&answer.status) && (self.tells_coding || !is_encoded)
    }

    /// The key of a request's entry.
    pub(super) fn key(&self, names: &CacheNames, exchange: &Exchange) -> Result<Key, Stop> {
        names.key(&self.common, exchange)
    }
}
