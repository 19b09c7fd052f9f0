//! JSONPaths that later versions of Jayway know and the one of API Gateway's age does not (GW316).

use super::subject::Subject;
use fancy_regex::Regex;
use std::sync::LazyLock;
use vestibule_restapi::{Code, Diagnostic};
use vestibule_vtl::Template;

static FUNCTION: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let names = "length|size|min|max|avg|stddev|sum|keys|concat|append|first|last|index";
    Regex::new(&format!(r"\.({names})\([^)]*\)\s*$")).ok()
});

/// An index from the end; `[-1:]` is a slice, which works.
static NEGATIVE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"\[\s*-\s*[0-9]+\s*\]").ok());

pub(super) fn check(template: &Template, subject: &Subject<'_>, findings: &mut Vec<Diagnostic>) {
    for literal in template.literals() {
        let is_path = literal.root == "input"
            && literal.argument == 0
            && matches!(literal.method, "path" | "json");
        if !is_path {
            continue;
        }
        let find = |regex: &LazyLock<Option<Regex>>| {
            // The patterns have no backtracking to run out of.
            regex.as_ref().and_then(|regex| regex.find(literal.text).ok().flatten())
        };
        if let Some(found) = find(&FUNCTION) {
            let name = found.as_str().trim_start_matches('.').trim_end();
            let place = literal.place(found.start() + 1, found.end());
            let message = format!("the JSONPath function `{name}` finds nothing");
            let finding = subject
                .warning(Code::LaterJsonPath, message, place)
                .note("functions came with later versions of the library that API Gateway uses");
            findings.push(finding.help(help(name)));
        } else if let Some(found) = find(&NEGATIVE) {
            let place = literal.place(found.start(), found.end());
            let index = found.as_str().trim_matches(['[', ']', ' ']);
            let message = format!("the index `{index}` finds nothing");
            let finding = subject
                .warning(Code::LaterJsonPath, message, place)
                .note("an index from the end came with later versions of the library that API Gateway uses")
                .help(format!("a slice works: `[{index}:]` is a list; or read the list and take `[{index}]` of it in Velocity"));
            findings.push(finding);
        }
    }
}

fn help(function: &str) -> &'static str {
    match function.split('(').next() {
        Some("length" | "size") => "read the list and ask it: `$input.path('$.list').size()`",
        Some("keys") => "read the object and ask it: `$input.path('$.object').keySet()`",
        _ => "read the list and compute in Velocity, with `#foreach`",
    }
}
