//! What the settings name of the definitions: stages as `shop/prod`, methods as `/items/GET`.

use vestibule_restapi::{HttpMethod, RestApi, Stage, StageName, closest};

/// The API that is named by its id or its name, and the stage; a name may have slashes of its own.
pub(super) fn stage<'a>(written: &str, apis: &'a [RestApi]) -> Option<(&'a RestApi, StageName)> {
    let (api, stage) = written.rsplit_once('/')?;
    let by_id = apis.iter().find(|known| known.id.as_str() == api);
    let known = by_id.or_else(|| apis.iter().find(|known| &*known.name == api))?;
    Some((known, StageName::parse(stage).ok()?))
}

/// What to write instead of a stage that is none.
pub(super) fn stage_meant(written: &str, apis: &[RestApi], stages: &[Stage]) -> String {
    let name = |stage: &Stage| {
        let api = apis.iter().find(|api| api.id == stage.api)?;
        Some(format!("{}/{}", &*api.name, stage.name))
    };
    let known: Vec<String> = stages.iter().filter_map(name).collect();
    meant(written, &known)
}

/// Methods of a stage.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Methods {
    /// The path of their resource; none of all.
    pub(super) resource_path: Option<String>,
    /// Their verb; none of all.
    pub(super) http_method: Option<HttpMethod>,
}

impl Methods {
    /// Reads `*/*`, `/path/*` or `/path/VERB`; that of the root is `//VERB` or `/VERB`.
    pub(super) fn parse(written: &str) -> Option<Methods> {
        // A slash within a path is `~1` in the paths of AWS's patches.
        let written = written.replace("~1", "/");
        let (path, verb) = written.rsplit_once('/')?;
        let resource_path = match path {
            "*" | "/*" => None,
            "" => Some("/".to_owned()),
            path if path.starts_with('/') => Some(path.to_owned()),
            path => Some(format!("/{path}")),
        };
        let http_method = match verb {
            "*" => None,
            verb => Some(HttpMethod::parse(verb)?),
        };
        Some(Methods { resource_path, http_method })
    }

    /// Reads methods that an API has, or says what to write instead.
    pub(super) fn of(written: &str, api: &RestApi) -> Result<Methods, String> {
        let methods =
            || api.resources.iter().flat_map(|at| at.methods.iter().map(move |m| (at, m)));
        let named = Methods::parse(written).filter(|named| {
            let is_named = |path: &str, verb: HttpMethod| {
                named.resource_path.as_ref().is_none_or(|of| of == path)
                    && named.http_method.is_none_or(|of| of == verb)
            };
            methods().any(|(at, method)| is_named(&at.path, method.http_method))
        });
        named.ok_or_else(|| {
            let name =
                |(at, method): (&vestibule_restapi::Resource, &vestibule_restapi::Method)| {
                    format!("{}/{}", &*at.path, method.http_method)
                };
            meant(written, &methods().map(name).collect::<Vec<_>>())
        })
    }
}

/// The nearest of what there is, else some of it.
fn meant(written: &str, known: &[String]) -> String {
    if let Some(near) = closest(written, known.iter().map(String::as_str)) {
        return format!("did you mean `{near}`?");
    }
    let some: Vec<String> = known.iter().take(SHOWN_MAX).map(|name| format!("`{name}`")).collect();
    let more = if known.len() > SHOWN_MAX { " and others" } else { "" };
    format!("there is {}{more}", some.join(", "))
}

/// Names that are listed.
const SHOWN_MAX: usize = 5;

#[cfg(test)]
mod tests {
    //! Source: AWS docs (UpdateStage: `/*/*`, `/path/VERB` with `~1`; UpdateUsagePlan: `/path/VERB`).
    use super::*;

    #[test]
    fn methods_are_read_as_they_are_written() {
        let of = |written: &str| {
            let Methods { resource_path, http_method } = Methods::parse(written)?;
            let path = resource_path.unwrap_or_else(|| "all".to_owned());
            Some(format!("{path} {}", http_method.map_or("all", HttpMethod::as_str)))
        };
        for (written, expected) in [
            ("*/*", Some("all all")),
            ("/*/*", Some("all all")),
            ("*/GET", Some("all GET")),
            ("/items/*", Some("/items all")),
            ("/items/{id}/GET", Some("/items/{id} GET")),
            ("~1items~1{id}/GET", Some("/items/{id} GET")),
            ("items/ANY", Some("/items ANY")),
            ("//GET", Some("/ GET")),
            ("/GET", Some("/ GET")),
            ("GET", None),
            ("/items", None),
            ("", None),
        ] {
            assert_eq!(of(written).as_deref(), expected, "{written}");
        }
    }
}
