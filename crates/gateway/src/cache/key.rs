//! What an entry is known by: the stage, the namespace, the verb, and the values of the parameters that the integration names. AWS docs:
//! api-gateway-caching.
//!
//! The body of a request is no part of it, nor is anything else that is not named: requests that agree in these get one answer.

use crate::digest::{Digest, Key};
use crate::error::Stop;
use crate::exchange::Exchange;
use crate::map::{self, Source};
use vestibule_restapi as restapi;
use vestibule_restapi::{Code, Diagnostic, Place, ResourceId, Sourced};

/// What names the entries of an integration, compiled.
#[derive(Debug)]
pub(crate) struct CacheNames {
    namespace: String,
    parameters: Vec<KeyParameter>,
}

/// A parameter whose value is a part of the key.
#[derive(Debug)]
struct KeyParameter {
    name: String,
    /// None of a parameter of the integration that nothing is mapped onto.
    source: Option<Source>,
    place: Place,
}

impl CacheNames {
    /// Compiles what an integration says of its entries; the namespace is the resource's id unless it says another.
    pub(crate) fn compile(
        resource: &ResourceId,
        integration: &restapi::Integration,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> CacheNames {
        let named = integration.cache_namespace.clone();
        let parameters = integration.cache_key_parameters.iter();
        CacheNames {
            namespace: named.unwrap_or_else(|| resource.to_string()),
            parameters: parameters
                .filter_map(|name| KeyParameter::compile(name, integration, diagnostics))
                .collect(),
        }
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
        let sources = self.parameters.iter().filter_map(|parameter| parameter.source.as_ref());
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
                match source {
                    Some(source) if is_of_body(source) => {
                        let value = source.of_request_with_body(exchange, body);
                        digest.add_all(value.map_err(|why| map::invalid_json(why, place.clone()))?);
                    }
                    Some(source) => digest.add_all(source.values_of_request(exchange)),
                    None => {}
                }
            }
            Ok(digest.key())
        })?
    }
}

impl KeyParameter {
    fn compile(
        name: &Sourced,
        integration: &restapi::Integration,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Option<KeyParameter> {
        let text = name.as_str();
        let source = if text.starts_with("integration.request.") {
            let mut lines = integration.request_parameters.iter();
            // What is wrong with the line itself is found where it is compiled.
            Some(
                lines
                    .find(|line| line.destination.as_str() == text)
                    .and_then(|line| Source::of_method_request(&line.source).ok()),
            )
        } else {
            let is_parameter = |source: &Source| {
                !matches!(
                    source,
                    Source::Literal(_) | Source::Context(_) | Source::Body | Source::BodyPart(_)
                )
            };
            Source::of_method_request(text).ok().filter(is_parameter).map(Some)
        };
        match source {
            Some(source) => {
                Some(KeyParameter { name: text.to_owned(), source, place: name.whole() })
            }
            None => {
                diagnostics.push(invalid(name));
                None
            }
        }
    }
}

fn invalid(name: &Sourced) -> Diagnostic {
    let message = format!("`{}` cannot be a part of a cache key", name.as_str());
    let help = match name.as_str().split_once('.') {
        Some(("context", _)) => {
            "map it onto `integration.request.header.NAME` and name that".to_owned()
        }
        _ => "name `method.request.path.NAME`, `method.request.querystring.NAME`, \
              `method.request.header.NAME`, the same of `integration.request`, or `stageVariables.NAME`"
            .to_owned(),
    };
    let finding = Diagnostic::error(Code::InvalidMapping, message).at(name.whole());
    finding
        .note(format!(
            "AWS answers `Invalid mapping expression specified: {}` to it",
            name.as_str()
        ))
        .help(help)
}
