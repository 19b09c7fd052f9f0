//! Definitions: every finding has a place in its document, and every character of what was read knows where it stands.

use std::sync::Arc;

use vestibule_import::{BasePath, Imported, NoFiles, Options, Source, Table, read};
use vestibule_restapi::{AccountId, Diagnostic, Document, Place, Region, RestApi, Sourced};

use crate::export;
use crate::message::{is_one_line, is_said, is_within};

/// Reads the input as a definition in YAML, or in JSON that is read as YAML where it is none. What was read without an
/// error is the same after an export.
pub fn openapi(data: &[u8]) {
    let Some(imported) = import("api.yaml", data) else { return };
    let Some(options) = options() else { return };
    if !imported.has_errors() {
        imported.definitions.apis.iter().for_each(|api| export::check(api, &options));
    }
}

/// Reads the input as a CloudFormation template; what it says of tables is the JSON of a request.
pub fn cloudformation(data: &[u8]) {
    let Some(imported) = import("tables.json", data) else { return };
    imported.definitions.tables.iter().for_each(check_table);
    if let Some(imported) = import("tables", data) {
        imported.definitions.tables.iter().for_each(check_table);
    }
}

/// Reads the input as what Terraform prints of a plan or a state.
pub fn terraform(data: &[u8]) {
    let Some(imported) = import("plan.json", data) else { return };
    imported.definitions.tables.iter().for_each(check_table);
}

/// Reads the input as a file of this name and checks all that is promised of the result; nothing when it is no text.
pub(crate) fn import(name: &str, data: &[u8]) -> Option<Imported> {
    let source = match Source::from_bytes(name, data.to_vec()) {
        Ok(source) => source,
        Err(finding) => {
            check_finding(&finding, None);
            return None;
        }
    };
    let options = options()?;
    let imported = read(std::slice::from_ref(&source), &options, &NoFiles);
    for finding in &imported.diagnostics {
        check_finding(finding, Some(source.document()));
    }
    let again = read(&[source], &options, &NoFiles);
    assert_eq!(shown(&imported), shown(&again), "two reads of one file find different things");
    for api in &imported.definitions.apis {
        strings(api).into_iter().for_each(check_string);
    }
    Some(imported)
}

fn options() -> Option<Options> {
    let account = AccountId::parse("000000000000").ok()?;
    let region = Region::parse("us-east-1").ok()?;
    Some(Options { account, region, parameters: vec![], base_path: BasePath::Ignore })
}

fn shown(imported: &Imported) -> Vec<String> {
    imported.diagnostics.iter().map(Diagnostic::to_string).collect()
}

/// Checks one finding; its place lies in `document` when that is given, and in its own document always.
pub(crate) fn check_finding(finding: &Diagnostic, document: Option<&Arc<Document>>) {
    is_said(finding);
    is_one_line(&finding.message);
    finding.notes.iter().for_each(is_one_line);
    finding.help.iter().for_each(is_one_line);
    let Some(place) = &finding.place else { return };
    check_place(place, finding);
    if let Some(document) = document {
        assert!(Arc::ptr_eq(&place.document, document), "a place in another document: {finding}");
    }
}

fn check_place(place: &Place, what: &impl std::fmt::Display) {
    is_within(place.document.text(), place.span.clone(), what);
    let start = place.start();
    assert!(start.line >= 1 && start.column >= 1);
    assert_eq!(place.document.offset(start), place.span.start, "{what}");
}

fn check_table(table: &Table) {
    let definition = serde_json::from_str::<serde_json::Value>(&table.create_table);
    let named = definition.ok().and_then(|d| Some(d.get("TableName")?.as_str()?.to_owned()));
    assert_eq!(named.as_deref(), Some(table.name.as_str()), "{}", table.create_table);
    check_string(&table.name);
    check_place(&table.place, &table.logical_id);
}

/// Checks the pieces of a string: they follow one another and those that are verbatim are.
fn check_string(text: &Sourced) {
    let ends = text.pieces().iter().skip(1).map(|piece| piece.start).chain([text.len()]);
    assert_eq!(text.pieces().first().map(|piece| piece.start), Some(0), "{text:?}");
    for (piece, end) in text.pieces().iter().zip(ends) {
        let decoded = text.get(piece.start..end);
        assert!(decoded.is_some(), "{piece:?} of {text:?}");
        let written = piece.document.text().get(piece.source.clone());
        assert!(written.is_some(), "{piece:?} of {text:?}");
        assert!(!piece.verbatim || decoded == written, "{decoded:?} was {written:?}");
    }
    for (at, character) in text.char_indices() {
        let place = text.place(at..at + character.len_utf8());
        is_within(place.document.text(), place.span.clone(), &place);
    }
    check_place(&text.whole(), &text.as_str());
}

/// The strings of an API that later steps parse.
fn strings(api: &RestApi) -> Vec<&Sourced> {
    let mut strings = vec![&api.name];
    strings.extend(api.models.iter().map(|model| &model.schema));
    for response in &api.gateway_responses {
        strings.extend(response.response_templates.iter().map(|template| &template.template));
        strings.extend(response.response_parameters.iter().map(|line| &line.source));
    }
    for resource in &api.resources {
        strings.push(&resource.path);
        for integration in resource.methods.iter().filter_map(|method| method.integration.as_ref())
        {
            strings.extend(&integration.uri);
            strings.extend(integration.request_templates.iter().map(|template| &template.template));
            for line in &integration.request_parameters {
                strings.extend([&line.destination, &line.source]);
            }
            for response in &integration.responses {
                strings.extend(&response.selection_pattern);
                strings.push(&response.status_code);
                strings.extend(response.response_templates.iter().map(|t| &t.template));
                strings.extend(response.response_parameters.iter().map(|line| &line.source));
            }
        }
    }
    strings
}
