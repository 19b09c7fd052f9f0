//! Exports: what is read from one is exported as the same text.

use vestibule_import::{
    ExportOptions, Extensions, Format, NoFiles, Notation, Options, Source, export, read,
};
use vestibule_restapi::{RestApi, RestApiId, Severity, StageName};

/// Exports an API in each format and notation, reads that and exports it again. What the format cannot say, and what is
/// too large or deep to be read again, is passed over.
pub(crate) fn check(api: &RestApi, options: &Options) {
    let Ok(stage) = StageName::parse("prod") else { return };
    for format in [Format::Oas30, Format::Swagger] {
        for (notation, name) in [(Notation::Json, "export.json"), (Notation::Yaml, "export.yaml")] {
            let asked = ExportOptions {
                format,
                notation,
                extensions: Extensions::Apigateway,
                region: options.region.clone(),
                stage: stage.clone(),
            };
            let exported = export(api, &asked);
            if exported.diagnostics.is_empty() {
                let again = reread(&exported.text, name, &asked, options);
                // An id that comes of another name than the title is not in the export.
                let is_named = api.id == RestApiId::of(&api.name);
                let again = again.filter(|_| is_named);
                assert!(again.is_none_or(|again| again == exported.text), "{}", exported.text);
            }
        }
    }
}

/// The export of what is read from one; none when that is past a limit.
fn reread(text: &str, name: &str, asked: &ExportOptions, options: &Options) -> Option<String> {
    let imported = read(&[Source::new(name, text)], options, &NoFiles);
    let errors: Vec<_> =
        imported.diagnostics.iter().filter(|finding| finding.severity == Severity::Error).collect();
    if errors.iter().any(|finding| finding.code.id() == "GW106") {
        return None;
    }
    assert!(errors.is_empty(), "an export has errors: {errors:?}\n{text}");
    let again = imported.definitions.apis.first().map(|api| export(api, asked).text);
    assert!(again.is_some(), "an export has no API: {text}");
    again
}
