//! `AWS::ApiGateway::Resource`: parents and path parts joined to full paths.

use super::Item;
use crate::limits::DEPTH_MAX;
use crate::reader::Reader;
use crate::tree::standing_for;
use std::collections::{HashMap, HashSet};
use vestibule_restapi::{Code, Diagnostic, Joined, ResourceId, Sourced};

/// The full path of each resource, by what `Ref` gives for it.
#[derive(Debug)]
pub(super) struct Paths {
    by_name: HashMap<String, Sourced>,
    /// Resources without a path, each with a finding.
    lost: HashSet<String>,
    root: ResourceId,
}

impl Paths {
    /// Joins the paths of an API's resources. One whose parent is not there is a finding, and so has no path.
    pub(super) fn of(resources: &[&Item<'_>], reader: &mut Reader<'_>) -> Paths {
        let root = ResourceId::of("/");
        let by_id: HashMap<&str, &Item<'_>> =
            resources.iter().map(|item| (item.name, *item)).collect();
        let mut paths = Paths { by_name: HashMap::new(), lost: HashSet::new(), root };
        for item in resources {
            match paths.path(item, &by_id, reader) {
                Some(path) => drop(paths.by_name.insert(item.name.to_owned(), path)),
                None => drop(paths.lost.insert(item.name.to_owned())),
            }
        }
        paths
    }

    /// The path of the resource of this id; of the root it is `/`.
    pub(super) fn find(&self, id: &Sourced) -> Option<Sourced> {
        if **id == *self.root.as_str() {
            return Some(standing_for("/", &id.whole()));
        }
        self.by_name.get(&**id).cloned()
    }

    /// Whether the resource of this id is there, and a finding says why it has no path.
    pub(super) fn is_lost(&self, id: &str) -> bool {
        self.lost.contains(id)
    }

    /// What is known, for a suggestion.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.by_name.keys().map(String::as_str)
    }

    fn path(
        &self,
        item: &Item<'_>,
        by_id: &HashMap<&str, &Item<'_>>,
        reader: &mut Reader<'_>,
    ) -> Option<Sourced> {
        let mut parts = vec![];
        let mut at = *item;
        for _ in 0..DEPTH_MAX {
            let (part, parent) =
                (at.required("PathPart", reader)?, at.required("ParentId", reader)?);
            parts.push(part);
            if *parent == *self.root.as_str() {
                return Some(joined(&parts));
            }
            let Some(above) = by_id.get(&*parent) else {
                let message = format!("no resource of this API has the id `{}`", &*parent);
                let finding = Diagnostic::error(Code::UnknownReference, message);
                let root = reader.wording.name_of("RootResourceId");
                let help = format!("a parent is another resource, or the API's `{root}`");
                reader.error(finding.at(parent.whole()).help(help));
                return None;
            };
            at = **above;
        }
        let message =
            format!("`{}` has more than {DEPTH_MAX} parents, or is its own", item.entry.name());
        let finding = Diagnostic::error(Code::InvalidResource, message);
        reader.error(finding.at(item.entry.key.place()));
        None
    }
}

/// `/` before each part, the last part first.
fn joined(parts: &[Sourced]) -> Sourced {
    let mut path = Joined::default();
    for part in parts.iter().rev() {
        path.standing("/", &part.place(0..0));
        path.whole(part);
    }
    let pointer = parts.first().map_or_else(|| "".into(), |part| part.pointer().clone());
    path.finish(pointer)
}
