//! Which resources belong to which API, and the API they make together.

use super::{authorizer, domain, method, paths, rest_api, settings, stage, usage};
use crate::assembled::{Member, Parts};
use crate::definitions::Definitions;
use crate::openapi;
use crate::reader::Reader;
use crate::tree::{Entry, Node, Tree, standing_for};
use std::collections::HashSet;
use vestibule_restapi::{Code, Diagnostic, RestApi, RestApiId, Sourced};

/// An `AWS::ApiGateway::*` resource, its functions evaluated.
#[derive(Clone, Copy, Debug)]
pub(in crate::cloudformation) struct Item<'i> {
    /// Its type.
    pub(in crate::cloudformation) kind: &'i str,
    /// Its logical id, and all of it.
    pub(in crate::cloudformation) entry: Entry<'i>,
    /// What `Ref` gives for it.
    pub(in crate::cloudformation) name: &'i str,
    /// The id, of an API.
    pub(in crate::cloudformation) api_id: Option<&'i RestApiId>,
    /// What was found about it alone, when it is a method.
    pub(in crate::cloudformation) found: &'i [Diagnostic],
}

impl<'i> Item<'i> {
    /// A property as it was evaluated.
    pub(super) fn get(&self, name: &str) -> Option<Node<'i>> {
        self.entry.value.get("Properties")?.get(name).filter(|node| !node.is_null())
    }

    /// The object of its properties, or the resource when it has none.
    pub(super) fn properties(&self) -> Node<'i> {
        self.entry.value.get("Properties").unwrap_or(self.entry.value)
    }

    /// Its type without the family, such as `Method`.
    fn family(&self) -> &'i str {
        self.kind.rsplit("::").next().unwrap_or(self.kind)
    }

    /// A property that is a text.
    pub(super) fn text(&self, name: &str) -> Option<Sourced> {
        self.get(name)?.sourced()
    }

    /// A property that is a text and must be there.
    pub(super) fn required(&self, name: &str, reader: &mut Reader<'_>) -> Option<Sourced> {
        match self.get(name) {
            Some(node) => reader.text(node),
            None => {
                let what = format!("`{}`", self.entry.name());
                reader.missing(self.entry.value, &what, name);
                None
            }
        }
    }
}

/// Reads what the resources of all templates define.
pub(in crate::cloudformation) fn read(
    items: &[Item<'_>],
    definitions: &mut Definitions,
    reader: &mut Reader<'_>,
) {
    let apis: HashSet<&str> = items.iter().filter_map(|item| Some(item.api_id?.as_str())).collect();
    for item in items {
        if let Some(properties) = item.entry.value.get("Properties") {
            reader.properties(properties, settings::properties(item.family()));
        }
        belongs_somewhere(item, &apis, reader);
    }
    for api in items.iter().filter(|item| item.api_id.is_some()) {
        definitions.apis.extend(self::api(api, items, reader));
        stages(api, items, definitions, reader);
    }
    domain::read(items, definitions, reader);
    usage::read(items, definitions, reader);
}

/// The stages of an API: those that are resources, and those that deployments make.
fn stages(
    api: &Item<'_>,
    items: &[Item<'_>],
    definitions: &mut Definitions,
    reader: &mut Reader<'_>,
) {
    let Some(id) = api.api_id else { return };
    for family in ["Stage", "Deployment"] {
        let stages = of_api(items, id, family).filter_map(|item| stage::read(item, id, reader));
        definitions.stages.extend(stages);
    }
}

/// The items of a type that belong to an API.
pub(super) fn of_api<'s, 'i>(
    items: &'s [Item<'i>],
    api: &RestApiId,
    family: &'static str,
) -> impl Iterator<Item = &'s Item<'i>> + use<'s, 'i> {
    let api = api.as_str().to_owned();
    items.iter().filter(move |item| {
        item.family() == family && item.text("RestApiId").is_some_and(|id| *id == *api)
    })
}

/// What belongs to no API would be lost without a word, and a method whose place is not known leaves it to another one.
fn belongs_somewhere(item: &Item<'_>, apis: &HashSet<&str>, reader: &mut Reader<'_>) {
    let Some(id) = item.get("RestApiId") else {
        if settings::properties(item.family()).known.contains(&"RestApiId") {
            reader.missing(item.entry.value, &format!("`{}`", item.entry.name()), "RestApiId");
        }
        return;
    };
    let Some(text) = reader.text(id) else {
        // Of which API it is a method cannot be told: what was found about it alone forbids all.
        item.found.iter().for_each(|finding| reader.error(finding.clone()));
        return;
    };
    if !apis.contains(&*text) {
        let message = format!("no API has the id `{}`", &*text);
        let finding = Diagnostic::error(Code::UnknownReference, message).at(text.whole());
        let help = "name an API of these definitions, or give the file that defines it as well";
        reader.error(finding.help(help));
    }
}

fn api(item: &Item<'_>, items: &[Item<'_>], reader: &mut Reader<'_>) -> Option<RestApi> {
    let id = item.api_id?;
    let place = item.entry.key.place();
    let body = rest_api::body(item, reader);
    if body.is_none() && rest_api::has_body(item) {
        return None;
    }
    let mut parts =
        Parts { root: rest_api::root(item, body.is_some(), reader), ..Parts::default() };
    let schemes = authorizer::schemes(of_api(items, id, "Authorizer"), reader);
    let models: Vec<_> = of_api(items, id, "Model").collect();
    let trees = settings::schemas(&models, reader);
    parts.schemas = settings::models(&models, &trees, body.is_none(), &place);
    parts.root.extend(settings::validators(of_api(items, id, "RequestValidator"), &place));
    parts.root.extend(settings::gateway_responses(of_api(items, id, "GatewayResponse"), &place));
    let (documented, versions) =
        (of_api(items, id, "DocumentationPart"), of_api(items, id, "DocumentationVersion"));
    parts.root.extend(settings::documentation(documented, versions, &place));
    let resources: Vec<_> = of_api(items, id, "Resource").collect();
    let paths = paths::Paths::of(&resources, reader);
    let methods: Vec<_> = of_api(items, id, "Method").collect();
    let known = method::Known {
        paths: &paths,
        schemes: &schemes,
        validators: of_api(items, id, "RequestValidator").collect(),
    };
    parts.paths = method::operations(&methods, &known, reader);
    if let Some(body) = &body {
        twice(body.root(), &parts.paths, reader);
    }
    parts.schemes = schemes.into_members(&place);
    let document = parts.document(body.as_ref().map(Tree::value), &place);
    let tree = Tree::assemble(document).map_err(|finding| reader.error(*finding)).ok()?;
    let title = tree.root().get("info").and_then(|info| info.get("title")?.sourced());
    let name = title.unwrap_or_else(|| standing_for(item.entry.name(), &place));
    let base_path = rest_api::base_path(item, reader);
    let found = methods.iter().flat_map(|method| {
        let place = method.entry.key.place();
        method.found.iter().map(move |finding| (place.clone(), finding.clone()))
    });
    let identity = Some((id.clone(), name));
    let import = openapi::Import {
        base_path,
        identity,
        found: found.collect(),
        has_methods: !methods.is_empty(),
    };
    openapi::read(tree.root(), import, reader)
}

/// Methods of the body that are resources as well: AWS has them already when it creates the resource, and fails.
fn twice(body: Node<'_>, paths: &[(Sourced, Vec<Member<'_>>)], reader: &mut Reader<'_>) {
    for (path, operations) in paths {
        let Some(item) = body.get("paths").and_then(|paths| paths.get(path)) else { continue };
        for (verb, operation) in operations {
            let name = verb.scalar_text().unwrap_or_default();
            if item.entries().any(|entry| entry.name().eq_ignore_ascii_case(&name)) {
                let message = format!("the method `{name}` of `{}` is in the body too", &**path);
                let finding = Diagnostic::error(Code::Duplicate, message).at(operation.place());
                reader.error(finding.note("AWS: Method already exists for this resource"));
            }
        }
    }
}
