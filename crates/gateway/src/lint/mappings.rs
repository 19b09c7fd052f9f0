//! Parameter mappings that are fixed text and look like references (GW321): quotes make text of what is inside them.
//! And those of variables that do not exist there (GW313).

use super::members::{CONTEXT, IDENTITY, OF_LOGS};
use vestibule_restapi::{Code, Diagnostic, ParameterMapping, closest};

const REFERENCES: [&str; 6] = [
    "method.request.",
    "method.response.",
    "integration.request.",
    "integration.response.",
    "context.",
    "stageVariables.",
];

/// What `context.error` has in a gateway response.
const ERROR: [&str; 4] = ["message", "messageString", "responseType", "validationErrorString"];

pub(super) fn check(mappings: &[ParameterMapping], findings: &mut Vec<Diagnostic>) {
    for mapping in mappings {
        findings.extend(unknown_variable(mapping));
        let quoted = mapping.source.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
        let Some(inside) = quoted else { continue };
        let is_word = !inside.contains(char::is_whitespace);
        if is_word && REFERENCES.iter().any(|reference| inside.starts_with(reference)) {
            let message = format!("`{}` is sent as it stands", mapping.source.as_str());
            let finding = Diagnostic::warning(Code::QuotedMapping, message)
                .at(mapping.source.whole())
                .note("what stands in single quotes is fixed text");
            // A response is mapped from the integration's, not from the request.
            let parameter =
                inside.strip_prefix("method.request.").and_then(|rest| rest.split_once('.'));
            findings.push(match (mapping.destination.strip_prefix("method.response.header."), parameter) {
                (Some(header), Some((_, name))) => finding.help(format!(
                    "a response template can: `#set($context.responseOverride.header.{header} = $input.params('{name}'))`"
                )),
                _ => finding.help(format!("write `{inside}` without the quotes")),
            });
        }
    }
}

/// A source below `context` that has no value whatever the request.
fn unknown_variable(mapping: &ParameterMapping) -> Option<Diagnostic> {
    let source = mapping.source.as_str();
    let path = source.strip_prefix("context.")?;
    let (name, member) = path.split_once('.').unwrap_or((path, ""));
    let (message, help) = match name {
        "error" if !mapping.destination.starts_with("gatewayresponse.") => {
            (format!("`{source}` exists in gateway responses alone"), None)
        }
        "error" if ERROR.contains(&member) => return None,
        "error" => (no_variable(source), near("error.", member, &ERROR)),
        "requestOverride" | "responseOverride" => {
            (format!("`{source}` exists in templates alone"), None)
        }
        "identity" => {
            let member = member.split('.').next().unwrap_or("");
            if IDENTITY.contains(&member) {
                return None;
            }
            (no_variable(source), near("identity.", member, &IDENTITY))
        }
        _ if CONTEXT.contains(&name) => return None,
        _ if OF_LOGS.contains(&name) => (format!("`{source}` exists in access logs alone"), None),
        _ => (no_variable(source), near("", name, &CONTEXT)),
    };
    let finding = Diagnostic::warning(Code::UnknownTemplateMember, message)
        .at(mapping.source.whole())
        .note("a mapping without a value leaves its destination out");
    Some(match help {
        Some(help) => finding.help(help),
        None => finding,
    })
}

fn no_variable(source: &str) -> String {
    format!("`{source}` is no variable")
}

fn near(before: &str, name: &str, known: &[&str]) -> Option<String> {
    closest(name, known.iter().copied()).map(|near| format!("did you mean `{before}{near}`?"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use vestibule_restapi::Sourced;

    #[test]
    fn a_gateway_response_sees_its_error() {
        let found = |source: &str| {
            let mapping = ParameterMapping {
                destination: Sourced::inline("api.yaml", "gatewayresponse.header.X"),
                source: Sourced::inline("api.yaml", source),
            };
            unknown_variable(&mapping).map(|finding| (finding.message, finding.help))
        };
        assert_eq!(found("context.error.responseType"), None);
        assert_eq!(
            found("context.error.responsetype"),
            Some((
                "`context.error.responsetype` is no variable".to_owned(),
                Some("did you mean `error.responseType`?".to_owned())
            ))
        );
    }
}
