//! What a stage asks for and the gateway does not do yet: named, each once. What a usage plan cannot have.

use crate::limits::{ACCESS_LOG_FORMAT_BYTES_MAX, PLAN_METHODS_MAX};
use crate::observe::AccessLogFormat;
use vestibule_restapi::{
    AccessLogSettings, CanarySettings, Code, Diagnostic, Place, QuotaPeriod, QuotaSettings,
    Sourced, Stage, UsagePlan,
};

/// Warns of what has no effect.
pub fn check_stage(stage: &Stage, diagnostics: &mut Vec<Diagnostic>) {
    let mut warn = |message: &str, place: &Place| {
        let finding = Diagnostic::warning(Code::UnsupportedFeature, message);
        diagnostics.push(finding.at(place.clone()));
    };
    if let Some(certificate) = &stage.client_certificate {
        warn("client certificates are not sent to backends yet", &certificate.whole());
    }
    if let Some(place) = &stage.tracing {
        let message = "traces are not sent to X-Ray";
        let finding = Diagnostic::warning(Code::UnsupportedFeature, message).at(place.clone());
        let help = "name a collector of OpenTelemetry in `OTEL_EXPORTER_OTLP_ENDPOINT`; `OTEL_TRACES_SAMPLER` says which requests it gets";
        diagnostics.push(finding.help(help));
    }
    if let Some(access_log) = &stage.access_log {
        check_access_log(access_log, diagnostics);
    }
    if let Some(canary) = &stage.canary {
        check_canary(stage, canary, diagnostics);
    }
    check_cache(stage, diagnostics);
}

/// Refuses a share that is none, and warns of a deployment that is not another one here.
fn check_canary(stage: &Stage, canary: &CanarySettings, diagnostics: &mut Vec<Diagnostic>) {
    let percent = canary.percent_traffic;
    if !(0.0..=100.0).contains(&percent) {
        let message = format!("the canary of the stage `{}` takes {percent} percent", stage.name);
        let finding = Diagnostic::error(Code::InvalidValue, message).at(canary.place.clone());
        diagnostics.push(finding.help("write 0 to 100"));
    }
    let is_of_stage = |own: &Sourced| stage.deployment.as_deref() == Some(&**own);
    if let Some(deployment) = canary.deployment.as_ref().filter(|own| !is_of_stage(own)) {
        let message = format!("the canary of the stage `{}` has no API of its own", stage.name);
        let finding = Diagnostic::warning(Code::UnsupportedFeature, message);
        let note = "every deployment is the API as it stands in these files, for the stage as for its canary";
        let help = "what its stage variables say differs: `StageVariableOverrides`";
        diagnostics.push(finding.at(deployment.whole()).note(note).help(help));
    }
}

/// Refuses a size that no cache of AWS has, and warns of what turns nothing on.
fn check_cache(stage: &Stage, diagnostics: &mut Vec<Diagnostic>) {
    const SIZES: [&str; 8] = ["0.5", "1.6", "6.1", "13.5", "28.4", "58.2", "118", "237"];
    let name = &stage.name;
    let mut cached = stage.method_settings.iter().filter(|setting| setting.caching == Some(true));
    match &stage.cache_cluster {
        None => {
            let Some(setting) = cached.next() else { return };
            let message = format!("the stage `{name}` has no cache: its answers are not cached");
            let finding =
                Diagnostic::warning(Code::CachingWithoutEffect, message).at(setting.place.clone());
            diagnostics.push(finding.help("enable it: `CacheClusterEnabled`"));
        }
        Some((place, Some(size))) if !SIZES.contains(&size.as_str()) => {
            let message = format!("`{size}` is no size of a cache");
            let finding = Diagnostic::error(Code::InvalidValue, message).at(place.clone());
            diagnostics.push(finding.help(format!("it is one of {}", SIZES.join(", "))));
        }
        Some((place, _)) if cached.next().is_none() => {
            let message = format!("the cache of the stage `{name}` is empty: no method uses it");
            let finding =
                Diagnostic::warning(Code::CachingWithoutEffect, message).at(place.clone());
            diagnostics.push(finding.help("say `CachingEnabled` of its methods"));
        }
        Some(_) => {}
    }
}

/// Warns of a form of the access log that AWS takes otherwise than it is meant, or not at all.
fn check_access_log(access_log: &AccessLogSettings, diagnostics: &mut Vec<Diagnostic>) {
    let Some(text) = &access_log.format else { return };
    let format = AccessLogFormat::parse(text.as_str());
    for (name, span, meant) in format.unknown() {
        let message = format!("there is no `$context.{name}` in access logs: it prints `-`");
        let finding = Diagnostic::warning(Code::UnknownVariable, message).at(text.place(span));
        diagnostics.push(match meant {
            Some(meant) => finding.help(format!("did you mean `$context.{meant}`?")),
            None => finding,
        });
    }
    if !format.has_id() {
        let message = "the form of the access log has no id of the request; AWS refuses it";
        let help = "add `$context.requestId` or `$context.extendedRequestId`";
        let finding = Diagnostic::warning(Code::InvalidValue, message).at(text.whole());
        diagnostics.push(finding.help(help));
    }
    if text.as_str().len() > ACCESS_LOG_FORMAT_BYTES_MAX {
        let message =
            format!("the form of the access log has more than {ACCESS_LOG_FORMAT_BYTES_MAX} bytes");
        diagnostics.push(Diagnostic::warning(Code::LimitExceeded, message).at(text.whole()));
    }
}

/// Refuses what AWS does not take of a usage plan's limits.
pub fn check_usage_plan(plan: &UsagePlan, diagnostics: &mut Vec<Diagnostic>) {
    let name = plan.name.as_deref().unwrap_or(&plan.label);
    let mut refuse = |code: Code, message: String, help: String| {
        diagnostics.push(Diagnostic::error(code, message).at(plan.place.clone()).help(help));
    };
    for held in plan.stages.iter().filter(|held| held.throttle.len() > PLAN_METHODS_MAX) {
        let (stage, number) = (&held.stage, held.throttle.len());
        let message =
            format!("the usage plan `{name}` limits {number} methods of the stage `{stage}`");
        let help = format!("AWS takes {PLAN_METHODS_MAX}: limit the others by the whole plan");
        refuse(Code::LimitExceeded, message, help);
    }
    // Terraform's provider says so before AWS does.
    let Some(QuotaSettings { offset, period, .. }) = &plan.quota else { return };
    let most = match period {
        QuotaPeriod::Day => 0,
        QuotaPeriod::Week => 6,
        QuotaPeriod::Month => 27,
    };
    if *offset > most {
        let period = period.as_str();
        let message = format!("the quota of the usage plan `{name}` has the offset {offset}");
        let help =
            format!("it is the day on which a {period} begins, from 0: write at most {most}");
        refuse(Code::InvalidValue, message, help);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use vestibule_restapi::{
        Document, LoggingLevel, MethodSetting, RestApiId, StageName, ThrottleSettings,
        UsagePlanStage,
    };

    fn place() -> Place {
        Place::new(&Document::new("api.yaml", ""), 0..0, "")
    }

    fn setting() -> MethodSetting {
        MethodSetting {
            resource_path: None,
            http_method: None,
            metrics: None,
            logging_level: None,
            data_trace: None,
            rate_per_second: None,
            burst_requests: None,
            caching: None,
            cache_ttl_s: None,
            cache_data_encrypted: None,
            require_authorization_for_cache_control: None,
            unauthorized_cache_control: None,
            place: place(),
        }
    }

    fn found(stage: &Stage) -> Vec<String> {
        let mut findings = Vec::new();
        check_stage(stage, &mut findings);
        findings.into_iter().map(|f| format!("{}: {}", f.severity, f.message)).collect()
    }

    #[test]
    fn a_plain_stage_has_no_findings() {
        let mut stage = Stage::new(StageName::parse("prod").unwrap(), RestApiId::of("a"));
        let off = MethodSetting { logging_level: Some(LoggingLevel::Off), ..setting() };
        stage.method_settings = vec![MethodSetting { caching: Some(false), ..off }];
        assert_eq!(found(&stage), Vec::<String>::new());
    }

    fn found_of_plan(quota: Option<QuotaSettings>, stages: Vec<UsagePlanStage>) -> Vec<String> {
        let plan = UsagePlan {
            id: "plan".to_owned(),
            label: "Plan".to_owned(),
            name: None,
            stages,
            throttle: None,
            quota,
            keys: Vec::new(),
            place: place(),
        };
        let mut findings = Vec::new();
        check_usage_plan(&plan, &mut findings);
        findings.into_iter().map(|f| format!("{}: {}", f.severity, f.message)).collect()
    }

    // Source: the Terraform provider's validation; the words are ours.
    #[test]
    fn a_quota_begins_on_a_day_that_each_period_has() {
        for (most, period) in
            [(0, QuotaPeriod::Day), (6, QuotaPeriod::Week), (27, QuotaPeriod::Month)]
        {
            let of = |offset| Some(QuotaSettings { quota_requests: 1, offset, period });
            assert_eq!(found_of_plan(of(most), Vec::new()), [""; 0]);
            let more = most + 1;
            let message =
                format!("error: the quota of the usage plan `Plan` has the offset {more}");
            assert_eq!(found_of_plan(of(more), Vec::new()), [message]);
        }
    }

    // Source: AWS docs (limits); the words are ours.
    #[test]
    fn a_plan_limits_20_methods_of_a_stage_at_most() {
        let of = |methods: usize| {
            let limit = ThrottleSettings { rate_per_second: Some(1.0), burst_requests: Some(1) };
            let throttle = (0..methods).map(|n| (format!("/{n}/GET"), limit.clone())).collect();
            let stage = StageName::parse("prod").unwrap();
            found_of_plan(None, vec![UsagePlanStage { api: RestApiId::of("a"), stage, throttle }])
        };
        assert_eq!(of(20), [""; 0]);
        assert_eq!(of(21), ["error: the usage plan `Plan` limits 21 methods of the stage `prod`"]);
    }

    // Source: AWS docs (set up logging); that unknown variables print `-` is inferred.
    #[test]
    fn a_form_of_the_access_log_is_checked() {
        let mut stage = Stage::new(StageName::parse("prod").unwrap(), RestApiId::of("a"));
        let of = |format: &str| {
            let format = Some(Sourced::inline("api.yaml", format));
            Some(AccessLogSettings { destination: None, format, place: place() })
        };
        stage.access_log = of("$context.requestId $context.authorizer.claims.sub");
        assert_eq!(found(&stage), Vec::<String>::new());
        stage.access_log = of("$context.stauts");
        assert_eq!(
            found(&stage),
            [
                "warning: there is no `$context.stauts` in access logs: it prints `-`",
                "warning: the form of the access log has no id of the request; AWS refuses it",
            ]
        );
    }

    // Source: AWS docs (API_CanarySettings); the words are ours.
    #[test]
    fn a_canary_takes_a_share_and_has_the_api_of_its_stage() {
        let canary = |percent_traffic, deployment: Option<&str>| CanarySettings {
            deployment: deployment.map(|id| Sourced::inline("api.yaml", id)),
            percent_traffic,
            variable_overrides: Vec::new(),
            uses_stage_cache: false,
            place: place(),
        };
        let mut stage = Stage::new(StageName::parse("prod").unwrap(), RestApiId::of("a"));
        stage.deployment = Some(Sourced::inline("api.yaml", "First"));
        for fine in [canary(0.0, None), canary(100.0, Some("First"))] {
            stage.canary = Some(fine);
            assert_eq!(found(&stage), Vec::<String>::new());
        }
        for (percent, shown) in [(100.5, "100.5"), (-1.0, "-1"), (f64::NAN, "NaN")] {
            stage.canary = Some(canary(percent, None));
            let message = format!("error: the canary of the stage `prod` takes {shown} percent");
            assert_eq!(found(&stage), [message]);
        }
        stage.canary = Some(canary(1.0, Some("Second")));
        assert_eq!(
            found(&stage),
            ["warning: the canary of the stage `prod` has no API of its own"]
        );
    }

    #[test]
    fn each_setting_without_effect_is_named_once() {
        let mut stage = Stage::new(StageName::parse("prod").unwrap(), RestApiId::of("a"));
        let all = MethodSetting {
            logging_level: Some(LoggingLevel::Info),
            rate_per_second: Some(10.0),
            caching: Some(true),
            ..setting()
        };
        stage.method_settings = vec![all.clone(), all];
        stage.cache_cluster = Some((place(), Some("0.5".to_owned())));
        stage.tracing = Some(place());
        stage.client_certificate = Some(Sourced::inline("api.yaml", "cert"));
        assert_eq!(
            found(&stage),
            [
                "warning: client certificates are not sent to backends yet",
                "warning: traces are not sent to X-Ray",
            ]
        );
    }

    // Source: AWS docs (API_Stage: cacheClusterSize; caching needs both settings); the words are ours.
    #[test]
    fn a_cache_needs_a_size_of_aws_and_methods_that_use_it() {
        let of = |size: Option<Option<&str>>, caching: Option<bool>| {
            let mut stage = Stage::new(StageName::parse("prod").unwrap(), RestApiId::of("a"));
            stage.cache_cluster = size.map(|size| (place(), size.map(str::to_owned)));
            stage.method_settings = vec![MethodSetting { caching, ..setting() }];
            found(&stage)
        };
        assert_eq!(of(Some(Some("0.5")), Some(true)), [""; 0]);
        assert_eq!(of(Some(None), Some(true)), [""; 0]);
        assert_eq!(of(None, Some(false)), [""; 0]);
        assert_eq!(of(Some(Some("1")), Some(true)), ["error: `1` is no size of a cache"]);
        assert_eq!(
            of(None, Some(true)),
            ["warning: the stage `prod` has no cache: its answers are not cached"]
        );
        assert_eq!(
            of(Some(None), None),
            ["warning: the cache of the stage `prod` is empty: no method uses it"]
        );
    }
}
