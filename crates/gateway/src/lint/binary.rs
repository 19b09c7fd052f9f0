//! Templates over bytes (GW322): where every body that would get to one is bytes, every such request is answered with 500.
//! The usual victim is a preflight mock in an API with `*/*` among its binary media types.

use crate::map::BinaryMediaTypes;
use vestibule_restapi::{
    Code, ContentHandling, Diagnostic, Integration, IntegrationType, Place, RestApi, Sourced,
};

pub(super) fn check(api: &RestApi, integration: &Integration, findings: &mut Vec<Diagnostic>) {
    match integration.kind {
        IntegrationType::Aws | IntegrationType::Http | IntegrationType::Mock => {}
        IntegrationType::AwsProxy | IntegrationType::HttpProxy => return,
    }
    let listed = || api.binary_media_types.iter().map(|listed| listed.as_str());
    let types = BinaryMediaTypes::new(listed());
    for template in &integration.request_templates {
        // The type that its requests have; `$default` is for any.
        let is_binary = types.has(Some(&template.media_type));
        let among = is_binary.then_some(template.media_type.as_str());
        findings.extend(over_bytes(&template.template, &integration.content_handling, among));
    }
    // What a reply is and what its client accepts is known where everything is bytes.
    let every = listed().find(|listed| *listed == "*/*");
    for response in &integration.responses {
        for template in response.response_templates.iter().filter(|t| !t.template.is_empty()) {
            findings.extend(over_bytes(&template.template, &response.content_handling, every));
        }
    }
}

/// The finding about a template whose bodies are always bytes; `among` is their type when it is a binary one.
fn over_bytes(
    template: &Sourced,
    handling: &Option<(ContentHandling, Place)>,
    among: Option<&str>,
) -> Option<Diagnostic> {
    let cause = match (handling, among) {
        (Some((ContentHandling::ConvertToText, _)), _) | (None, None) => return None,
        (Some((ContentHandling::ConvertToBinary, _)), _) => {
            "`contentHandling: CONVERT_TO_BINARY` makes bytes of every body".to_owned()
        }
        (None, Some(among)) => format!("`{among}` is among the binary media types"),
    };
    let message = "the template is over bytes: with it every request is answered with 500";
    let finding = Diagnostic::warning(Code::TemplateOverBytes, message)
        .at(template.whole())
        .note(format!("{cause}, and a template works on text, also when there is no body"));
    Some(finding.help("set `contentHandling: CONVERT_TO_TEXT` beside it: it then sees Base64"))
}
