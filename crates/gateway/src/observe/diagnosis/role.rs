//! A call that the role of the integration may not make: what each statement of its policies is about.

use super::Case;
use crate::integrate::Denied;
use crate::observe::rerun;
use vestibule_restapi::{Code, Diagnostic};

/// Statements that a finding names.
const STATEMENTS_MAX: usize = 4;

pub(super) fn check(case: &Case<'_>, findings: &mut Vec<Diagnostic>) {
    let Some(Denied { message, why }) = &case.facts.denied else { return };
    let mut finding =
        Diagnostic::error(Code::RoleDenied, format!("the role of the integration: {message}"));
    let credentials = rerun::definition(case.facts)
        .and_then(|(_, method)| method.integration.as_ref()?.credentials.clone());
    if let Some(credentials) = credentials {
        finding = finding.at(credentials.whole());
    }
    for (place, line) in why.iter().take(STATEMENTS_MAX) {
        finding = finding.note(match place {
            Some(place) => format!("{place}: {line}"),
            None => line.clone(),
        });
    }
    findings.push(
        finding.help("let a policy of the role allow it, or give the integration another role"),
    );
}
