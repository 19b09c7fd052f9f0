//! `[[method_settings]]`: how many requests the methods of a stage take, beside what the definition says of it.

use vestibule_restapi::Place;

use super::super::error::Error;
use super::Section;
use super::table::{Entries, Table};

pub(super) const SECTION: Section = Section {
    name: "method_settings",
    summary: "How many requests the methods of a stage take, of all clients together",
    detail: "`stage` is the id or the name of an API, a slash and the stage. `method` is `*/*` for every method of it, which each \
             counts by itself, `/path/*` for every one of a resource, or `/path/VERB`; the root's is `//VERB`. A setting here \
             replaces what the definition says of the same; of several that fit a method, the most exact counts, here or there. A rate \
             of -1 is no limit, of 0 lets none in. See docs/limits.md.",
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
    if rate_per_second.is_none() && burst_requests.is_none() {
        let help = "say `throttling_rate_limit`, requests a second, and `throttling_burst_limit`, \
                    requests at once";
        return Err(table.wrong("has no limit", Some(help.to_owned())));
    }
    let place = table.definition();
    table.finish()?;
    Ok(StageMethodSettings { stage, method, rate_per_second, burst_requests, place })
}
