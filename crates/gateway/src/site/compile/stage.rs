//! What a stage asks for and the gateway does not do yet: named, each once. What a usage plan cannot have.

use crate::limits::ACCESS_LOG_FORMAT_BYTES_MAX;
use crate::observe::AccessLogFormat;
use vestibule_restapi::{
    AccessLogSettings, Code, Diagnostic, Place, QuotaPeriod, QuotaSettings, Stage, UsagePlan,
};

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

/// Refuses a quota that begins on a day which its period does not always have. AWS refuses it too (Terraform says so first).
pub fn check_usage_plan(plan: &UsagePlan, diagnostics: &mut Vec<Diagnostic>) {
    let Some(QuotaSettings { offset, period, .. }) = &plan.quota else { return };
    let most = match period {
        QuotaPeriod::Day => 0,
        QuotaPeriod::Week => 6,
        QuotaPeriod::Month => 27,
    };
    if *offset <= most {
        return;
    }
    let name = plan.name.as_deref().unwrap_or(&plan.label);
    let message = format!("the quota of the usage plan `{name}` has the offset {offset}");
    let finding = Diagnostic::error(Code::InvalidValue, message).at(plan.place.clone());
    let period = period.as_str();
    let help = format!("it is the day on which a {period} begins, from 0: write at most {most}");
    diagnostics.push(finding.help(help));
}

#[cfg(test)]
mod tests {
    use super::*;
    use vestibule_restapi::{
        CanarySettings, Document, LoggingLevel, MethodSetting, RestApiId, Sourced, StageName,
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

    // Source: the Terraform provider's validation; the words are ours.
    #[test]
    fn a_quota_begins_on_a_day_that_each_period_has() {
        let found = |offset, period| {
            let quota = QuotaSettings { quota_requests: 1, offset, period };
            let plan = UsagePlan {
                id: "plan".to_owned(),
                label: "Plan".to_owned(),
                name: None,
                stages: Vec::new(),
                throttle: None,
                quota: Some(quota),
                keys: Vec::new(),
                place: place(),
            };
            let mut findings = Vec::new();
            check_usage_plan(&plan, &mut findings);
            findings.into_iter().map(|found| found.message).collect::<Vec<_>>()
        };
        for (most, period) in
            [(0, QuotaPeriod::Day), (6, QuotaPeriod::Week), (27, QuotaPeriod::Month)]
        {
            assert_eq!(found(most, period), [""; 0]);
            let more = most + 1;
            let message = format!("the quota of the usage plan `Plan` has the offset {more}");
            assert_eq!(found(more, period), [message]);
        }
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
