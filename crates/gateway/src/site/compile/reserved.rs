//! Names of tables that belong to the gateway: a template that names one is refused before it is served.
//!
//! The store refuses such a name at run time too, wherever it comes from; this finds the ones that are written down.

use fancy_regex::Regex;
use std::sync::LazyLock;
use vestibule_restapi::{Code, Diagnostic, Sourced};

/// `"TableName": "vestibule.x"`, and `"vestibule.x": [` or `{` as in `RequestItems`.
static NAMED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r#"(?:"TableName"\s*:\s*"(vestibule\.[A-Za-z0-9_.-]*)")|(?:"(vestibule\.[A-Za-z0-9_.-]*)"\s*:\s*[\[{])"#,
    )
    .ok()
});

/// Refuses a template in which a reserved table is named.
pub(super) fn check(template: &Sourced, diagnostics: &mut Vec<Diagnostic>) {
    let Some(named) = &*NAMED else { return };
    // The pattern has no backtracking to run out of.
    for found in named.captures_iter(template.as_str()).filter_map(Result::ok) {
        let Some(name) = found.get(1).or_else(|| found.get(2)) else { continue };
        let message = format!("the table `{}` is reserved for the gateway itself", name.as_str());
        diagnostics.push(
            Diagnostic::error(Code::ReservedTable, message)
                .at(template.place(name.range()))
                .note("names that begin with `vestibule.` do not exist for integrations")
                .help("use another table name"),
        );
    }
}
