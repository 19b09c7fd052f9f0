//! What a stage asks for and the gateway does not do yet: named, each once.
//!
//! The limits of usage plans are a target and no protection (AWS docs: "applied on a best-effort basis"), so a stage is served
//! without them.

use crate::limits::ACCESS_LOG_FORMAT_BYTES_MAX;
use crate::observe::AccessLogFormat;
use vestibule_restapi::{AccessLogSettings, Code, Diagnostic, Place, Stage, UsagePlan};

/// Warns of what has no effect.
pub fn check_stage(stage: &Stage, diagnostics: &mut Vec<Diagnostic>) {
    let mut warn = |message: &str, place: &Place| {
        let finding = Diagnostic::warning(Code::UnsupportedFeature, message);
        diagnostics.push(finding.at(place.clone()));
    };
    if let Some(setting) = stage.method_settings.iter().find(|s| s.caching == Some(true)) {
        warn("answers are not cached yet", &setting.place);
    }
    if let Some((place, _)) = &stage.cache_cluster {
        warn("a cache cluster has no effect: answers are not cached yet", place);
    }
    if let Some(canary) = &stage.canary {
        warn("a canary has no effect yet: the stage takes all requests", &canary.place);
    }
    if let Some(place) = &stage.tracing {
        warn("requests are not traced yet", place);
    }
    if let Some(certificate) = &stage.client_certificate {
        warn("client certificates are not sent to backends yet", &certificate.whole());
    }
    if let Some(access_log) = &stage.access_log {
        check_access_log(access_log, diagnostics);
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

/// Warns of the limits of a usage plan, which are not counted yet. Which stages its keys open is another matter.
pub fn check_usage_plan(plan: &UsagePlan, diagnostics: &mut Vec<Diagnostic>) {
    let has_method_throttle = plan.stages.iter().any(|stage| !stage.throttle.is_empty());
    let limits: Vec<&str> = [
        (plan.throttle.is_some(), "throttle"),
        (has_method_throttle, "throttle of single methods"),
        (plan.quota.is_some(), "quota"),
    ]
    .into_iter()
    .filter_map(|(is_there, name)| is_there.then_some(name))
    .collect();
    if limits.is_empty() {
        return;
    }
    let name = plan.name.as_deref().unwrap_or(&plan.label);
    let (limits, verb) = (limits.join(" and "), if limits.len() == 1 { "is" } else { "are" });
    let message = format!("the {limits} of the usage plan `{name}` {verb} not counted yet");
    let finding = Diagnostic::warning(Code::UnsupportedFeature, message).at(plan.place.clone());
    diagnostics.push(finding.note("its keys may call as often as the stage lets them"));
}

#[cfg(test)]
mod tests {
    use super::*;
    use vestibule_restapi::{
        CanarySettings, Document, LoggingLevel, MethodSetting, RestApiId, Sourced, StageName,
        ThrottleSettings,
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

    #[test]
    fn the_limits_of_a_usage_plan_are_named_once() {
        let limits = ThrottleSettings { rate_per_second: Some(1.0), burst_requests: None };
        let plan = |throttle| UsagePlan {
            id: "plan".to_owned(),
            label: "Plan".to_owned(),
            name: None,
            stages: Vec::new(),
            throttle,
            quota: None,
            keys: Vec::new(),
            place: place(),
        };
        let mut findings = Vec::new();
        check_usage_plan(&plan(None), &mut findings);
        check_usage_plan(&plan(Some(limits)), &mut findings);
        let messages: Vec<&str> = findings.iter().map(|finding| &*finding.message).collect();
        assert_eq!(messages, ["the throttle of the usage plan `Plan` is not counted yet"]);
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
        stage.canary = Some(CanarySettings {
            deployment: None,
            percent_traffic: 5.0,
            variable_overrides: Vec::new(),
            uses_stage_cache: false,
            place: place(),
        });
        stage.tracing = Some(place());
        stage.client_certificate = Some(Sourced::inline("api.yaml", "cert"));
        assert_eq!(
            found(&stage),
            [
                "warning: answers are not cached yet",
                "warning: a cache cluster has no effect: answers are not cached yet",
                "warning: a canary has no effect yet: the stage takes all requests",
                "warning: requests are not traced yet",
                "warning: client certificates are not sent to backends yet",
            ]
        );
    }
}
