//! Usage plans of the settings beside those of the definitions, and what the settings say of the latter.

use std::collections::HashSet;

use vestibule_restapi::{
    ApiKey, Code, Diagnostic, RestApi, ThrottleSettings, UsagePlan, UsagePlanStage, closest,
};

use super::api_keys::is_called;
use super::named::{self, Methods};
use crate::config::{MethodLimitSettings, UsagePlanSettings};

/// Gives plans of the definitions what the settings say of them, and adds the settings' own.
pub(super) fn add(
    settings: &[UsagePlanSettings],
    apis: &[RestApi],
    keys: &[ApiKey],
    plans: &mut Vec<UsagePlan>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let defined = plans.len();
    let mut named = HashSet::new();
    for settings in settings {
        let mut refuse = |finding: Diagnostic| diagnostics.push(finding.at(settings.place.clone()));
        let name = &settings.name;
        if !named.insert(name) {
            let message = format!("the usage plan `{name}` is there twice");
            refuse(Diagnostic::error(Code::Duplicate, message));
            continue;
        }
        let known = plans.iter_mut().take(defined).find(|plan| is_plan(plan, name));
        match known {
            Some(plan) => complete(plan, settings, apis, keys, diagnostics),
            None => {
                if settings.stages.is_empty() {
                    refuse(of_nothing(name, plans));
                    continue;
                }
                let mut plan = empty(settings);
                complete(&mut plan, settings, apis, keys, diagnostics);
                plans.push(plan);
            }
        }
    }
}

fn is_plan(plan: &UsagePlan, name: &str) -> bool {
    plan.id == name || plan.label == name || plan.name.as_deref() == Some(name)
}

fn of_nothing(name: &str, plans: &[UsagePlan]) -> Diagnostic {
    let message = format!("the usage plan `{name}` is in no definition, and has no `stages` here");
    let finding = Diagnostic::error(Code::Missing, message);
    let names = plans.iter().map(|plan| plan.name.as_deref().unwrap_or(&plan.label));
    match closest(name, names) {
        Some(near) => finding.help(format!("did you mean `{near}`?")),
        None => finding.help("say which stages it opens: `stages = [\"API/STAGE\"]`"),
    }
}

fn empty(settings: &UsagePlanSettings) -> UsagePlan {
    UsagePlan {
        id: settings.name.clone(),
        label: settings.name.clone(),
        name: None,
        stages: Vec::new(),
        throttle: None,
        quota: None,
        keys: Vec::new(),
        place: settings.place.clone(),
    }
}

/// Adds stages and keys, and replaces limits.
fn complete(
    plan: &mut UsagePlan,
    settings: &UsagePlanSettings,
    apis: &[RestApi],
    keys: &[ApiKey],
    diagnostics: &mut Vec<Diagnostic>,
) {
    for written in &settings.stages {
        match stage(written, apis) {
            Some(stage) if !plan.stages.iter().any(|held| is_same(held, &stage)) => {
                plan.stages.push(stage);
            }
            Some(_) => (),
            None => diagnostics.push(no_stage(settings, written, apis)),
        }
    }
    for id in &settings.keys {
        let known = keys.iter().find(|key| is_called(key, id));
        let id = known.map_or_else(|| id.clone(), |key| key.id.clone());
        if !plan.keys.contains(&id) {
            plan.keys.push(id);
        }
    }
    if let Some(throttle) = &settings.throttle {
        (plan.throttle, plan.place) = (Some(throttle.clone()), settings.place.clone());
    }
    if let Some(quota) = &settings.quota {
        (plan.quota, plan.place) = (Some(quota.clone()), settings.place.clone());
    }
    for method in &settings.methods {
        if let Err(finding) = limit_method(plan, method, &settings.name, apis) {
            diagnostics.push(*finding);
        }
    }
}

fn no_stage(settings: &UsagePlanSettings, written: &str, apis: &[RestApi]) -> Diagnostic {
    let name = &settings.name;
    let message = format!("the usage plan `{name}` holds `{written}`, which is no stage");
    let known = apis.iter().map(|api| format!("`{}`", &*api.name)).collect::<Vec<_>>();
    let help = "write the id or name of an API, a slash and the stage; there is";
    let finding = Diagnostic::error(Code::UnknownReference, message);
    finding.at(settings.place.clone()).help(format!("{help} {}", known.join(", ")))
}

fn stage(written: &str, apis: &[RestApi]) -> Option<UsagePlanStage> {
    let (api, stage) = named::stage(written, apis)?;
    Some(UsagePlanStage { api: api.id.clone(), stage, throttle: Vec::new() })
}

fn is_same(held: &UsagePlanStage, other: &UsagePlanStage) -> bool {
    held.api == other.api && held.stage == other.stage
}

fn limit_method(
    plan: &mut UsagePlan,
    limit: &MethodLimitSettings,
    name: &str,
    apis: &[RestApi],
) -> Result<(), Box<Diagnostic>> {
    let MethodLimitSettings { stage: of, method, throttle, place } = limit;
    let refuse = |message: String, help: String| {
        let finding = Diagnostic::error(Code::UnknownReference, message);
        Box::new(finding.at(place.clone()).help(help))
    };
    let held = match of {
        Some(written) => {
            let wanted = stage(written, apis);
            let is_wanted = |held: &&mut UsagePlanStage| {
                wanted.as_ref().is_some_and(|wanted| is_same(held, wanted))
            };
            plan.stages.iter_mut().find(is_wanted).ok_or_else(|| {
                let message =
                    format!("the usage plan `{name}` does not hold the stage `{written}`");
                refuse(message, "name one of its `stages`".to_owned())
            })?
        }
        None => match plan.stages.as_mut_slice() {
            [only] => only,
            _ => {
                let message =
                    format!("of which stage does the usage plan `{name}` limit `{method}`?");
                return Err(refuse(message, "say `stage`: the plan has not one alone".to_owned()));
            }
        },
    };
    let Some(api) = apis.iter().find(|api| api.id == held.api) else { return Ok(()) };
    let no_method = |meant| {
        let stage = &held.stage;
        let message = format!(
            "the usage plan `{name}` limits `{method}` of the stage `{stage}`, which has no such method"
        );
        refuse(message, meant)
    };
    let named = Methods::of(method, api).map_err(no_method)?;
    let (Some(path), Some(verb)) = (named.resource_path, named.http_method) else {
        let message = format!("the usage plan `{name}` limits `{method}`, which is not one method");
        let help = "write `/path/VERB`; `throttle` limits all of them together".to_owned();
        return Err(refuse(message, help));
    };
    replace(&mut held.throttle, format!("{path}/{verb}"), throttle.clone());
    Ok(())
}

/// Replaces what is said of a method, however it is written.
fn replace(
    limits: &mut Vec<(String, ThrottleSettings)>,
    method: String,
    throttle: ThrottleSettings,
) {
    let named = Methods::parse(&method);
    limits.retain(|(known, _)| Methods::parse(known) != named);
    limits.push((method, throttle));
}
