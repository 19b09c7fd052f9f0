//! API keys of the settings beside those of the definitions.

use vestibule_restapi::{ApiKey, ApiKeyValue, Code, Diagnostic, Sourced, closest};

use crate::config::ApiKeySettings;

/// Gives keys of the definitions the values of the settings, and adds the settings' own keys.
pub(super) fn add(
    settings: &[ApiKeySettings],
    keys: &mut Vec<ApiKey>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let defined = keys.len();
    for settings in settings {
        if let Err(finding) = add_key(settings, defined, keys) {
            diagnostics.push(*finding);
        }
    }
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

pub(super) fn is_called(key: &ApiKey, id: &str) -> bool {
    key.id == id || key.label == id
}
