//! The OpenAPI document of an API, open for what SAM writes into it.

use super::definition::members_of;
use super::find;
use crate::assembled::{Member, laid_over, member, object, opened};
use crate::tree::{Node, Stand, Value};
use std::collections::HashMap;
use vestibule_restapi::Place;

/// The members of a path that are methods.
const METHODS: [&str; 8] =
    ["delete", "get", "head", "options", "patch", "post", "put", "x-amazon-apigateway-any-method"];

/// A document with its paths taken apart.
#[derive(Debug)]
pub(super) struct Body<'t> {
    stand: Stand<'t>,
    place: Place,
    root: Vec<Member<'t>>,
    pub(super) paths: Vec<PathItem<'t>>,
    /// Where each path stands in `paths`.
    by_path: HashMap<String, usize>,
    pub(super) is_swagger: bool,
}

/// A path and the members of its item.
#[derive(Debug)]
pub(super) struct PathItem<'t> {
    key: Value<'t>,
    pub(super) members: Vec<Member<'t>>,
}

impl<'t> Body<'t> {
    /// Opens a document; none when it is no object.
    pub(super) fn of(node: Node<'t>) -> Option<Body<'t>> {
        let (stand, root) = opened(Value::Copy(node))?;
        let paths = members_of(find(&root, "paths")).into_iter();
        let paths = paths.map(|(key, item)| PathItem { key, members: members_of(Some(&item)) });
        let paths: Vec<_> = paths.collect();
        let name = |(at, item): (usize, &PathItem<'t>)| Some((item.key.scalar_text()?, at));
        let by_path = paths.iter().enumerate().filter_map(name).collect();
        let is_swagger = find(&root, "swagger").is_some();
        Some(Body { stand, place: node.place(), paths, by_path, root, is_swagger })
    }

    /// Adds a method of a function, `{Path, Method, Integration}`, unless the path has it.
    pub(super) fn add_method(&mut self, method: Node<'t>) {
        let (Some(path), Some(verb)) = (method.get("Path"), method.get("Method")) else { return };
        let Some(integration) = method.get("Integration") else { return };
        let place = verb.place();
        let verb = verb.text().unwrap_or("").to_lowercase();
        let verb = if verb == "any" { "x-amazon-apigateway-any-method" } else { verb.as_str() };
        let name = path.text().unwrap_or("");
        let next = self.paths.len();
        let at = *self.by_path.entry(name.to_owned()).or_insert(next);
        if at == next {
            self.paths.push(PathItem { key: Value::Copy(path), members: vec![] });
        }
        let Some(item) = self.paths.get_mut(at) else { return };
        if find(&item.members, verb).is_some() {
            return;
        }
        let mut operation = vec![
            member("x-amazon-apigateway-integration", &place, Value::Copy(integration)),
            member("responses", &place, object(&place, vec![])),
        ];
        if let Some(parameters) = path_parameters(name, &path.place(), self.is_swagger) {
            operation.insert(0, parameters);
        }
        item.members.push(member(verb, &place, object(&place, operation)));
    }

    /// Lays members over one of the root.
    pub(super) fn add_root(&mut self, name: &str, members: Option<Vec<Member<'t>>>) {
        let Some(members) = members.filter(|members| !members.is_empty()) else { return };
        let over = object(&self.place, members);
        let slot = self.root.iter_mut().find(|(key, _)| key.scalar_text().as_deref() == Some(name));
        match slot {
            Some((_, value)) => *value = laid_over(value.clone(), over),
            None => self.root.push(member(name, &self.place, over)),
        }
    }

    /// Adds models, where the version of the document has them.
    pub(super) fn add_models(&mut self, models: Vec<Member<'t>>) {
        self.add_component("definitions", "schemas", models);
    }

    /// Adds security schemes, where the version of the document has them.
    pub(super) fn add_schemes(&mut self, schemes: Vec<Member<'t>>) {
        self.add_component("securityDefinitions", "securitySchemes", schemes);
    }

    fn add_component(&mut self, swagger: &str, openapi: &str, members: Vec<Member<'t>>) {
        if members.is_empty() {
            return;
        }
        if self.is_swagger {
            return self.add_root(swagger, Some(members));
        }
        let section = member(openapi, &self.place, object(&self.place, members));
        self.add_root("components", Some(vec![section]));
    }

    /// The document with all that was added.
    pub(super) fn into_value(self) -> Value<'t> {
        let items = self.paths.into_iter();
        let items = items.map(|item| {
            let place = item.key.place();
            (item.key, object(&place, item.members))
        });
        let paths = object(&self.place, items.collect());
        let mut root = self.root;
        match root.iter_mut().find(|(key, _)| key.scalar_text().as_deref() == Some("paths")) {
            Some((_, slot)) => *slot = paths,
            None => root.push(member("paths", &self.place, paths)),
        }
        Value::Object(self.stand, root)
    }
}

impl<'t> PathItem<'t> {
    /// Its methods.
    pub(super) fn methods(&mut self) -> impl Iterator<Item = (String, &mut Value<'t>)> {
        self.members.iter_mut().filter_map(|(key, value)| {
            let name = key.scalar_text()?.to_lowercase();
            METHODS.contains(&name.as_str()).then_some((name, value))
        })
    }
}

/// The parameters of a path, as methods of functions have them.
fn path_parameters<'t>(path: &str, place: &Place, is_swagger: bool) -> Option<Member<'t>> {
    let names = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let one = |name: &str| {
        let written = |name: &str, value: &str| member(name, place, Value::standing(value, place));
        let kind = || written("type", "string");
        let mut members = vec![
            written("name", name.trim_end_matches('+')),
            written("in", "path"),
            written("required", "true"),
        ];
        members.push(match is_swagger {
            true => kind(),
            false => member("schema", place, object(place, vec![kind()])),
        });
        object(place, members)
    };
    let parameters: Vec<_> = names.map(one).collect();
    let parameters = (!parameters.is_empty()).then_some(parameters)?;
    Some(member("parameters", place, crate::assembled::array(place, parameters)))
}
