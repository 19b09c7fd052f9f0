//! Why a request went wrong, or will: from what its steps made and what DynamoDB said, to a place of the definition and a
//! remedy. The cause comes first.
//!
//! It is right or silent: where no cause is certain, the finding says what happened and where.

mod answer;
mod failure;
mod function;
mod json;
mod refused;
mod request;
mod role;
mod selection;
mod store;
mod tables;

pub(super) use tables::{Known, ask, question};

use super::rerun::{self, Facts, Made};
use crate::limits::FINDINGS_MAX;
use crate::lint;
use std::ops::Range;
use vestibule_restapi::{Code, Diagnostic, Place, Severity, Sourced};
use vestibule_vtl::Part;

/// What is looked at.
struct Case<'f> {
    facts: &'f Facts,
    known: &'f Known,
    /// What the lints say about the parts of the definition that the request went through.
    lints: Vec<Diagnostic>,
}

/// All findings about a request, the cause first.
pub(super) fn findings(facts: &Facts, known: &Known) -> Vec<Diagnostic> {
    let case = Case { facts, known, lints: lints(facts) };
    let mut findings = Vec::new();
    failure::check(&case, &mut findings);
    role::check(&case, &mut findings);
    store::check(&case, &mut findings);
    selection::check(&case, &mut findings);
    function::check(&case, &mut findings);
    request::check(&case, &mut findings);
    answer::check(&case, &mut findings);
    for lint in &case.lints {
        let is_said = |finding: &Diagnostic| match (&finding.place, &lint.place) {
            (Some(said), Some(place)) => said.overlaps(place),
            _ => false,
        };
        if lint.severity != Severity::Note && !findings.iter().any(is_said) {
            findings.push(lint.clone());
        }
    }
    findings.sort_by_key(rank);
    findings.truncate(FINDINGS_MAX);
    findings
}

/// What made a request fail comes first, then a name that is not what it seems, as the cause of all else.
fn rank(finding: &Diagnostic) -> u8 {
    match (finding.severity, finding.code) {
        (Severity::Error, _) => 0,
        (
            _,
            Code::AppSyncHelper
            | Code::HyphenInName
            | Code::UnknownTemplateMember
            | Code::UnknownVariable,
        ) => 1,
        (Severity::Warning | Severity::Note, _) => 2,
    }
}

/// The lints of what the request went through: its templates, mappings and patterns.
fn lints(facts: &Facts) -> Vec<Diagnostic> {
    let Some((resource, method)) = rerun::definition(facts) else { return Vec::new() };
    let (Some(stage), Some(integration)) = (&facts.stage, &method.integration) else {
        return Vec::new();
    };
    let template = |made: &'_ Option<Made>| {
        made.as_ref().and_then(|made| made.template.as_ref()).map(|used| used.source.whole())
    };
    let mut used: Vec<Place> = Vec::new();
    used.extend(template(&facts.request));
    used.extend(template(&facts.response));
    let lines = facts.request_parameters.iter().chain(&facts.response_parameters);
    used.extend(lines.map(|line| line.source.whole()));
    if facts.reply.is_some() {
        let patterns = integration.responses.iter().filter_map(|r| r.selection_pattern.as_ref());
        used.extend(patterns.map(Sourced::whole));
    }
    let mut found = lint::lint_integration(stage.snapshot().api(), resource, integration);
    found.retain(|finding| {
        let place = finding.place.as_ref();
        place.is_some_and(|place| used.iter().any(|used| place.is_within(used)))
    });
    found
}

impl Case<'_> {
    fn is_dynamodb(&self) -> bool {
        rerun::method(self.facts).is_some_and(|method| method.integration.kind.action().is_some())
    }

    /// What a lint says to do at a place.
    fn help_at(&self, place: &Place) -> Option<String> {
        let at = |lint: &&Diagnostic| lint.place.as_ref().is_some_and(|at| at.overlaps(place));
        self.lints.iter().find(at)?.help.clone()
    }
}

impl Case<'_> {
    /// What a lint about names says to do at a place: why something there printed nothing.
    fn name_help_at(&self, place: &Place) -> Option<String> {
        let at = |lint: &&Diagnostic| {
            rank(lint) == 1 && lint.place.as_ref().is_some_and(|at| at.overlaps(place))
        };
        self.lints.iter().find(at)?.help.clone()
    }
}

impl Made {
    /// The part of the template that some bytes of its text come from: the first reference among them, also one that printed
    /// nothing there, else the text itself.
    fn origin(&self, range: &Range<usize>) -> Option<Part> {
        let is_inside = |part: &&Part| {
            !part.is_text && part.output.start >= range.start && part.output.end <= range.end
        };
        if let Some(printed) = self.written.parts().iter().find(is_inside) {
            return Some(printed.clone());
        }
        let mut part = self.written.at(range.start)?;
        if part.is_text {
            let length = u32::try_from(range.len()).unwrap_or(u32::MAX);
            part.span.end = part.span.end.min(part.span.start.saturating_add(length));
        }
        Some(part)
    }

    /// Where some bytes of its text come from.
    fn place_of(&self, range: &Range<usize>) -> Option<Place> {
        let part = self.origin(range)?;
        Some(self.template.as_ref()?.source.place(part.span.range()))
    }

    /// What the template says where some bytes of its text come from.
    fn expression(&self, part: &Part) -> &str {
        let template = self.template.as_ref();
        template.and_then(|used| used.source.as_str().get(part.span.range())).unwrap_or_default()
    }

    /// What a part printed.
    fn printed(&self, part: &Part) -> &str {
        let text = self.text.as_deref().unwrap_or_default();
        text.get(part.output.clone()).unwrap_or_default()
    }
}
