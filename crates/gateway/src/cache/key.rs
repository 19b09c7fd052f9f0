//! What an entry is known by: the stage, the namespace, the verb, and the values of the parameters that the integration names. AWS docs:
//! api-gateway-caching.
//!
//! The body of a request is no part of it, nor is anything else that is not named: requests that agree in these get one answer.

use crate::digest::{Digest, Key};
use crate::error::Stop;
use crate::exchange::Exchange;
use crate::map::{self, Source};
use http::header::ACCEPT_ENCODING;
use vestibule_restapi as restapi;
use vestibule_restapi::{Code, Diagnostic, Place, Resource, Sourced};

/// What names the entries of an integration, compiled.
#[derive(Debug)]
pub(crate) struct CacheNames {
    namespace: String,
    parameters: Vec<KeyParameter>,
    /// Whether requests that take other codings have other keys.
    pub(super) tells_coding: bool,
}

/// A parameter whose value is a part of the key.
#[derive(Debug)]
struct KeyParameter {
    name: String,
    source: Source,
    place: Place,
}

impl CacheNames {
    /// Compiles what an integration says of its entries; the namespace is the resource's id unless it says another.
    pub(crate) fn compile(
        resource: &Resource,
        integration: &restapi::Integration,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> CacheNames {
        let named = integration.cache_namespace.clone();
        let mut parameters = Vec::new();
        for name in &integration.cache_key_parameters {
            match sources(name.as_str(), resource, integration) {
                Ok(sources) => parameters.extend(sources.into_iter().map(|source| KeyParameter {
                    name: name.as_str().to_owned(),
                    source,
                    place: name.whole(),
                })),
                Err(help) => diagnostics.push(invalid(name, help)),
            }
        }
        let namespace = named.unwrap_or_else(|| resource.id.to_string());
        let tells_coding = parameters.iter().any(KeyParameter::tells_coding);
        CacheNames { namespace, parameters, tells_coding }
    }

    /// What the keys of a method's entries have in common: names count too, so that values of other parameters are other keys.
    pub(super) fn common(&self, stage: &str, verb: &str) -> Digest {
        let mut digest = Digest::default();
        digest.add(stage.as_bytes());
        digest.add(self.namespace.as_bytes());
        digest.add(verb.as_bytes());
        digest.add_all(self.parameters.iter().map(|parameter| &parameter.name));
        digest
    }

    /// The key of a request whose body was read. Of a name that stands several times every value counts, in its order.
    pub(super) fn key(&self, common: &Digest, exchange: &Exchange) -> Result<Key, Stop> {
        let mut digest = common.clone();
        let is_of_body = |source: &Source| matches!(source, Source::Body | Source::BodyPart(_));
        let sources = self.parameters.iter().map(|parameter| &parameter.source);
        if !sources.clone().any(is_of_body) {
            for source in sources {
                digest.add_all(source.values_of_request(exchange));
            }
            return Ok(digest.key());
        }
        // A part of the body that is mapped onto a parameter of the integration is that parameter's value.
        let body = exchange.read_body();
        map::over(&body, sources, exchange, |exchange, body| {
            for KeyParameter { source, place, .. } in &self.parameters {
                if is_of_body(source) {
                    let value = source.of_request_with_body(exchange, body);
                    digest.add_all(value.map_err(|why| map::invalid_json(why, place.clone()))?);
                } else {
                    digest.add_all(source.values_of_request(exchange));
                }
            }
            Ok(digest.key())
        })?
    }
}

impl KeyParameter {
    /// Whether it is the client's `Accept-Encoding`, or what the integration gets for it.
    fn tells_coding(&self) -> bool {
        let is_client = match &self.source {
            Source::Header(name) | Source::MultiValueHeader(name) => {
                name.eq_ignore_ascii_case(ACCEPT_ENCODING.as_str())
            }
            _ => false,
        };
        is_client || is_same(&self.name, "integration.request.header.accept-encoding")
    }
}

/// The names of the variables of a path, `{NAME}` and `{NAME+}`.
pub(crate) fn path_variables(path: &str) -> impl Iterator<Item = &str> {
    let variables = path.split('/').filter_map(|segment| segment.strip_prefix('{'));
    variables.map(|rest| rest.trim_end_matches(['}', '+']))
}

/// Where the value of a part of the key comes from: of a parameter of the integration from everything that is mapped onto it. A part
/// that has no value whatever is asked would tell no requests apart, so it is refused, with what helps.
fn sources(
    name: &str,
    resource: &Resource,
    integration: &restapi::Integration,
) -> Result<Vec<Source>, String> {
    if name.starts_with("integration.request.") {
        let lines = integration.request_parameters.iter();
        let mut lines = lines.filter(|line| is_same(&line.destination, name)).peekable();
        if lines.peek().is_none() {
            return Err(
                "nothing is mapped onto it: add it to `requestParameters` of the integration"
                    .to_owned(),
            );
        }
        // What is wrong with the line itself is found where it is compiled.
        return Ok(lines.filter_map(|line| Source::of_method_request(&line.source).ok()).collect());
    }
    match Source::of_method_request(name) {
        Ok(Source::Path(variable)) if !path_variables(&resource.path).any(|v| v == variable) => {
            Err(format!("the path `{}` has no `{{{variable}}}`", resource.path.as_str()))
        }
        Ok(Source::Literal(_) | Source::Body | Source::BodyPart(_)) | Err(_) => {
            Err(FORMS.to_owned())
        }
        Ok(Source::Context(_)) => {
            Err("map it onto `integration.request.header.NAME` and name that".to_owned())
        }
        Ok(source) => Ok(vec![source]),
    }
}

const FORMS: &str = "name `method.request.path.NAME`, `method.request.querystring.NAME`, \
                     `method.request.header.NAME`, the same of `integration.request`, or `stageVariables.NAME`";

/// Whether two names are those of one parameter of the integration: of headers the case does not count.
fn is_same(one: &str, other: &str) -> bool {
    const HEADER: &str = "integration.request.header.";
    match (one.strip_prefix(HEADER), other.strip_prefix(HEADER)) {
        (Some(one), Some(other)) => one.eq_ignore_ascii_case(other),
        _ => one == other,
    }
}

fn invalid(name: &Sourced, help: String) -> Diagnostic {
    let name_shown = name.as_str();
    let message = format!("`{name_shown}` cannot be a part of a cache key");
    let finding = Diagnostic::error(Code::InvalidMapping, message).at(name.whole());
    finding
        .note(format!("AWS answers `Invalid mapping expression specified: {name_shown}` to it"))
        .help(help)
}
