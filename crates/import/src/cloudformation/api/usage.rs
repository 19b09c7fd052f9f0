//! `AWS::ApiGateway::ApiKey`, `UsagePlan` and `UsagePlanKey`.
//! AWS docs: aws-resource-apigateway-usageplan.

use super::Item;
use super::settings::{PLAN_STAGE, QUOTA, THROTTLE};
use super::stage::{stage_name, unlimited};
use crate::definitions::Definitions;
use crate::reader::Reader;
use crate::tree::Node;
use vestibule_restapi::{
    ApiKey, ApiKeyValue, Code, Diagnostic, QuotaPeriod, QuotaSettings, ThrottleSettings, UsagePlan,
    UsagePlanStage,
};

/// Reads the keys and plans of all templates.
pub(super) fn read(items: &[Item<'_>], definitions: &mut Definitions, reader: &mut Reader<'_>) {
    let of = |kind: &'static str| {
        items.iter().filter(move |item| item.kind.strip_prefix("AWS::ApiGateway::") == Some(kind))
    };
    let keys: Vec<ApiKey> = of("ApiKey").map(|item| key(item, reader)).collect();
    let mut plans: Vec<UsagePlan> =
        of("UsagePlan").map(|item| plan(item, definitions, reader)).collect();
    for item in of("UsagePlanKey") {
        let (Some(key), Some(plan)) =
            (item.required("KeyId", reader), item.required("UsagePlanId", reader))
        else {
            continue;
        };
        match plans.iter_mut().find(|known| known.id == *plan) {
            Some(plan) => plan.keys.push(key.to_string()),
            None => {
                let message = format!("no usage plan has the id `{}`", &*plan);
                let finding = Diagnostic::error(Code::UnknownReference, message);
                reader.error(finding.at(plan.whole()));
            }
        }
    }
    definitions.api_keys.extend(keys);
    definitions.usage_plans.extend(plans);
}

fn key(item: &Item<'_>, reader: &mut Reader<'_>) -> ApiKey {
    ApiKey {
        id: item.name.to_owned(),
        label: item.entry.name().to_owned(),
        name: item.get("Name").and_then(|node| reader.text(node)),
        value: item.get("Value").and_then(|node| reader.text(node)).map(ApiKeyValue),
        is_enabled: item.get("Enabled").is_some_and(|node| reader.boolean(node) == Some(true)),
        place: item.entry.key.place(),
    }
}

fn plan(item: &Item<'_>, definitions: &Definitions, reader: &mut Reader<'_>) -> UsagePlan {
    let stages = item.get("ApiStages").map_or_else(Vec::new, |node| reader.array(node));
    let stages = stages.into_iter().filter_map(|node| plan_stage(node, definitions, reader));
    UsagePlan {
        id: item.name.to_owned(),
        label: item.entry.name().to_owned(),
        stages: stages.collect(),
        name: item.get("UsagePlanName").and_then(|node| reader.text(node)),
        throttle: item.get("Throttle").map(|node| throttle(node, reader)),
        quota: item.get("Quota").and_then(|node| quota(node, reader)),
        keys: vec![],
        place: item.entry.key.place(),
    }
}

fn plan_stage(
    node: Node<'_>,
    definitions: &Definitions,
    reader: &mut Reader<'_>,
) -> Option<UsagePlanStage> {
    reader.properties(node, &PLAN_STAGE);
    let id = reader.required_text(node, PLAN_STAGE.what, "ApiId")?;
    let stage = reader.required_text(node, PLAN_STAGE.what, "Stage")?;
    let Some(api) = definitions.apis.iter().find(|api| api.id.as_str() == &*id) else {
        let message = format!("no API has the id `{}`", &*id);
        reader.error(Diagnostic::error(Code::UnknownReference, message).at(id.whole()));
        return None;
    };
    let limits = node.get("Throttle").map_or_else(Vec::new, |node| reader.object(node));
    let limit =
        |entry: crate::tree::Entry<'_>| (entry.name().to_owned(), throttle(entry.value, reader));
    let throttle = limits.into_iter().map(limit).collect();
    Some(UsagePlanStage { api: api.id.clone(), stage: stage_name(&stage, reader)?, throttle })
}

fn throttle(node: Node<'_>, reader: &mut Reader<'_>) -> ThrottleSettings {
    reader.properties(node, &THROTTLE);
    let get = |name: &str| node.get(name).filter(|node| !node.is_null());
    ThrottleSettings {
        rate_per_second: get("RateLimit").and_then(|node| reader.decimal(node)),
        burst_requests: get("BurstLimit").and_then(|node| unlimited(node, reader)),
    }
}

fn quota(node: Node<'_>, reader: &mut Reader<'_>) -> Option<QuotaSettings> {
    reader.properties(node, &QUOTA);
    let periods =
        [("DAY", QuotaPeriod::Day), ("WEEK", QuotaPeriod::Week), ("MONTH", QuotaPeriod::Month)];
    let period = node.get("Period").and_then(|node| reader.word(node, &periods));
    let limit = node.get("Limit").and_then(|node| reader.integer(node, 0..=u32::MAX));
    let offset = node.get("Offset").and_then(|node| reader.integer(node, 0..=u32::MAX));
    Some(QuotaSettings { quota_requests: limit?, offset: offset.unwrap_or(0), period: period? })
}
