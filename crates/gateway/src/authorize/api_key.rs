//! API keys: whether the key of a caller opens the stage. AWS docs: api-gateway-api-usage-plans.
//!
//! A client reads the same of every refusal (recorded on AWS); its operator reads which rule decided, and never a key.

use super::Identity;
use crate::error::{GatewayError, Stop};
use crate::exchange::Exchange;
use crate::observe;
use crate::site::{ApiKeys, KeyOfPlan, RequiredApiKey, Route, StageView};
use std::borrow::Cow;
use vestibule_restapi::{ApiKeySource, GatewayResponseType};

/// The header of a key.
const HEADER: &str = "x-api-key";

/// Why a key does not open a stage, and what to do.
struct Refusal {
    why: String,
    help: &'static str,
}

/// Lets a caller with a key of a plan for this stage go on, and notes the key in its identity.
pub(super) fn check<'k>(
    keys: &'k ApiKeys,
    stage: &StageView,
    required: &RequiredApiKey,
    exchange: &mut Exchange,
) -> Result<KeyOfPlan<'k>, Stop> {
    let shown = shown(required, exchange).map(Cow::into_owned).unwrap_or_default();
    match decide(keys, stage, required.source, &shown) {
        Ok(opened) => {
            exchange.identity.members.push(("apiKey", shown));
            exchange.identity.members.push(("apiKeyId", opened.key.id.to_string()));
            Ok(opened)
        }
        Err(Refusal { why, help }) => {
            let kind = GatewayResponseType::InvalidApiKey;
            let error = GatewayError::new(kind, "ForbiddenException", "Forbidden");
            let error = error.detail(why, Some(required.place.clone()));
            let logged = refused(stage, &shown, exchange);
            Err(error.help(Some(help.to_owned())).logged(logged).into())
        }
    }
}

/// The key that a request shows for a method that requires one.
pub(crate) fn shown<'e>(required: &RequiredApiKey, exchange: &'e Exchange) -> Option<Cow<'e, str>> {
    match required.source {
        ApiKeySource::Header => exchange.header(HEADER),
        ApiKeySource::Authorizer => usage_identifier_key(&exchange.identity).map(Cow::from),
    }
}

/// A refusal in the words of AWS's execution log (users' reports; without a key AWS's page about troubleshooting).
fn refused(stage: &StageView, shown: &str, exchange: &Exchange) -> String {
    let route = exchange.matched.and_then(|index| stage.snapshot().route(index));
    let method = route.map_or_else(String::new, Route::named);
    let (key, why) = match shown {
        "" => (String::new(), "No API Key"),
        key => (observe::masked(key), "No Usage Plan found for key and API Stage"),
    };
    let (api, stage) = (stage.api_id(), stage.name());
    format!(
        "API Key {key} not authorized because method '{method}' requires API Key and API Key is not associated with a Usage Plan \
         for API Stage {api}/{stage}: {why}"
    )
}

/// The key that was shown and its plan, when it opens the stage.
fn decide<'k>(
    keys: &'k ApiKeys,
    stage: &StageView,
    source: ApiKeySource,
    shown: &str,
) -> Result<KeyOfPlan<'k>, Refusal> {
    let refuse = |why: String, help: &'static str| Err(Refusal { why, help });
    if shown.is_empty() {
        return match source {
            ApiKeySource::Header => {
                refuse("no API key was sent".to_owned(), "send one in the header `x-api-key`")
            }
            ApiKeySource::Authorizer => refuse(
                "the authorizer gave no API key".to_owned(),
                "let its function return the value of a key as `usageIdentifierKey`: no header is looked at",
            ),
        };
    }
    let Some(key) = keys.find(shown) else {
        let why = match source {
            ApiKeySource::Header => "the API key that was sent is unknown",
            ApiKeySource::Authorizer => "the API key that the authorizer gave is unknown",
        };
        return refuse(why.to_owned(), "the value of a key is wanted, neither its id nor its name");
    };
    let label = &key.label;
    if !key.is_enabled {
        return refuse(format!("the API key `{label}` is disabled"), "enable the key");
    }
    if let Some(opened) = keys.plans_of(key).find(|of| of.plan.holds(stage)) {
        return Ok(opened);
    }
    let plans: Vec<String> = keys.plans_of(key).map(|of| format!("`{}`", of.plan.name)).collect();
    let of = format!("the stage `{}` of `{}`", stage.name(), stage.api_name());
    let why = match plans.as_slice() {
        [] => format!("the API key `{label}` is in no usage plan"),
        [plan] => format!("the usage plan {plan} of the API key `{label}` does not hold {of}"),
        [..] => {
            let plans = plans.join(", ");
            format!("none of the usage plans {plans} of the API key `{label}` holds {of}")
        }
    };
    refuse(why, "add the stage to a usage plan of the key, or the key to a plan of the stage")
}

fn usage_identifier_key(identity: &Identity) -> Option<&str> {
    identity.authorizer.as_ref()?.usage_identifier_key.as_deref()
}
