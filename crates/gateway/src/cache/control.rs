//! What a client may ask of the cache: `Cache-Control: max-age=0` has the answer fetched anew. No other directive has an effect (AWS docs:
//! api-gateway-caching; that it may stand in a list is inferred).

use super::MethodCache;
use crate::authorize;
use crate::error::Stop;
use crate::exchange::Exchange;
use crate::route::Target;
use crate::site::Method;
use http::header::CACHE_CONTROL;
use vestibule_restapi::UnauthorizedCacheControl;

/// Whether a request has its answer fetched anew. One that asks to and may not is answered as its stage says.
pub(super) fn is_invalidation(
    cache: &MethodCache,
    target: &Target,
    method: &Method,
    exchange: &mut Exchange,
) -> Result<bool, Stop> {
    if !is_asked(exchange) {
        return Ok(false);
    }
    if !cache.caching.requires_authorization {
        return Ok(true);
    }
    let Err(refused) = authorize::may_invalidate(target, method, exchange) else { return Ok(true) };
    match cache.caching.unauthorized {
        UnauthorizedCacheControl::Fail => Err(refused),
        UnauthorizedCacheControl::SucceedWithHeader => {
            exchange.is_cache_control_ignored = true;
            Ok(false)
        }
        UnauthorizedCacheControl::SucceedWithoutHeader => Ok(false),
    }
}

fn is_asked(exchange: &Exchange) -> bool {
    let lists = exchange.headers.get_all(CACHE_CONTROL).iter();
    let mut directives =
        lists.filter_map(|list| list.to_str().ok()).flat_map(|list| list.split(','));
    directives.any(|directive| {
        directive.split_once('=').is_some_and(|(name, value)| {
            name.trim().eq_ignore_ascii_case("max-age") && value.trim() == "0"
        })
    })
}
