//! `manifest.json` of a `cdk.out` folder: the stacks that the AWS CDK has synthesized, each a template in a file beside it.
//! What else it lists, such as assets, concerns a deployment.

use super::Stack;
use crate::limits::ASSEMBLY_DEPTH_MAX;
use crate::reader::Reader;
use crate::tree::{Entry, Node};
use vestibule_restapi::{Code, Diagnostic, Joined, Sourced};

/// Reads the templates that a manifest lists, and those of the assemblies in it.
pub(crate) fn stacks(manifest: Node<'_>, reader: &mut Reader<'_>) -> Vec<Stack> {
    let mut stacks = vec![];
    gather(manifest, 0, &mut stacks, reader);
    if stacks.is_empty() {
        let finding = Diagnostic::error(Code::NothingToServe, "the manifest lists no stack");
        reader.error(finding.at(manifest.token()));
    }
    stacks
}

fn gather(manifest: Node<'_>, depth: usize, stacks: &mut Vec<Stack>, reader: &mut Reader<'_>) {
    if depth > ASSEMBLY_DEPTH_MAX {
        let message = format!("assemblies are nested more than {ASSEMBLY_DEPTH_MAX} deep");
        reader.error(Diagnostic::error(Code::LimitExceeded, message).at(manifest.token()));
        return;
    }
    let artifacts = manifest.get("artifacts");
    for entry in artifacts.map_or_else(Vec::new, |node| reader.object(node)) {
        match entry.value.get("type").and_then(|kind| kind.text()) {
            Some("aws:cloudformation:stack") => stacks.extend(stack(entry, reader)),
            Some("cdk:cloud-assembly") => {
                let Some(folder) = property(entry, "directoryName", reader) else { continue };
                let mut location = Joined::default();
                location.whole(&folder);
                location.standing("/manifest.json", &folder.whole());
                let location = location.finish(folder.pointer().clone());
                if let Some(tree) = reader.include(&location) {
                    gather(tree.root(), depth + 1, stacks, reader);
                }
            }
            Some(_) | None => {}
        }
    }
}

fn stack(artifact: Entry<'_>, reader: &mut Reader<'_>) -> Option<Stack> {
    let file = property(artifact, "templateFile", reader)?;
    let tree = reader.include(&file)?;
    let properties = artifact.value.get("properties");
    let name = properties.and_then(|properties| properties.get("stackName")?.text());
    Some(Stack { tree, name: Some(name.unwrap_or(artifact.name()).to_owned()) })
}

fn property(artifact: Entry<'_>, name: &str, reader: &mut Reader<'_>) -> Option<Sourced> {
    let what = format!("the artifact `{}`", artifact.name());
    let Some(properties) = artifact.value.get("properties") else {
        reader.missing(artifact.value, &what, "properties");
        return None;
    };
    match properties.get(name) {
        Some(value) => reader.text(value),
        None => {
            reader.missing(properties, &what, name);
            None
        }
    }
}
