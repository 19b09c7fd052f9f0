//! Custom domains: which stage a host of its own serves below which base path. AWS docs: custom domain names.
//!
//! A host is matched without regard to case, an exact name before a wildcard; a base path on whole segments, the longest first.

use super::view::StageView;
use crate::limits::BASE_PATH_BYTES_MAX;
use std::collections::HashMap;
use vestibule_restapi::{
    BasePathMapping, Code, Diagnostic, DomainName, Place, RestApiId, Stage, StageName,
};

/// The custom domains of a site.
#[derive(Debug, Default)]
pub struct Domains {
    /// By host in lower case; a wildcard without its `*`, such as `.example.com`.
    by_name: HashMap<String, Domain>,
}

/// A custom domain.
#[derive(Debug)]
pub(crate) struct Domain {
    /// In lower case, a wildcard with its `*`.
    pub(crate) name: String,
    /// The longest that matches a path is the first that does.
    pub(crate) mappings: Vec<Mapping>,
    /// Where it is said that its clients need certificates.
    pub(crate) mutual_tls: Option<Place>,
}

/// A base path of a domain.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Mapping {
    /// Empty, or with a slash before it.
    pub(crate) base_path: String,
    pub(crate) api: RestApiId,
    /// Without one the next segment names it.
    pub(crate) stage: Option<StageName>,
}

impl Domains {
    /// Compiles domains whose mappings lead to `stages`; one that leads nowhere, or is not enforced, is a finding.
    pub fn compile(
        domains: &[DomainName],
        stages: &[Stage],
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Domains {
        let mut by_name = HashMap::new();
        for domain in domains {
            let mappings = domain.mappings.iter();
            let mut mappings: Vec<Mapping> = mappings
                .filter_map(|mapping| self::mapping(mapping, stages, diagnostics))
                .collect();
            // The longest that matches is the first that does.
            mappings.sort_by_key(|mapping| std::cmp::Reverse(mapping.base_path.len()));
            let name = domain.name.to_ascii_lowercase();
            let mutual_tls = domain.mutual_tls.as_ref().map(|demanded| demanded.place.clone());
            let key = name.strip_prefix('*').unwrap_or(&name).to_owned();
            by_name.insert(key, Domain { name, mappings, mutual_tls });
        }
        Domains { by_name }
    }

    /// Warns of a stage that no host leads to: its default endpoint is disabled, and no domain maps to it. And of one whose default
    /// endpoint leads around the certificates that a domain demands.
    pub fn check(&self, view: &StageView, diagnostics: &mut Vec<Diagnostic>) {
        let leads_to = |mapping: &Mapping| {
            let is_of_stage =
                mapping.stage.as_ref().is_none_or(|name| name.as_str() == view.name());
            mapping.api == *view.api_id() && is_of_stage
        };
        let mut leading = self.by_name.values().filter(|it| it.mappings.iter().any(leads_to));
        let (stage, api) = (view.name(), view.api_name());
        let Some(place) = view.snapshot().default_endpoint_disabled() else {
            let demanding = leading.filter(|domain| domain.mutual_tls.is_some());
            let Some(domain) = demanding.min_by_key(|domain| &domain.name) else { return };
            return diagnostics.push(way_around(domain, stage, api));
        };
        if leading.next().is_some() {
            return;
        }
        let message = format!(
            "no host leads to the stage `{stage}` of the API `{api}`: its default endpoint is disabled, and no custom domain maps to it"
        );
        let finding = Diagnostic::warning(Code::OpensNothing, message).at(place.clone());
        let help = "add `AWS::ApiGateway::DomainName` and `BasePathMapping`, or leave the endpoint enabled";
        diagnostics.push(finding.note("every request to it gets 403").help(help));
    }

    /// The domain of a host, which comes without its port, with or without the full stop of the root; none when no domain
    /// has it.
    pub(crate) fn find(&self, host: &str) -> Option<&Domain> {
        if self.by_name.is_empty() {
            return None;
        }
        let host = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
        let below = || host.find('.').and_then(|at| host.get(at..));
        self.by_name.get(&host).or_else(|| self.by_name.get(below()?))
    }
}

/// AWS docs (rest-api-mutual-tls): clients may call the default endpoint of an API without a certificate until it is disabled.
fn way_around(domain: &Domain, stage: &str, api: &str) -> Diagnostic {
    let message = format!(
        "the domain `{}` demands certificates of its clients, and the stage `{stage}` of the API `{api}` answers without one at other hosts",
        domain.name
    );
    let finding = Diagnostic::warning(Code::WayAround, message);
    let finding = domain.mutual_tls.iter().fold(finding, |finding, at| finding.at(at.clone()));
    finding.help("disable the default endpoint of the API: `DisableExecuteApiEndpoint: true`")
}

impl Mapping {
    /// What follows the base path, when `path` is below it: empty, or starting with a slash.
    pub(crate) fn below<'p>(&self, path: &'p str) -> Option<&'p str> {
        let rest = path.strip_prefix(&self.base_path)?;
        (rest.is_empty() || rest.starts_with('/')).then_some(rest)
    }
}

fn mapping(
    mapping: &BasePathMapping,
    stages: &[Stage],
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Mapping> {
    let BasePathMapping { base_path, api, stage, place } = mapping;
    let mut refuse = |code, message: String| {
        diagnostics.push(Diagnostic::error(code, message).at(place.clone()));
        None
    };
    let base_path = match base_path {
        None => String::new(),
        Some(path) if is_base_path(path) => format!("/{}", &**path),
        Some(path) => {
            return refuse(Code::InvalidValue, format!("`{}` is no base path", &**path));
        }
    };
    let leads_to =
        |known: &&Stage| known.api == *api && stage.as_ref().is_none_or(|s| *s == known.name);
    if !stages.iter().any(|known| leads_to(&known)) {
        let message = match stage {
            Some(stage) => format!("there is no stage `{stage}` of the API `{api}` to map to"),
            None => format!("there is no stage of the API `{api}` to map to"),
        };
        return refuse(Code::UnknownReference, message);
    }
    Some(Mapping { base_path, api: api.clone(), stage: stage.clone() })
}

/// Segments of the characters that AWS takes (ApiMappings), none empty.
fn is_base_path(path: &str) -> bool {
    let is_known = |b: u8| b.is_ascii_alphanumeric() || b"$-_.+!*'()".contains(&b);
    path.len() <= BASE_PATH_BYTES_MAX
        && path.split('/').all(|segment| !segment.is_empty() && segment.bytes().all(is_known))
}

#[cfg(test)]
mod tests {
    use super::*;
    use vestibule_restapi::{Document, Sourced};

    fn stage(api: &str, name: &str) -> Stage {
        Stage::new(StageName::parse(name).unwrap(), RestApiId::of(api))
    }

    fn place() -> Place {
        Place::new(&Document::new("api.yaml", ""), 0..0, "")
    }

    fn domain(name: &str, mappings: &[(&str, &str, Option<&str>)]) -> DomainName {
        let mapping = |(base, api, stage): &(&str, &str, Option<&str>)| BasePathMapping {
            base_path: Some(Sourced::inline("api.yaml", base)).filter(|base| !base.is_empty()),
            api: RestApiId::of(api),
            stage: stage.map(|stage| StageName::parse(stage).unwrap()),
            place: place(),
        };
        DomainName {
            name: Sourced::inline("api.yaml", name),
            mappings: mappings.iter().map(mapping).collect(),
            mutual_tls: None,
            place: place(),
        }
    }

    fn findings(domain: DomainName) -> Vec<String> {
        let mut found = Vec::new();
        Domains::compile(&[domain], &[stage("a", "prod")], &mut found);
        found.into_iter().map(|finding| finding.message).collect()
    }

    #[test]
    fn an_exact_host_comes_before_a_wildcard_of_one_label() {
        let domains =
            [domain("*.Shop.test", &[("", "a", None)]), domain("eu.shop.test", &[("", "b", None)])];
        let stages = [stage("a", "prod"), stage("b", "prod")];
        let domains = Domains::compile(&domains, &stages, &mut Vec::new());
        let api = |host: &str| domains.find(host).map(|found| found.mappings[0].api.clone());
        assert_eq!(api("EU.shop.test"), Some(RestApiId::of("b")));
        assert_eq!(api("eu.shop.test."), Some(RestApiId::of("b")));
        assert_eq!(api("us.shop.test"), Some(RestApiId::of("a")));
        assert_eq!(api("x.us.shop.test"), None);
        assert_eq!(api("shop.test"), None);
    }

    #[test]
    fn the_longest_base_path_on_whole_segments_comes_first() {
        let one = domain("a.test", &[("", "a", None), ("v1", "a", None), ("v1/x", "a", None)]);
        let domains = Domains::compile(&[one], &[stage("a", "prod")], &mut Vec::new());
        let below = |path: &'static str| {
            let mappings = &domains.find("a.test").unwrap().mappings;
            mappings.iter().find_map(|m| Some((m.base_path.clone(), m.below(path)?)))
        };
        assert_eq!(below("/v1/x/y"), Some(("/v1/x".to_owned(), "/y")));
        assert_eq!(below("/v1/xy"), Some(("/v1".to_owned(), "/xy")));
        assert_eq!(below("/v1"), Some(("/v1".to_owned(), "")));
        assert_eq!(below("/v10"), Some((String::new(), "/v10")));
    }

    #[test]
    fn what_leads_nowhere_is_refused() {
        assert_eq!(
            findings(domain("a.test", &[("x", "b", Some("prod"))])),
            [format!("there is no stage `prod` of the API `{}` to map to", RestApiId::of("b"))]
        );
        assert_eq!(
            findings(domain("a.test", &[("x", "a", Some("test"))])),
            [format!("there is no stage `test` of the API `{}` to map to", RestApiId::of("a"))]
        );
        assert_eq!(findings(domain("a.test", &[("/x", "a", None)])), ["`/x` is no base path"]);
        assert_eq!(findings(domain("a.test", &[("x y", "a", None)])), ["`x y` is no base path"]);
        let long = "x".repeat(BASE_PATH_BYTES_MAX + 1);
        assert_eq!(
            findings(domain("a.test", &[(&long, "a", None)])),
            [format!("`{long}` is no base path")]
        );
    }
}
