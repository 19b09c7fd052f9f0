//! `[[usage_plans]]`: which API keys open which stages, and how often.

use vestibule_restapi::{Place, QuotaPeriod, QuotaSettings, ThrottleSettings};

use super::super::error::Error;
use super::super::value::ValueError;
use super::Section;
use super::table::{Entries, Table, Text};

pub(super) const SECTION: Section = Section {
    name: "usage_plans",
    summary: "Which API keys open which stages, and how often",
    detail: "`name` is the name, the logical id, the Terraform address or the id of a plan of the definition, which then gets what \
             is said here; any other one is a plan of its own. `stages` are the id or the name of an API, a slash and the stage; \
             `keys` are ids of keys, of this file or of the definition. Both are added to those of the definition. `throttle` \
             bounds each key, `quota` counts its requests in a period (`DAY`, `WEEK` or `MONTH`, which begins on the day \
             `offset`, from 0), and each of `methods` bounds a key for one method; they replace what the definition says of the \
             same. `stage` may be left out of a method where the plan has one stage. See docs/limits.md.",
    example: "[[usage_plans]]\nname = \"partners\"\nstages = [\"shop/prod\"]\nkeys = [\"partner\"]\n\
              throttle = { rate_limit = 10, burst_limit = 20 }\n\
              quota = { limit = 10000, period = \"MONTH\", offset = 0 }\n\n\
              [[usage_plans.methods]]\nmethod = \"/items/GET\"\nrate_limit = 2\nburst_limit = 4",
};

/// A usage plan, or what is said of one of the definition.
#[derive(Debug, Clone)]
pub struct UsagePlanSettings {
    /// Its name.
    pub name: String,
    /// The stages that it opens, as written: `shop/prod`.
    pub stages: Vec<String>,
    /// The ids of its keys, as written.
    pub keys: Vec<String>,
    /// How often each of its keys may call.
    pub throttle: Option<ThrottleSettings>,
    /// How often in a period.
    pub quota: Option<QuotaSettings>,
    /// How often each of its keys may call single methods.
    pub methods: Vec<MethodLimitSettings>,
    /// Where it is said.
    pub place: Place,
}

/// How often a key may call a method.
#[derive(Debug, Clone)]
pub struct MethodLimitSettings {
    /// The stage, as written; none where the plan has one.
    pub stage: Option<String>,
    /// The method, as written: `/items/GET`.
    pub method: String,
    /// How often.
    pub throttle: ThrottleSettings,
    /// Where it is said.
    pub place: Place,
}

pub(super) fn read(entries: Entries<'_>) -> Result<Vec<UsagePlanSettings>, Error> {
    entries.list()?.into_iter().map(plan).collect()
}

fn plan(mut table: Table<'_>) -> Result<UsagePlanSettings, Error> {
    let name = table.required_text("name")?.value;
    let mut texts = |key| {
        let texts = table.texts(key)?.into_iter().map(|text| text.value);
        Ok::<Vec<String>, Error>(texts.collect())
    };
    let (stages, keys) = (texts("stages")?, texts("keys")?);
    let throttle = table.table("throttle")?.map(throttle).transpose()?;
    let quota = table.table("quota")?.map(quota).transpose()?;
    let methods = table.list("methods")?;
    let methods = methods.into_iter().map(method).collect::<Result<_, _>>()?;
    let place = table.definition();
    table.finish()?;
    Ok(UsagePlanSettings { name, stages, keys, throttle, quota, methods, place })
}

fn throttle(mut table: Table<'_>) -> Result<ThrottleSettings, Error> {
    let throttle = limits(&mut table)?;
    table.finish()?;
    Ok(throttle)
}

fn limits(table: &mut Table<'_>) -> Result<ThrottleSettings, Error> {
    let rate_per_second = table.rate("rate_limit")?;
    let burst_requests = table.whole("burst_limit")?;
    if rate_per_second.is_none() && burst_requests.is_none() {
        let help = "say `rate_limit`, requests a second, and `burst_limit`, requests at once";
        return Err(table.wrong("has no limit", Some(help.to_owned())));
    }
    Ok(ThrottleSettings { rate_per_second, burst_requests })
}

fn quota(mut table: Table<'_>) -> Result<QuotaSettings, Error> {
    let limit = table.whole("limit")?;
    let quota_requests = limit.ok_or_else(|| table.wrong("lacks `limit`", None))?;
    let period = period(&table.required_text("period")?)?;
    let offset = table.whole("offset")?.unwrap_or(0);
    table.finish()?;
    Ok(QuotaSettings { quota_requests, offset, period })
}

fn period(text: &Text) -> Result<QuotaPeriod, Error> {
    let periods = [QuotaPeriod::Day, QuotaPeriod::Week, QuotaPeriod::Month];
    let named = periods.into_iter().find(|period| period.as_str() == text.value);
    named.ok_or_else(|| {
        text.invalid(ValueError { reason: "not a period", help: "say `DAY`, `WEEK` or `MONTH`" })
    })
}

fn method(mut table: Table<'_>) -> Result<MethodLimitSettings, Error> {
    let stage = table.text("stage")?.map(|text| text.value);
    let method = table.required_text("method")?.value;
    let throttle = limits(&mut table)?;
    let place = table.definition();
    table.finish()?;
    Ok(MethodLimitSettings { stage, method, throttle, place })
}
