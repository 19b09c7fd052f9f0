//! How APIs are served and by whom they may be called: stages, domains, plans, keys, roles, pools.

use std::fmt::Write;
use vestibule_import::Definitions;
use vestibule_restapi::{
    DomainName, MethodSetting, PermissionsBoundary, Role, Stage, ThrottleSettings, UsagePlan,
    UserPool,
};

macro_rules! line {
    ($text:expr, $($arguments:tt)*) => { writeln!($text, $($arguments)*).unwrap() };
}

/// A line a fact.
pub(super) fn write(definitions: &Definitions, text: &mut String) {
    definitions.stages.iter().for_each(|stage| self::stage(stage, text));
    definitions.domain_names.iter().for_each(|domain| self::domain(domain, text));
    definitions.usage_plans.iter().for_each(|plan| self::plan(plan, text));
    for key in &definitions.api_keys {
        let name = key.name.as_ref().map_or("(none)", |name| name.as_str());
        let value = if key.value.is_some() { " with a value" } else { "" };
        let enabled = if key.is_enabled { "enabled" } else { "disabled" };
        line!(text, "api key {} {name} {enabled}{value} at {}", key.id, key.place);
    }
    definitions.roles.iter().for_each(|role| self::role(role, text));
    definitions.user_pools.iter().for_each(|pool| self::pool(pool, text));
}

fn stage(stage: &Stage, text: &mut String) {
    let place = stage.place.as_ref().map(ToString::to_string).unwrap_or_default();
    line!(text, "stage {} of {} at {place}", stage.name, stage.api);
    stage.deployment.iter().for_each(|deployment| line!(text, "  deployment {}", &**deployment));
    stage.description.iter().for_each(|description| line!(text, "  description {description:?}"));
    for (name, value) in &stage.variables {
        line!(text, "  variable {name} = {value}");
    }
    stage.method_settings.iter().for_each(|setting| method_setting(setting, text));
    if let Some((place, size)) = &stage.cache_cluster {
        line!(text, "  cache cluster {size:?} at {place}");
    }
    if let Some(canary) = &stage.canary {
        line!(text, "  canary {}% {:?}", canary.percent_traffic, canary.variable_overrides);
    }
    stage.tracing.iter().for_each(|place| line!(text, "  tracing at {place}"));
    if let Some(log) = &stage.access_log {
        let (to, format) = (log.destination.as_deref(), log.format.as_deref());
        line!(text, "  access log to {to:?}: {format:?}");
    }
}

fn method_setting(setting: &MethodSetting, text: &mut String) {
    let path = setting.resource_path.as_deref().unwrap_or("/*");
    let verb = setting.http_method.map_or("*", vestibule_restapi::HttpMethod::as_str);
    let mut line = format!("  settings of {verb} {path}:");
    let mut add = |name: &str, value: Option<String>| {
        value.iter().for_each(|value| line.push_str(&format!(" {name}={value}")));
    };
    add("metrics", setting.metrics.map(|value| value.to_string()));
    add("log", setting.logging_level.map(|value| format!("{value:?}")));
    add("trace", setting.data_trace.map(|value| value.to_string()));
    add("rate", setting.rate_per_second.map(|value| value.to_string()));
    add("burst", setting.burst_requests.map(|value| value.to_string()));
    add("caching", setting.caching.map(|value| value.to_string()));
    add("ttl", setting.cache_ttl_s.map(|value| value.to_string()));
    add("encrypted", setting.cache_data_encrypted.map(|value| value.to_string()));
    line!(text, "{line}");
}

fn domain(domain: &DomainName, text: &mut String) {
    let tls = if domain.mutual_tls.is_some() { " with mutual TLS" } else { "" };
    line!(text, "domain {}{tls} at {}", &*domain.name, domain.place);
    for mapping in &domain.mappings {
        let path = mapping.base_path.as_deref().unwrap_or("(none)");
        let stage = mapping.stage.as_ref().map_or("(none)", |stage| stage.as_str());
        line!(text, "  {path} -> {} {stage}", mapping.api);
    }
}

fn throttle(throttle: &ThrottleSettings) -> String {
    format!("rate {:?} burst {:?}", throttle.rate_per_second, throttle.burst_requests)
}

fn plan(plan: &UsagePlan, text: &mut String) {
    let name = plan.name.as_ref().map_or("(none)", |name| name.as_str());
    line!(text, "usage plan {} {name} at {}", plan.id, plan.place);
    plan.throttle.iter().for_each(|limits| line!(text, "  throttle {}", throttle(limits)));
    plan.quota.iter().for_each(|quota| line!(text, "  quota {quota:?}"));
    for stage in &plan.stages {
        line!(text, "  stage {} {}", stage.api, stage.stage);
        for (method, limits) in &stage.throttle {
            line!(text, "    {method}: {}", throttle(limits));
        }
    }
    plan.keys.iter().for_each(|key| line!(text, "  key {key}"));
}

fn role(role: &Role, text: &mut String) {
    line!(text, "role {} at {}", role.arn, role.place);
    role.policies.iter().for_each(|policy| line!(text, "  policy {}", &**policy));
    role.managed_policies.iter().for_each(|arn| line!(text, "  managed policy {}", &**arn));
    match &role.permissions_boundary {
        Some(PermissionsBoundary::Document(document)) => {
            line!(text, "  permissions boundary {}", &**document);
        }
        Some(PermissionsBoundary::Unknown(arn)) => {
            line!(text, "  permissions boundary {} unknown", &**arn);
        }
        None => {}
    }
}

fn pool(pool: &UserPool, text: &mut String) {
    line!(text, "user pool {} {} clients {:?} at {}", pool.id, pool.arn, pool.clients, pool.place);
}
