//! `paths`: which paths API Gateway takes, and the path items under them.
//! AWS docs: api-gateway-known-issues; sibling rules recorded on AWS.

use super::api::Document;
use super::members::Members;
use super::{bundle, method, requests};
use crate::limits::PATH_BYTES_MAX;
use crate::reader::Reader;
use crate::tree::{Entry, Node, standing_for};
use std::collections::HashMap;
use vestibule_restapi::{Code, Diagnostic, HttpMethod, Resource, ResourceId, Sourced};

const PATH_ITEM: Members = Members {
    what: "a path item",
    known: &[
        "get",
        "put",
        "post",
        "delete",
        "options",
        "head",
        "patch",
        "parameters",
        "summary",
        "description",
        "servers",
        "$ref",
        "x-amazon-apigateway-any-method",
    ],
    ignored: &[("trace", "API Gateway has no TRACE methods")],
};

/// Reads every path; those that API Gateway does not take are findings.
pub(super) fn read<'t>(
    root: Node<'t>,
    document: &mut Document<'t>,
    reader: &mut Reader<'_>,
) -> Vec<Resource> {
    let Some(paths) = root.get("paths") else {
        reader.missing(root, "an OpenAPI document", "paths");
        return vec![];
    };
    let mut tree = PathTree::default();
    let mut resources = vec![];
    for entry in reader.object(paths) {
        if entry.name().starts_with("x-") {
            continue;
        }
        let path = entry.key.sourced().map(|path| prefixed(&document.prefix, path));
        let Some(path) = path.and_then(|path| tree.add(path, reader)) else {
            // The methods are read all the same: their findings are as true.
            methods(entry, "", document, reader);
            continue;
        };
        let methods = methods(entry, &path, document, reader);
        if !methods.is_empty() {
            resources.push(Resource { id: ResourceId::of(&path), path, methods });
        }
    }
    resources
}

fn methods<'t>(
    path_item: Entry<'t>,
    path: &str,
    document: &mut Document<'t>,
    reader: &mut Reader<'_>,
) -> Vec<vestibule_restapi::Method> {
    if path_item.value.is_null() {
        return vec![];
    }
    let members = reader.members(path_item.value, &PATH_ITEM);
    let reference = path_item.value.entry("$ref");
    // One to a file that could not be brought in is a finding already.
    let is_told = |reference: &Entry<'_>| reference.value.text().is_some_and(bundle::is_file);
    if let Some(reference) = reference.filter(|reference| !is_told(reference)) {
        let message = "a path item by reference is not supported";
        let finding = Diagnostic::error(Code::UnsupportedFeature, message);
        reader.error(
            finding.at(reference.key.place()).note("API Gateway ignores it, and all its methods"),
        );
    }
    let shared = path_item.value.get("parameters");
    let shared = requests::declared(shared, document, reader);
    let mut methods = vec![];
    for member in members {
        let verb = match member.name() {
            "x-amazon-apigateway-any-method" => HttpMethod::Any,
            name if PATH_ITEM.known.contains(&name) => match HttpMethod::parse(name) {
                Some(verb) => verb,
                None => continue,
            },
            _ => continue,
        };
        let place = method::Site { verb, path, key: member.key, shared: &shared };
        methods.push(method::read(member.value, &place, document, reader));
    }
    methods
}

/// A path behind the base path. One that does not begin with `/` stays as it is, to be refused.
fn prefixed(prefix: &str, path: Sourced) -> Sourced {
    if prefix.is_empty() || !path.starts_with('/') || path.len() > PATH_BYTES_MAX {
        return path;
    }
    standing_for(&format!("{prefix}{}", &*path), &path.whole())
}

/// Whether a path has an operation, be it one that was refused.
pub(super) fn has_operations(root: Node<'_>) -> bool {
    let paths = root.get("paths").into_iter().flat_map(|paths| paths.entries().collect::<Vec<_>>());
    let mut members = paths.flat_map(|path| path.value.entries().collect::<Vec<_>>());
    members.any(|member| {
        member.name() == "x-amazon-apigateway-any-method"
            || HttpMethod::parse(member.name()).is_some()
    })
}

/// The resources seen so far, by their path.
#[derive(Default)]
struct PathTree {
    /// The variable child of a resource, by the resource's path.
    variables: HashMap<String, String>,
    /// Where each full path was defined.
    defined: HashMap<String, Sourced>,
}

impl PathTree {
    /// Takes a path and returns it as the resource's, or reports why not.
    fn add(&mut self, path: Sourced, reader: &mut Reader<'_>) -> Option<Sourced> {
        let invalid = |message: String, span| {
            Diagnostic::error(Code::InvalidPath, message).at(path.place(span))
        };
        if !path.starts_with('/') {
            let message = format!("the path `{}` does not begin with `/`", &*path);
            reader.error(invalid(message, 0..path.len()));
            return None;
        }
        if path.len() > PATH_BYTES_MAX {
            let message = format!("a path has {} bytes, it may have {PATH_BYTES_MAX}", path.len());
            let finding = Diagnostic::error(Code::LimitExceeded, message);
            reader.error(finding.at(path.place(0..1)));
            return None;
        }
        let mut parent = String::new();
        let mut at = 0;
        for segment in path.split('/') {
            let span = at..at + segment.len();
            at = span.end + 1;
            if segment.is_empty() {
                continue;
            }
            if let Err((message, notes)) = self.segment(&parent, segment) {
                let finding = invalid(message, span);
                reader.error(notes.into_iter().fold(finding, Diagnostic::note));
                return None;
            }
            parent.push('/');
            parent.push_str(segment);
        }
        let full = if parent.is_empty() { "/".to_owned() } else { parent };
        if let Some(first) = self.defined.get(&full) {
            let finding =
                Diagnostic::error(Code::Duplicate, format!("the path `{full}` is defined twice"));
            let note = format!("it is `{}` at {} already", &**first, first.whole());
            reader.error(finding.at(path.whole()).note(note));
            return None;
        }
        self.defined.insert(full.clone(), path.clone());
        if *path == *full {
            return Some(path);
        }
        Some(standing_for(&full, &path.whole()))
    }

    /// Checks one segment below `parent`: its characters, and that a resource has one variable child at most.
    fn segment(&mut self, parent: &str, segment: &str) -> Result<(), (String, Option<String>)> {
        let name = segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
        let Some(name) = name else {
            let is_static =
                segment.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-:,".contains(&b));
            if is_static {
                return self.below_greedy(parent);
            }
            let message = if segment.contains(['{', '}']) {
                format!("a variable is a whole segment of a path, `{segment}` is not")
            } else {
                format!(
                    "the path segment `{segment}` has a character that API Gateway does not take"
                )
            };
            return Err((
                message,
                Some("a segment is made of letters, digits and `._-:,`, or is one variable".into()),
            ));
        };
        let bare = name.strip_suffix('+').unwrap_or(name);
        if bare.is_empty()
            || !bare.bytes().all(|b| b.is_ascii_alphanumeric() || b"._$-".contains(&b))
        {
            let message = format!("`{segment}` is no name of a path variable");
            return Err((message, Some("a name is made of letters, digits and `._$-`".into())));
        }
        self.below_greedy(parent)?;
        match self.variables.get(parent) {
            Some(sibling) if sibling != segment => {
                let message = format!(
                    "`{segment}` stands beside `{sibling}`: a resource has one variable child"
                );
                let note = format!(
                    "AWS: A sibling ({sibling}) of this resource already has a variable path part -- only one is allowed"
                );
                Err((message, Some(note)))
            }
            Some(_) => Ok(()),
            None => {
                self.variables.insert(parent.to_owned(), segment.to_owned());
                Ok(())
            }
        }
    }

    fn below_greedy(&self, parent: &str) -> Result<(), (String, Option<String>)> {
        let Some(greedy) = parent.rsplit('/').next().filter(|last| last.ends_with("+}")) else {
            return Ok(());
        };
        let message = format!("nothing can follow the greedy variable `{greedy}`");
        let note = format!(
            "AWS: Cannot create a child of a resource with a greedy path variable: {greedy}"
        );
        Err((message, Some(note)))
    }
}
