//! Resources of the provider that are parts of one thing: a method with its responses and its integration, a stage with the
//! settings of its methods, an API with its policy.

use super::plan::Plan;
use super::table;
use super::translate::{Source, Translator};
use super::types::{
    Attribute, INTEGRATION, INTEGRATION_RESPONSE, METHOD_RESPONSE, METHOD_SETTING, Role, role,
};
use crate::assembled::{Member, array, object};
use crate::cloudformation::Evaluated;
use crate::reader::Reader;
use crate::tree::{self, Ground, Kind, Node, Tree, Value};
use std::collections::{HashMap, HashSet};
use vestibule_restapi::{Code, Diagnostic, RestApiId};

/// What a part belongs to: the values of the attributes that name it.
type Owner = Vec<String>;

/// Parts of methods, stages and APIs by what they belong to.
#[derive(Debug, Default)]
struct Parts<'t> {
    by_owner: HashMap<(&'static str, Owner), Vec<Part<'t>>>,
}

/// A part, translated.
#[derive(Debug)]
struct Part<'t> {
    /// The property of the whole that it is, or is an item of.
    property: &'static str,
    value: Value<'t>,
    found: Vec<Diagnostic>,
    source: Source<'t>,
}

/// The names that tell one thing of a kind from another.
const METHOD: [&str; 3] = ["rest_api_id", "resource_id", "http_method"];
const STAGE: [&str; 2] = ["rest_api_id", "stage_name"];
const API: [&str; 1] = ["rest_api_id"];

const API_TYPE: &str = "AWS::ApiGateway::RestApi";
const METHOD_TYPE: &str = "AWS::ApiGateway::Method";
const STAGE_TYPE: &str = "AWS::ApiGateway::Stage";
const TABLE_TYPE: &str = "AWS::DynamoDB::Table";

/// All resources of a plan, each as the CloudFormation resource that says the same.
pub(super) fn resources<'t>(
    plan: &Plan<'t>,
    translator: &mut Translator<'_, 't>,
    reader: &mut Reader<'_>,
) -> Vec<Evaluated> {
    let mut parts = Parts::default();
    let made = || plan.instances.iter().enumerate().filter(|(_, instance)| !instance.is_data);
    for (_, instance) in made().filter(|(_, i)| matches!(role(i.kind), Role::Joined)) {
        parts.read(instance.kind, Source::of(instance), translator, reader);
    }
    let (mut resources, mut lost) = (vec![], HashSet::new());
    for (at, instance) in made() {
        let Role::Read(kind, attributes) = role(instance.kind) else { continue };
        let whole = Whole { at, kind, attributes, source: Source::of(instance) };
        match whole.evaluated(&mut parts, translator, reader) {
            Some(resource) => resources.push(resource),
            None if kind == API_TYPE => lost.extend(translator.resolver.attribute(at, "id")),
            None => {}
        }
    }
    parts.left_over(&lost, reader);
    // Why their API is not there was said.
    let is_lost = |resource: &Evaluated| {
        let api = resource.properties().get("RestApiId").and_then(|id| id.text());
        api.is_some_and(|api| lost.contains(api))
    };
    resources.retain(|resource| !is_lost(resource));
    resources
}

impl<'t> Parts<'t> {
    fn read(
        &mut self,
        kind: &str,
        source: Source<'t>,
        translator: &mut Translator<'_, 't>,
        reader: &mut Reader<'_>,
    ) {
        let (whole, names): (_, &[&str]) = match kind {
            "aws_api_gateway_method_settings" => (STAGE_TYPE, &STAGE),
            "aws_api_gateway_rest_api_policy" => (API_TYPE, &API),
            _ => (METHOD_TYPE, &METHOD),
        };
        let owner = owner(&source, names, translator);
        // Without an owner nothing is known of which method this is: it forbids all.
        reader_takes(translator, reader);
        let Some(owner) = owner else { return };
        let (property, value) = match kind {
            "aws_api_gateway_integration" => {
                ("Integration", whole_of(&source, INTEGRATION, translator))
            }
            "aws_api_gateway_integration_response" => {
                ("IntegrationResponses", whole_of(&source, INTEGRATION_RESPONSE, translator))
            }
            "aws_api_gateway_method_response" => {
                ("MethodResponses", whole_of(&source, METHOD_RESPONSE, translator))
            }
            "aws_api_gateway_method_settings" => {
                ("MethodSettings", method_setting(&source, translator))
            }
            _ => match translator.known(&source, "policy", false) {
                Some(entry) => ("Policy", Value::Copy(entry.value)),
                None => return reader_takes(translator, reader),
            },
        };
        let found = std::mem::take(&mut translator.found);
        let part = Part { property, value, found, source };
        self.by_owner.entry((whole, owner)).or_default().push(part);
    }

    /// What belongs to nothing in the plan would be lost without a word.
    fn left_over(self, lost: &HashSet<String>, reader: &mut Reader<'_>) {
        let is_told = |(_, owner): &(&str, Owner)| owner.first().is_some_and(|a| lost.contains(a));
        let left = self.by_owner.into_iter().filter(|(owner, _)| !is_told(owner));
        let mut left: Vec<Part<'_>> = left.flat_map(|(_, parts)| parts).collect();
        left.sort_by_key(|part| part.source.place.span.start);
        for Part { source, property, .. } in left {
            let whole = match property {
                "MethodSettings" => "stage",
                "Policy" => "API",
                _ => "method",
            };
            let message =
                format!("`{}` belongs to no {whole} that is defined here", source.address());
            let finding = Diagnostic::error(Code::UnknownReference, message).at(source.place);
            reader.error(finding);
        }
    }
}

/// Findings that are of no method alone.
fn reader_takes(translator: &mut Translator<'_, '_>, reader: &mut Reader<'_>) {
    translator.found.drain(..).for_each(|finding| reader.error(finding));
}

/// The values of the attributes that name an owner.
fn owner<'t>(
    source: &Source<'t>,
    names: &[&str],
    translator: &mut Translator<'_, 't>,
) -> Option<Owner> {
    names.iter().map(|name| translator.reference(source, name)?.scalar_text()).collect()
}

/// All that attributes say, as an object that stands for the resource.
fn whole_of<'t>(
    source: &Source<'t>,
    attributes: &[Attribute],
    translator: &mut Translator<'_, 't>,
) -> Value<'t> {
    object(&source.place, translator.members(source, attributes))
}

/// `aws_api_gateway_method_settings`, whose path is `{resource path}/{verb}` without a slash before it.
fn method_setting<'t>(source: &Source<'t>, translator: &mut Translator<'_, 't>) -> Value<'t> {
    let mut members = vec![];
    if let Some(entry) = translator.known(source, "method_path", false) {
        let place = entry.value.place();
        let text = entry.value.text().unwrap_or("").trim_start_matches('/');
        let (path, verb) = text.rsplit_once('/').unwrap_or(("", text));
        members.push((Value::standing("HttpMethod", &place), Value::standing(verb, &place)));
        let path = Value::standing(&format!("/{path}"), &place);
        members.push((Value::standing("ResourcePath", &place), path));
    }
    if let Some((_, block)) = translator.blocks(source, "settings").into_iter().next() {
        // To the provider -1 is no limit, and its default.
        let settings = translator.members(&block, METHOD_SETTING).into_iter();
        members.extend(settings.filter(|(_, value)| value.scalar_text().as_deref() != Some("-1")));
    }
    object(&source.place, members)
}

/// A resource that becomes one of CloudFormation.
struct Whole<'t> {
    at: usize,
    kind: &'static str,
    attributes: &'static [Attribute],
    source: Source<'t>,
}

impl<'t> Whole<'t> {
    fn evaluated(
        &self,
        parts: &mut Parts<'t>,
        translator: &mut Translator<'_, 't>,
        reader: &mut Reader<'_>,
    ) -> Option<Evaluated> {
        let mut members = match self.kind {
            TABLE_TYPE => table::members(&self.source, translator, reader),
            _ => translator.members(&self.source, self.attributes),
        };
        let mut found = std::mem::take(&mut translator.found);
        match self.kind {
            METHOD_TYPE => self.method(&mut members, &mut found, parts, translator),
            STAGE_TYPE => {
                let settings = self.take(&STAGE, parts, translator);
                items(&mut members, "MethodSettings", settings, &mut found, &self.source);
            }
            API_TYPE => self.api(&mut members, &mut found, parts, translator, reader),
            "AWS::ApiGateway::UsagePlan" => plan_stages(&mut members),
            _ => {}
        }
        let is_whole = self.is_whole(&members, &found);
        if self.kind != METHOD_TYPE || !is_whole {
            found.drain(..).for_each(|finding| reader.error(finding));
        }
        if !is_whole {
            return None;
        }
        self.assembled(members, found, translator, reader)
    }

    /// Whether all is known without which it would be another thing: where a method stands, the body of an API, the name of a
    /// table.
    fn is_whole(&self, members: &[Member<'t>], found: &[Diagnostic]) -> bool {
        let has_all = |names: &[&str]| names.iter().all(|name| has(members, name));
        match self.kind {
            METHOD_TYPE => has_all(&["RestApiId", "ResourceId", "HttpMethod"]),
            API_TYPE => !found.iter().any(|finding| finding.message.starts_with("`body` ")),
            TABLE_TYPE => has_all(&["TableName"]),
            _ => {
                let needs_api = self.attributes.iter().any(|a| a.property == "RestApiId");
                !needs_api || has_all(&["RestApiId"])
            }
        }
    }

    fn assembled(
        &self,
        members: Vec<Member<'t>>,
        found: Vec<Diagnostic>,
        translator: &mut Translator<'_, 't>,
        reader: &mut Reader<'_>,
    ) -> Option<Evaluated> {
        let place = &self.source.place;
        let text = |text: &str| Value::standing(text, place);
        let resource =
            vec![(text("Type"), text(self.kind)), (text("Properties"), object(place, members))];
        let whole = vec![(text(self.source.address()), object(place, resource))];
        let tree = Tree::assemble(object(place, whole));
        let tree = tree.map_err(|finding| reader.error(*finding)).ok()?;
        let name = translator.resolver.attribute(self.at, "id").unwrap_or_default();
        let is_api = self.kind == API_TYPE;
        let api_id = if is_api { self.api_id(&name, reader) } else { None };
        if is_api && api_id.is_none() {
            return None;
        }
        let arn = translator.resolver.attribute(self.at, "arn");
        Some(Evaluated { tree, name, arn, api_id, found })
    }

    fn api_id(&self, id: &str, reader: &mut Reader<'_>) -> Option<RestApiId> {
        let parsed = RestApiId::parse(id);
        if let Err(invalid) = &parsed {
            let message = format!("`{id}` is no id of an API");
            let finding =
                Diagnostic::error(Code::InvalidValue, message).at(self.source.place.clone());
            reader.error(finding.note(format!("an id is {}", invalid.expected)));
        }
        parsed.ok()
    }

    /// The parts that belong to this one.
    fn take(
        &self,
        names: &[&str],
        parts: &mut Parts<'t>,
        translator: &mut Translator<'_, 't>,
    ) -> Vec<Part<'t>> {
        let owner = if self.kind == API_TYPE {
            translator.resolver.attribute(self.at, "id").map(|id| vec![id])
        } else {
            owner(&self.source, names, translator)
        };
        // What is unknown here was found when the members were translated.
        translator.found.clear();
        owner.and_then(|owner| parts.by_owner.remove(&(self.kind, owner))).unwrap_or_default()
    }

    fn method(
        &self,
        members: &mut Vec<Member<'t>>,
        found: &mut Vec<Diagnostic>,
        parts: &mut Parts<'t>,
        translator: &mut Translator<'_, 't>,
    ) {
        let of_method = self.take(&METHOD, parts, translator);
        let place = &self.source.place;
        let (mut responses, mut integrations, mut answers) = (vec![], vec![], vec![]);
        for part in of_method {
            match part.property {
                "MethodResponses" => responses.push(part),
                "Integration" => integrations.push(part),
                _ => answers.push(part),
            }
        }
        items(members, "MethodResponses", responses, found, &self.source);
        let mut integrations = integrations.into_iter();
        match integrations.next() {
            Some(Part { value: Value::Object(stand, mut integration), found: own, .. }) => {
                found.extend(own);
                items(&mut integration, "IntegrationResponses", answers, found, &self.source);
                let key = Value::standing("Integration", place);
                members.push((key, Value::Object(stand, integration)));
            }
            Some(_) | None => {
                for answer in answers {
                    let message = format!("`{}` has no integration", self.source.address());
                    let finding = Diagnostic::error(Code::UnknownReference, message);
                    let note = format!("`{}` is an answer of it", answer.source.address());
                    found.push(finding.at(place.clone()).note(note));
                }
            }
        }
        for twin in integrations {
            let message = format!("`{}` has two integrations", self.source.address());
            let finding = Diagnostic::error(Code::Duplicate, message).at(place.clone());
            found.push(finding.note(format!("one is `{}`", twin.source.address())));
        }
        let is_lost = found.iter().any(|finding| finding.message.starts_with("`authorizer_id` "));
        if is_lost {
            // The method is refused for it. Should it be served all the same, then closed.
            members.retain(|(key, _)| key.scalar_text().as_deref() != Some("AuthorizationType"));
            let closed = Value::standing("AWS_IAM", place);
            members.push((Value::standing("AuthorizationType", place), closed));
        }
    }

    fn api(
        &self,
        members: &mut Vec<Member<'t>>,
        found: &mut Vec<Diagnostic>,
        parts: &mut Parts<'t>,
        translator: &mut Translator<'_, 't>,
        reader: &mut Reader<'_>,
    ) {
        for part in self.take(&API, parts, translator) {
            members.retain(|(key, _)| key.scalar_text().as_deref() != Some("Policy"));
            members.push((Value::standing("Policy", &part.source.place), part.value));
            found.extend(part.found);
        }
        for (key, value) in members.iter_mut() {
            if key.scalar_text().as_deref() == Some("Body")
                && let Value::Copy(node) = value
                && let Some(tree) = parsed(*node, reader)
            {
                *value = tree.value();
            }
        }
    }
}

/// The document that a text is.
fn parsed(node: Node<'_>, reader: &mut Reader<'_>) -> Option<Tree> {
    if node.kind() != Kind::Scalar {
        return None;
    }
    let ground = Ground::Text(node.sourced()?);
    let tree = tree::parse(&ground, reader.findings);
    tree.map_err(|finding| reader.error(*finding)).ok().flatten()
}

/// Adds parts as the items of a list.
fn items<'t>(
    members: &mut Vec<Member<'t>>,
    property: &str,
    parts: Vec<Part<'t>>,
    found: &mut Vec<Diagnostic>,
    source: &Source<'t>,
) {
    if parts.is_empty() {
        return;
    }
    let mut values = vec![];
    for part in parts {
        values.push(part.value);
        found.extend(part.found);
    }
    let place = &source.place;
    members.push((Value::standing(property, place), array(place, values)));
}

fn has(members: &[Member<'_>], name: &str) -> bool {
    members.iter().any(|(key, _)| key.scalar_text().as_deref() == Some(name))
}

/// `Throttle` of the stages of a usage plan: a list of blocks with a path becomes an object by path.
fn plan_stages(members: &mut [Member<'_>]) {
    for (_, stages) in
        members.iter_mut().filter(|(k, _)| k.scalar_text().as_deref() == Some("ApiStages"))
    {
        let Value::Array(_, stages) = stages else { continue };
        for stage in stages {
            let Value::Object(_, members) = stage else { continue };
            for (key, value) in members.iter_mut() {
                if key.scalar_text().as_deref() == Some("Throttle")
                    && let Value::Array(stand, limits) = value
                {
                    let limits = std::mem::take(limits).into_iter().filter_map(by_path);
                    *value = Value::Object(stand.clone(), limits.collect());
                }
            }
        }
    }
}

/// A limit under its path.
fn by_path(limit: Value<'_>) -> Option<Member<'_>> {
    let Value::Object(stand, members) = limit else { return None };
    let is_path = |(key, _): &Member<'_>| key.scalar_text().as_deref() == Some("Path");
    let (path, limits): (Vec<_>, Vec<_>) = members.into_iter().partition(is_path);
    let (_, path) = path.into_iter().next()?;
    Some((path, Value::Object(stand, limits)))
}
