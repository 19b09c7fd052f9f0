//! A caller that was not let in: which rule decided, and what would let it in.

use super::Case;
use super::failure::at;
use crate::error::GatewayError;
use vestibule_restapi::{Code, Diagnostic, GatewayResponseType as Kind};

/// What is told of a caller that authorization refused.
pub(super) fn finding(case: &Case<'_>, error: &GatewayError) -> Diagnostic {
    let words = error.message.as_deref().unwrap_or_default();
    let detail = error.detail.as_ref();
    let message = detail.map_or(words, |detail| detail.message.as_str());
    let finding = at(Diagnostic::warning(Code::CallerRefused, message), detail);
    if finding.help.is_some() {
        return finding;
    }
    match help(case, error) {
        Some(help) => finding.help(help),
        None => finding,
    }
}

fn help(case: &Case<'_>, error: &GatewayError) -> Option<String> {
    let help = match error.kind {
        Kind::MissingAuthenticationToken => {
            "sign the request with an access key (Signature Version 4, service `execute-api`)".to_owned()
        }
        Kind::InvalidSignature => match case.facts.why.first() {
            Some(hint) if !hint.starts_with("the canonical request") => hint.clone(),
            _ => "compare what the client signed with the canonical request in the trace, and its secret with that of the settings"
                .to_owned(),
        },
        Kind::AccessDenied => {
            "let a policy of the caller, or the resource policy, allow it: the trace says what each statement is about".to_owned()
        }
        _ => return None,
    };
    Some(help)
}
