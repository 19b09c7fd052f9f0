//! What is defined twice, be it in two files: APIs, stages, custom domains, tables.

use crate::definitions::Definitions;
use crate::findings::Findings;
use std::collections::HashMap;
use vestibule_restapi::{Code, Diagnostic, Place};

/// Reports everything that an earlier one of its kind is already.
pub(crate) fn refuse(definitions: &Definitions, findings: &mut Findings) {
    let apis = definitions.apis.iter();
    once(apis.map(|api| (named("API", &api.name), api.name.whole())), findings);
    let by_id = apis_by_id(definitions);
    once(by_id, findings);
    let stages = definitions.stages.iter().filter_map(|stage| {
        let api = definitions.apis.iter().find(|api| api.id == stage.api)?;
        let what = format!("stage `{}` of the API `{}`", stage.name, &*api.name);
        Some((what, stage.place.clone()?))
    });
    once(stages, findings);
    let domains = definitions.domain_names.iter();
    let lower = |name: &str| name.to_ascii_lowercase();
    once(domains.map(|d| (named("domain", &lower(&d.name)), d.name.whole())), findings);
    for domain in &definitions.domain_names {
        let paths = domain.mappings.iter().map(|mapping| {
            let path = mapping.base_path.as_deref().unwrap_or("(none)");
            (format!("base path `{path}` of `{}`", &*domain.name), mapping.place.clone())
        });
        once(paths, findings);
    }
    let tables = definitions.tables.iter();
    once(tables.map(|table| (named("table", &table.name), table.name.whole())), findings);
}

fn named(what: &str, name: &str) -> String {
    format!("{what} `{name}`")
}

/// The ids of APIs that do not share a name, which is a finding already.
fn apis_by_id(definitions: &Definitions) -> Vec<(String, Place)> {
    let mut seen = Vec::new();
    let mut names = std::collections::HashSet::new();
    for api in &definitions.apis {
        if names.insert(api.name.as_str()) {
            seen.push((format!("API with the id `{}`", api.id), api.name.whole()));
        }
    }
    seen
}

fn once(things: impl IntoIterator<Item = (String, Place)>, findings: &mut Findings) {
    let mut seen: HashMap<String, Place> = HashMap::new();
    for (what, place) in things {
        let Some(first) = seen.get(&what) else {
            seen.insert(what, place);
            continue;
        };
        let finding = Diagnostic::error(Code::Duplicate, format!("the {what} is defined twice"));
        findings.push(finding.at(place).note(format!("it is defined at {first} already")));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use vestibule_restapi::{
        BasePathMapping, Document, DomainName, RestApiId, Sourced, Stage, StageName,
    };

    fn found(definitions: &Definitions) -> Vec<String> {
        let mut findings = Findings::default();
        refuse(definitions, &mut findings);
        findings.into_sorted().into_iter().map(|finding| finding.message).collect()
    }

    fn place() -> Place {
        Place::new(&Document::new("api.yaml", ""), 0..0, "")
    }

    #[test]
    fn a_base_path_is_mapped_once() {
        let mapping = |base: Option<&str>| BasePathMapping {
            base_path: base.map(|base| Sourced::inline("api.yaml", base)),
            api: RestApiId::of("a"),
            stage: None,
            place: place(),
        };
        let domain = |name: &str, mappings| DomainName {
            name: Sourced::inline("api.yaml", name),
            mappings,
            mutual_tls: None,
            place: place(),
        };
        let definitions = Definitions {
            domain_names: vec![
                domain("a.test", vec![mapping(None), mapping(Some("x")), mapping(None)]),
                domain("A.test", vec![mapping(None)]),
            ],
            ..Definitions::default()
        };
        assert_eq!(
            found(&definitions),
            [
                "the domain `a.test` is defined twice",
                "the base path `(none)` of `a.test` is defined twice",
            ]
        );
    }

    #[test]
    fn a_stage_is_defined_once_for_an_api() {
        let text = |title: &str| {
            format!("{{openapi: 3.0.1, info: {{title: {title}, version: \"1\"}}, paths: {{}}}}")
        };
        let sources =
            [crate::Source::new("a.yaml", text("a")), crate::Source::new("b.yaml", text("b"))];
        let options = crate::Options {
            account: vestibule_restapi::AccountId::parse("000000000000").unwrap(),
            region: vestibule_restapi::Region::parse("us-east-1").unwrap(),
            parameters: vec![],
            base_path: crate::BasePath::default(),
        };
        let mut definitions = crate::read(&sources, &options, &crate::NoFiles).definitions;
        let stage = |api: &str| Stage {
            place: Some(place()),
            ..Stage::new(StageName::parse("prod").unwrap(), RestApiId::of(api))
        };
        definitions.stages = vec![stage("a"), stage("b"), stage("a")];
        assert_eq!(found(&definitions), ["the stage `prod` of the API `a` is defined twice"]);
    }
}
