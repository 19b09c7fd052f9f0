//! `vestibule check`: everything that is wrong with definitions and templates, without serving anything.
//!
//! Definitions are read and compiled as `serve` reads them, then judged. A file that ends in `.vtl` or `.vm` is one mapping
//! template by itself. No store is opened and nothing listens.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use vestibule_gateway::{lint, lint_cache, lint_template};
use vestibule_restapi::{Diagnostic, Place, Severity, Sourced, printable};

use super::cli::{Output, counted};
use super::exit::Exit;
use super::failure::Failure;
use super::serve::identities;
use crate::config::{self, Environment, Flags};
use crate::serve::{self, DefinitionFiles};

/// Find what is wrong with definitions and templates
#[derive(Debug, clap::Args)]
#[command(after_help = "\
A FILE that ends in .vtl or .vm is a mapping template by itself. Every finding
has a page in docs/errors.md.

Exit codes: 0 nothing worse than warnings, 1 errors (or warnings that are
denied), 2 could not run.

Examples:
  vestibule check openapi.yaml tables.yaml
  vestibule check get-item.vtl --notes
  vestibule check openapi.yaml --output json --deny-warnings")]
pub(super) struct Check {
    /// Form of the findings
    #[arg(long, value_name = "text|json", default_value = "text", hide_possible_values = true)]
    output: Form,
    /// Exit with 1 for warnings too
    #[arg(long)]
    deny_warnings: bool,
    /// Show notes too: what is often as meant and sometimes a trap
    #[arg(long)]
    notes: bool,
    #[command(flatten)]
    flags: Flags,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Form {
    Text,
    Json,
}

impl Check {
    /// Runs the command.
    pub(super) fn run(
        self,
        environment: &Environment,
        output: &mut Output<'_>,
    ) -> Result<Exit, Failure> {
        let loaded = config::load(&self.flags, environment)?;
        output.warn(&loaded.warnings);
        let mut settings = loaded.settings;
        let named = std::mem::take(&mut settings.definitions.value);
        if named.is_empty() {
            return Err(Failure::usage("no file is named", "vestibule check FILE..."));
        }
        let (templates, definitions): (Vec<PathBuf>, _) =
            named.into_iter().partition(|path| is_template(path));
        settings.definitions.value = definitions;

        let mut findings = Vec::new();
        for path in &templates {
            findings.extend(of_template(path));
        }
        if !settings.definitions.value.is_empty() {
            let served = serve::load(&settings, &identities(&settings));
            findings.extend(served.diagnostics);
            findings.extend(served.notes);
            let judged = findings.len();
            for api in &served.apis {
                findings.extend(lint(api));
                let own = served.stage_settings.iter().filter(|stage| stage.api == api.id);
                findings.extend(lint_cache(api, own));
            }
            let judged = findings.iter_mut().skip(judged);
            judged.for_each(|finding| finding.conceal(&served.secrets));
        }
        Diagnostic::sort(&mut findings);
        let counts = Counts::of(&findings);
        findings.retain(|finding| self.notes || finding.severity != Severity::Note);
        output.print(&match self.output {
            Form::Text => text(&findings, &counts, self.notes),
            Form::Json => document(&findings, &counts),
        });
        let is_denied = self.deny_warnings && counts.warnings > 0;
        Ok(if counts.errors > 0 || is_denied { Exit::Findings } else { Exit::Ok })
    }
}

fn is_template(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "vtl" || extension == "vm")
}

fn of_template(path: &Path) -> Vec<Diagnostic> {
    match serve::source(path, &DefinitionFiles::default()) {
        Ok(source) => {
            let document = source.document();
            lint_template(&Sourced::verbatim(document, 0, document.text(), ""))
        }
        Err(finding) => vec![*finding],
    }
}

struct Counts {
    errors: usize,
    warnings: usize,
    notes: usize,
}

impl Counts {
    fn of(findings: &[Diagnostic]) -> Counts {
        let count = |severity| findings.iter().filter(|f| f.severity == severity).count();
        Counts {
            errors: count(Severity::Error),
            warnings: count(Severity::Warning),
            notes: count(Severity::Note),
        }
    }
}

/// The findings as they are shown everywhere, and a line that counts them.
fn text(findings: &[Diagnostic], counts: &Counts, has_notes: bool) -> String {
    let mut text = String::new();
    for finding in findings {
        text.push_str(&format!("{}\n\n", printable(&finding.to_string())));
    }
    let kinds = [("error", counts.errors), ("warning", counts.warnings), ("note", counts.notes)];
    let shown: Vec<String> = kinds
        .into_iter()
        .filter(|(kind, number)| *number > 0 && (has_notes || *kind != "note"))
        .map(|(kind, number)| counted(number, kind))
        .collect();
    text.push_str(&if shown.is_empty() { "nothing found".to_owned() } else { shown.join(", ") });
    if counts.notes > 0 && !has_notes {
        let notes = counted(counts.notes, "note");
        text.push_str(&format!("; {notes} with `--notes`"));
    }
    text.push('\n');
    text
}

/// One JSON document, for editors and CI.
fn document(findings: &[Diagnostic], counts: &Counts) -> String {
    let document = json!({
        "findings": findings.iter().map(object).collect::<Vec<Value>>(),
        "errors": counts.errors,
        "warnings": counts.warnings,
        "notes": counts.notes,
    });
    format!("{document:#}\n")
}

/// Lines and columns count from 1, columns in characters; the end is behind the last character.
fn object(finding: &Diagnostic) -> Value {
    let place = |of: &dyn Fn(&Place) -> Value| finding.place.as_ref().map_or(Value::Null, of);
    let end = |place: &Place| place.document.position(place.span.end);
    json!({
        "code": finding.code.id(),
        "severity": finding.severity.to_string(),
        "message": finding.message,
        "label": finding.label,
        "notes": finding.notes,
        "help": finding.help,
        "file": place(&|place| place.document.name().into()),
        "line": place(&|place| place.start().line.into()),
        "column": place(&|place| place.start().column.into()),
        "endLine": place(&|place| end(place).line.into()),
        "endColumn": place(&|place| end(place).column.into()),
        "pointer": place(&|place| (*place.pointer).into()),
    })
}
