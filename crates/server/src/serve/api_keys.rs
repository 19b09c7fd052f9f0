//! API keys and usage plans of the settings beside those of the definitions.

use vestibule_restapi::{
    ApiKey, ApiKeyValue, Code, Diagnostic, RestApi, Sourced, StageName, UsagePlan, UsagePlanStage,
    closest,
};

use crate::config::{ApiKeySettings, Sections, UsagePlanSettings};

/// Gives keys of the definitions the values of the settings, and adds the settings' own keys and plans.
pub(super) fn add(
    sections: &Sections,
    apis: &[RestApi],
    keys: &mut Vec<ApiKey>,
    plans: &mut Vec<UsagePlan>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let defined = keys.len();
    for settings in &sections.api_keys {
        if let Err(finding) = add_key(settings, defined, keys) {
            diagnostics.push(*finding);
        }
    }
    let added = sections.usage_plans.iter().map(|settings| plan(settings, apis, keys, diagnostics));
    let added: Vec<UsagePlan> = added.collect();
    plans.extend(added);
}

/// The first `defined` of `keys` are the definitions'.
fn add_key(
    settings: &ApiKeySettings,
    defined: usize,
    keys: &mut Vec<ApiKey>,
) -> Result<(), Box<Diagnostic>> {
    let ApiKeySettings { id, name, value, is_enabled, place } = settings;
    let refuse =
        |code, message: String| Err(Box::new(Diagnostic::error(code, message).at(place.clone())));
    let value = value.as_ref().map(|value| {
        let file = place.document.name();
        ApiKeyValue(Sourced::inline(file, value))
    });
    let Some((at, known)) = keys.iter_mut().enumerate().find(|(_, key)| is_called(key, id)) else {
        if value.is_none() {
            let message = format!("the API key `{id}` is in no definition, and has no value here");
            let labels = keys.iter().map(|key| key.label.as_str());
            let near = closest(id, labels).map(|near| format!("; did you mean `{near}`?"));
            let help = format!("say `value_env` or `value_file`{}", near.unwrap_or_default());
            return refuse(Code::Missing, message).map_err(|f| Box::new(f.help(help)));
        }
        keys.push(ApiKey {
            id: id.clone(),
            label: id.clone(),
            name: name.as_ref().map(|name| Sourced::inline(place.document.name(), name)),
            value,
            is_enabled: is_enabled.unwrap_or(true),
            place: place.clone(),
        });
        return Ok(());
    };
    if at >= defined {
        return refuse(Code::Duplicate, format!("the API key `{id}` is there twice"));
    }
    if name.is_some() || is_enabled.is_some() {
        let message = format!(
            "the API key `{id}` is of a definition, which gives it its name and enables it"
        );
        return refuse(Code::Duplicate, message);
    }
    match (&known.value, value) {
        (None, Some(value)) => known.value = Some(value),
        (Some(_), Some(_)) => {
            let message = format!("the API key `{id}` has a value in its definition already");
            return refuse(Code::Duplicate, message);
        }
        (_, None) => {
            let message = format!("nothing is said about the API key `{id}`");
            let finding = refuse(Code::Missing, message);
            return finding.map_err(|f| Box::new(f.help("say `value_env` or `value_file`")));
        }
    }
    Ok(())
}

fn is_called(key: &ApiKey, id: &str) -> bool {
    key.id == id || key.label == id
}

fn plan(
    settings: &UsagePlanSettings,
    apis: &[RestApi],
    keys: &[ApiKey],
    diagnostics: &mut Vec<Diagnostic>,
) -> UsagePlan {
    let UsagePlanSettings { name, stages, keys: ids, place } = settings;
    let stages = stages.iter().filter_map(|written| {
        let found = stage(written, apis);
        if found.is_none() {
            let message = format!("the usage plan `{name}` holds `{written}`, which is no stage");
            let finding = Diagnostic::error(Code::UnknownReference, message).at(place.clone());
            let known = apis.iter().map(|api| format!("`{}`", &*api.name)).collect::<Vec<_>>();
            let help = "write the id or name of an API, a slash and the stage; there is";
            diagnostics.push(finding.help(format!("{help} {}", known.join(", "))));
        }
        found
    });
    let stages = stages.collect();
    let id_of = |id: &String| {
        let known = keys.iter().find(|key| is_called(key, id));
        known.map_or_else(|| id.clone(), |key| key.id.clone())
    };
    UsagePlan {
        id: name.clone(),
        label: name.clone(),
        name: None,
        stages,
        throttle: None,
        quota: None,
        keys: ids.iter().map(id_of).collect(),
        place: place.clone(),
    }
}

/// `api/stage`; a name may have slashes of its own.
fn stage(written: &str, apis: &[RestApi]) -> Option<UsagePlanStage> {
    let (api, stage) = written.rsplit_once('/')?;
    let by_id = apis.iter().find(|known| known.id.as_str() == api);
    let known = by_id.or_else(|| apis.iter().find(|known| &*known.name == api))?;
    let stage = StageName::parse(stage).ok()?;
    Some(UsagePlanStage { api: known.id.clone(), stage, throttle: Vec::new() })
}
