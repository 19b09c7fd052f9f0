//! Templates of gateway responses that are written as mapping templates (GW320). They have no Velocity: only `$context`,
//! `$stageVariables` and `$method.request` are replaced, the rest is printed as it stands.

use fancy_regex::Regex;
use std::sync::LazyLock;
use vestibule_restapi::{Code, Diagnostic, GatewayResponse, Sourced};

static VELOCITY: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let directive = r"#\{?(?:if|elseif|foreach|set)\}?\s*\(|#(?:\{else\}|\{end\}|else\b|end\b)";
    let object = r"\$!?\{?(?:input|util)\.\w+";
    Regex::new(&format!("{directive}|{object}")).ok()
});

/// `messageString` is a JSON string with its quotes.
static QUOTED: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#""(\$\{?context\.error\.messageString\}?)""#).ok());

pub(super) fn check(response: &GatewayResponse, findings: &mut Vec<Diagnostic>) {
    for template in &response.response_templates {
        findings.extend(velocity(&template.template));
        findings.extend(quoted(&template.template));
    }
}

fn velocity(template: &Sourced) -> Option<Diagnostic> {
    // The patterns have no backtracking to run out of.
    let found = VELOCITY.as_ref()?.find(template.as_str()).ok()??;
    let text = found.as_str().trim_end_matches(['(', ' ', '\t']);
    let message = format!("`{text}` is printed as it stands");
    let finding = Diagnostic::warning(Code::GatewayResponseTemplate, message)
        .at(template.place(found.start()..found.start() + text.len()))
        .note("templates of gateway responses have no Velocity")
        .help("`$context.name`, `$stageVariables.name` and `$method.request.header.name` are replaced");
    Some(finding)
}

fn quoted(template: &Sourced) -> Option<Diagnostic> {
    let found = QUOTED.as_ref()?.captures(template.as_str()).ok()??.get(1)?;
    let message = format!("`{}` has quotes of its own", found.as_str());
    let finding = Diagnostic::warning(Code::GatewayResponseTemplate, message)
        .at(template.place(found.range()))
        .note("quotes around quotes are no JSON")
        .help("leave out the quotes around it, or write `$context.error.message` inside them");
    Some(finding)
}
