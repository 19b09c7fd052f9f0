//! The method settings of the settings file beside those of the definitions.

use vestibule_restapi::{Code, Diagnostic, MethodSetting, RestApi, Stage};

use super::named::{self, Methods};
use crate::config::StageMethodSettings;

/// Adds what the settings say of stages. Of two settings for the same the later counts, which is that of the settings.
pub(super) fn add(
    settings: &[StageMethodSettings],
    apis: &[RestApi],
    stages: &mut [Stage],
    diagnostics: &mut Vec<Diagnostic>,
) {
    for setting in settings {
        if let Err(finding) = add_one(setting, apis, stages) {
            diagnostics.push(*finding);
        }
    }
}

fn add_one(
    setting: &StageMethodSettings,
    apis: &[RestApi],
    stages: &mut [Stage],
) -> Result<(), Box<Diagnostic>> {
    let StageMethodSettings { stage: written, method, place, .. } = setting;
    let refuse = |message: String, help: String| {
        let finding = Diagnostic::error(Code::UnknownReference, message);
        Box::new(finding.at(place.clone()).help(help))
    };
    let known = named::stage(written, apis).and_then(|(api, name)| {
        let is_named = |stage: &Stage| stage.api == api.id && stage.name == name;
        Some((api, stages.iter().position(is_named)?))
    });
    let Some((api, at)) = known else {
        let message = format!("there is no stage `{written}` to have method settings");
        return Err(refuse(message, named::stage_meant(written, apis, stages)));
    };
    let methods = Methods::of(method, api).map_err(|meant| {
        refuse(format!("the stage `{written}` has no method `{method}`"), meant)
    })?;
    if let Some(stage) = stages.get_mut(at) {
        if setting.caching == Some(true) && stage.cache_cluster.is_none() {
            stage.cache_cluster = Some((place.clone(), None));
        }
        stage.method_settings.push(MethodSetting {
            resource_path: methods.resource_path,
            http_method: methods.http_method,
            metrics: None,
            logging_level: None,
            data_trace: None,
            rate_per_second: setting.rate_per_second,
            burst_requests: setting.burst_requests,
            caching: setting.caching,
            cache_ttl_s: setting.cache_ttl_s,
            cache_data_encrypted: None,
            require_authorization_for_cache_control: setting
                .require_authorization_for_cache_control,
            unauthorized_cache_control: setting.unauthorized_cache_control,
            place: place.clone(),
        });
    }
    Ok(())
}
