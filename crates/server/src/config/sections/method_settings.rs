//! `[[method_settings]]`: how many requests the methods of a stage take, and which of their answers are cached, beside what the
//! definition says of it.

use vestibule_restapi::{Place, UnauthorizedCacheControl};

use super::super::error::Error;
use super::super::value::ValueError;
use super::Section;
use super::table::{Entries, Table};

/// The longest time that an answer is cached, in seconds (AWS).
const CACHE_TTL_S_MAX: u32 = 3_600;

pub(super) const SECTION: Section = Section {
    name: "method_settings",
    summary: "How many requests the methods of a stage take, of all clients together, and which answers are cached",
    detail: "`stage` is the id or the name of an API, a slash and the stage. `method` is `*/*` for every method of it, which each \
             counts by itself, `/path/*` for every one of a resource, or `/path/VERB`; the root's is `//VERB`. A setting here \
             replaces what the definition says of the same; of several that fit a method, the most exact counts, here or there. A rate \
             of -1 is no limit, of 0 lets none in. See docs/limits.md. `caching_enabled` caches answers, and gives the stage a \
             cache where the definition gives it none; `cache_ttl_in_seconds`, `require_authorization_for_cache_control` and \
             `unauthorized_cache_control_header_strategy` are those of Terraform. See docs/cache.md.",
    example: "[[method_settings]]\nstage = \"shop/prod\"\nmethod = \"/items/GET\"\nthrottling_rate_limit = 100\n\
              throttling_burst_limit = 20",
};

/// What is said of the methods of a stage.
#[derive(Debug, Clone)]
pub struct StageMethodSettings {
    /// The stage, as written: `shop/prod`.
    pub stage: String,
    /// The methods, as written: `/items/GET`.
    pub method: String,
    /// Requests a second; -1 is no limit.
    pub rate_per_second: Option<f64>,
    /// Requests at once.
    pub burst_requests: Option<u32>,
    /// Whether answers are cached.
    pub caching: Option<bool>,
    /// For how many seconds.
    pub cache_ttl_s: Option<u32>,
    /// Whether answers are fetched anew for whom a policy allows that alone.
    pub require_authorization_for_cache_control: Option<bool>,
    /// What becomes of a request of anybody else that asks for it.
    pub unauthorized_cache_control: Option<UnauthorizedCacheControl>,
    /// Where it is said.
    pub place: Place,
}

pub(super) fn read(entries: Entries<'_>) -> Result<Vec<StageMethodSettings>, Error> {
    entries.list()?.into_iter().map(setting).collect()
}

fn setting(mut table: Table<'_>) -> Result<StageMethodSettings, Error> {
    let stage = table.required_text("stage")?.value;
    let method = table.text("method")?.map_or_else(|| "*/*".to_owned(), |text| text.value);
    let rate_per_second = table.rate("throttling_rate_limit")?;
    let burst_requests = table.whole("throttling_burst_limit")?;
    let caching = table.switch("caching_enabled")?;
    let cache_ttl_s = table.whole("cache_ttl_in_seconds")?;
    let require_authorization_for_cache_control =
        table.switch("require_authorization_for_cache_control")?;
    let unauthorized_cache_control = unauthorized(&mut table)?;
    if cache_ttl_s.is_some_and(|seconds| seconds > CACHE_TTL_S_MAX) {
        let help = "say 0 to 3600 seconds".to_owned();
        return Err(table.wrong("caches answers for longer than AWS does", Some(help)));
    }
    let is_of_cache = caching.is_some()
        || cache_ttl_s.is_some()
        || require_authorization_for_cache_control.is_some()
        || unauthorized_cache_control.is_some();
    if rate_per_second.is_none() && burst_requests.is_none() && !is_of_cache {
        let help = "say `throttling_rate_limit`, requests a second, and `throttling_burst_limit`, \
                    requests at once";
        return Err(table.wrong("has no limit", Some(help.to_owned())));
    }
    let place = table.definition();
    table.finish()?;
    Ok(StageMethodSettings {
        stage,
        method,
        rate_per_second,
        burst_requests,
        caching,
        cache_ttl_s,
        require_authorization_for_cache_control,
        unauthorized_cache_control,
        place,
    })
}

fn unauthorized(table: &mut Table<'_>) -> Result<Option<UnauthorizedCacheControl>, Error> {
    let Some(text) = table.text("unauthorized_cache_control_header_strategy")? else {
        return Ok(None);
    };
    let strategy = UnauthorizedCacheControl::parse(&text.value).ok_or(ValueError {
        reason: "not a strategy",
        help: "say `FAIL_WITH_403`, `SUCCEED_WITH_RESPONSE_HEADER` or `SUCCEED_WITHOUT_RESPONSE_HEADER`",
    });
    strategy.map(Some).map_err(|error| text.invalid(error))
}
