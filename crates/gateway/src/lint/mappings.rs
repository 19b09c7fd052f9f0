//! Parameter mappings that are fixed text and look like references (GW321): quotes make text of what is inside them.

use vestibule_restapi::{Code, Diagnostic, ParameterMapping};

const REFERENCES: [&str; 6] = [
    "method.request.",
    "method.response.",
    "integration.request.",
    "integration.response.",
    "context.",
    "stageVariables.",
];

pub(super) fn check(mappings: &[ParameterMapping], findings: &mut Vec<Diagnostic>) {
    for mapping in mappings {
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
