//! One compiled line of `requestParameters`, `responseParameters` or of a gateway response: a name and its source.

use super::Source;
use http::HeaderName;
use vestibule_restapi::{Code, Diagnostic, ParameterLocation, ParameterMapping, Place};

/// A line that makes a parameter of the integration request, or a header of a gateway response.
#[derive(Debug)]
pub(crate) struct RequestMapping {
    pub(crate) location: ParameterLocation,
    pub(crate) name: String,
    pub(crate) source: Source,
    pub(crate) place: Place,
}

/// A line that makes a header of the method response.
#[derive(Debug)]
pub(crate) struct ResponseMapping {
    pub(crate) name: HeaderName,
    pub(crate) source: Source,
    pub(crate) place: Place,
}

impl RequestMapping {
    /// Compiles a line of an integration request: `integration.request.{location}.NAME`.
    pub(crate) fn compile(
        line: &ParameterMapping,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Option<RequestMapping> {
        let below = |location: ParameterLocation| {
            let prefix = format!("integration.request.{}.", location.as_str());
            let name = line.destination.strip_prefix(prefix.as_str())?;
            Some((location, name.to_owned()))
        };
        let destination = below(ParameterLocation::Header)
            .or_else(|| below(ParameterLocation::Path))
            .or_else(|| below(ParameterLocation::Querystring));
        let Some((location, name)) = destination.filter(|(_, name)| is_name(name)) else {
            diagnostics.push(invalid_destination(
                line,
                "`integration.request.header.NAME`, `.path.NAME` or `.querystring.NAME`",
            ));
            return None;
        };
        let source = source(line, Source::of_method_request, diagnostics)?;
        Some(RequestMapping { location, name, source, place: line.source.whole() })
    }

    /// Compiles a line of a gateway response: `gatewayresponse.header.NAME`. The forms for path and query string that AWS
    /// documents have no effect and are left out.
    pub(crate) fn compile_gateway_response(
        line: &ParameterMapping,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Option<RequestMapping> {
        let is_without_effect = ["gatewayresponse.path.", "gatewayresponse.querystring."]
            .iter()
            .any(|prefix| line.destination.starts_with(prefix));
        if is_without_effect {
            return None;
        }
        let name = line.destination.strip_prefix("gatewayresponse.header.");
        let Some(name) = name.filter(|name| HeaderName::try_from(*name).is_ok()) else {
            diagnostics.push(invalid_destination(line, "`gatewayresponse.header.NAME`"));
            return None;
        };
        let source = source(line, Source::of_gateway_response, diagnostics)?;
        let (location, name) = (ParameterLocation::Header, name.to_owned());
        Some(RequestMapping { location, name, source, place: line.source.whole() })
    }
}

impl ResponseMapping {
    /// Compiles a line of an integration response: `method.response.header.NAME`.
    pub(crate) fn compile(
        line: &ParameterMapping,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Option<ResponseMapping> {
        let name = line.destination.strip_prefix("method.response.header.");
        let Some(name) = name.and_then(|name| HeaderName::try_from(name).ok()) else {
            diagnostics.push(invalid_destination(line, "`method.response.header.NAME`"));
            return None;
        };
        let source = source(line, Source::of_integration_response, diagnostics)?;
        Some(ResponseMapping { name, source, place: line.source.whole() })
    }
}

/// AWS: `^[a-zA-Z0-9._$-]+$`.
fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'$' | b'-'))
}

fn source(
    line: &ParameterMapping,
    parse: impl Fn(&str) -> Result<Source, String>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Source> {
    let parsed = parse(&line.source);
    parsed.map_err(|reason| diagnostics.push(invalid_source(line, &reason))).ok()
}

fn invalid_destination(line: &ParameterMapping, expected: &str) -> Diagnostic {
    let message = format!("invalid mapping destination `{}`", line.destination.as_str());
    Diagnostic::error(Code::InvalidMapping, message)
        .at(line.destination.whole())
        .help(format!("write {expected}"))
}

fn invalid_source(line: &ParameterMapping, reason: &str) -> Diagnostic {
    Diagnostic::error(Code::InvalidMapping, reason)
        .at(line.source.whole())
        .note(format!(
            "AWS answers `Invalid mapping expression specified: {}` to it",
            line.source.as_str()
        ))
        .help("put fixed text in single quotes: `'text'`")
}
