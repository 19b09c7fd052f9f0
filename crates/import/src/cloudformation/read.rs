//! All templates of a run: which resources are read, which are refused by name, and which are passed over.

use super::Stack;
use super::api::{self, Item};
use super::evaluate::Evaluator;
use super::global_table;
use super::identity;
use super::loops;
use super::serverless;
use super::table;
use super::template::{Resource, Template};
use super::world::World;
use crate::definitions::Definitions;
use crate::reader::Reader;
use crate::tree::{Entry, Node, Stand, Tree, Value};
use crate::wording::Wording;
use std::collections::BTreeMap;
use vestibule_restapi::{Code, Diagnostic, Place, RestApiId, Sourced};

/// What a type of resource is to the gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    /// It is read.
    Read,
    /// It would be served or stored, and is not supported yet.
    Refused,
    /// Nothing here stands for it.
    PassedOver,
}

/// Reads templates together, so that one may import what another exports.
pub(crate) fn read(stacks: &[Stack], definitions: &mut Definitions, reader: &mut Reader<'_>) {
    reader.wording = Wording::CloudFormation;
    let expanded = |stack: &Stack| {
        let unrolled = loops::unrolled(&stack.tree, reader);
        serverless::expanded(&unrolled, reader)
    };
    let trees: Vec<Tree> = stacks.iter().map(expanded).collect();
    let mut templates = vec![];
    for (tree, stack) in trees.iter().zip(stacks) {
        templates.extend(Template::read(tree, stack.name.as_deref(), reader));
    }
    let world = World::new(templates);
    reader.secrets = secrets(&world, reader);
    let mut resources = vec![];
    for template in world.templates() {
        let mut evaluator = Evaluator::new(&world, template, reader);
        for resource in &template.resources {
            if role(&resource.kind) == Role::Read && exists(resource, &mut evaluator) {
                resources.extend(evaluated(resource, &mut evaluator));
            }
        }
        outputs(template, &mut evaluator);
        report(template, reader);
    }
    read_resources(&resources, definitions, reader);
    unused_parameters(&world, reader);
}

/// Reads resources whose values are all known, whatever they were written in.
pub(crate) fn read_resources(
    resources: &[Evaluated],
    definitions: &mut Definitions,
    reader: &mut Reader<'_>,
) {
    let mut items = vec![];
    for resource in resources {
        let Some(entry) = resource.tree.root().entries().next() else { continue };
        match resource.kind() {
            "AWS::DynamoDB::Table" => definitions.tables.extend(table::read(entry, reader)),
            kind if kind.starts_with("AWS::ApiGateway::") => {
                let (name, api_id) = (&resource.name, resource.api_id.as_ref());
                items.push(Item { kind, entry, name, api_id, found: &resource.found });
            }
            _ => {}
        }
    }
    api::read(&items, definitions, reader);
    identity::read(resources, definitions, reader);
}

/// What is given for the parameters that a template declares with `NoEcho`.
fn secrets(world: &World<'_>, reader: &Reader<'_>) -> Vec<String> {
    let is_secret = |name: &str| {
        let declared = world.templates().iter().filter_map(|template| template.parameter(name));
        let mut marks = declared.filter_map(|entry| entry.value.get("NoEcho")?.text());
        marks.any(|mark| mark.eq_ignore_ascii_case("true"))
    };
    let given = reader.options.parameters.iter().filter(|(name, _)| is_secret(name));
    given.map(|(_, value)| value.clone()).collect()
}

/// A value that no template asks for is one whose name is misspelt.
fn unused_parameters(world: &World<'_>, reader: &mut Reader<'_>) {
    for (name, _) in &reader.options.parameters {
        let is_declared = world.templates().iter().any(|t| t.parameter(name).is_some());
        if is_declared || reader.parameters_used.contains(name) {
            continue;
        }
        let message = format!("no template has a parameter `{name}`");
        let finding = Diagnostic::warning(Code::UnknownReference, message);
        let known: Vec<&str> = world.templates().iter().flat_map(Template::names).collect();
        reader.error(match reader.nearest(name, known) {
            Some(meant) => finding.help(format!("did you mean `{meant}`?")),
            None => finding,
        });
    }
}

/// A resource whose functions were evaluated.
#[derive(Debug)]
pub(crate) struct Evaluated {
    /// An object with one member: the logical id and the resource.
    pub(crate) tree: Tree,
    /// What `Ref` gives.
    pub(crate) name: String,
    /// What `Fn::GetAtt` gives for `Arn`, where it has one.
    pub(crate) arn: Option<String>,
    /// The id, of an API.
    pub(crate) api_id: Option<RestApiId>,
    /// Of a method: what was found about it alone while it was evaluated. It is told where the method is read, which is
    /// refused by its errors.
    pub(crate) found: Vec<Diagnostic>,
}

impl Evaluated {
    /// Its type.
    pub(super) fn kind(&self) -> &str {
        let kind = self.resource().get("Type").and_then(|kind| kind.text());
        kind.unwrap_or("")
    }

    /// Its properties, or the resource when it has none.
    pub(crate) fn properties(&self) -> Node<'_> {
        self.resource().get("Properties").unwrap_or(self.resource())
    }

    /// Where it is defined.
    pub(super) fn place(&self) -> Place {
        let entry = self.tree.root().entries().next();
        entry.map_or_else(|| self.tree.root().place(), |entry| entry.key.place())
    }

    fn resource(&self) -> Node<'_> {
        self.tree.root().entries().next().map_or(self.tree.root(), |entry| entry.value)
    }
}

fn evaluated<'t>(
    resource: &Resource<'t>,
    evaluator: &mut Evaluator<'_, 't, '_, '_>,
) -> Option<Evaluated> {
    let before = evaluator.reader.findings.count();
    let mut members = vec![];
    for Entry { key, value } in resource.node.entries() {
        let value = match key.text() {
            Some("Properties") => evaluator.evaluated(value),
            // It was looked at already.
            Some("Condition") => None,
            Some(_) | None => Some(Value::Copy(value)),
        };
        members.extend(value.map(|value| (Value::Copy(key), value)));
    }
    let value = Value::Object(Stand::Node(resource.node), members);
    let whole = vec![(Value::Copy(resource.key), value)];
    let tree = Tree::assemble(Value::Object(Stand::Node(resource.node), whole));
    let tree = tree.map_err(|finding| evaluator.reader.error(*finding)).ok()?;
    let is_api = matches!(&*resource.kind, "AWS::ApiGateway::RestApi" | "AWS::Serverless::Api");
    let tree = match &*resource.kind {
        "AWS::Serverless::Api" => serverless::rest_api(&tree, evaluator.reader)?,
        "AWS::DynamoDB::GlobalTable" => global_table::table(&tree, evaluator.reader)?,
        _ => tree,
    };
    let (name, arn) = (evaluator.name_of(resource), evaluator.arn_of(resource));
    let api_id = is_api.then(|| evaluator.api_id(resource));
    // What is wrong in a method is told where it is read, and refuses that method alone; past the bounds of an evaluation
    // all that follows stays as it is written, of other resources too.
    let found = match &*resource.kind {
        "AWS::ApiGateway::Method" if !evaluator.is_over() => {
            evaluator.reader.findings.take_since(before)
        }
        _ => vec![],
    };
    Some(Evaluated { tree, name, arn, api_id, found })
}

/// Whether the condition of a resource holds.
fn exists<'t>(resource: &Resource<'t>, evaluator: &mut Evaluator<'_, 't, '_, '_>) -> bool {
    resource.node.get("Condition").is_none_or(|condition| evaluator.holds(condition))
}

/// Outputs change nothing here, and what is wrong in one would stop a deployment.
fn outputs<'t>(template: &Template<'t>, evaluator: &mut Evaluator<'_, 't, '_, '_>) {
    for output in template.outputs() {
        let condition = output.value.get("Condition");
        if condition.is_none_or(|condition| evaluator.holds(condition))
            && let Some(value) = output.value.get("Value")
        {
            evaluator.evaluated(value);
        }
    }
}

/// What is not read: APIs and tables are refused, as nobody should miss them; the rest is summed up in one line.
fn report(template: &Template<'_>, reader: &mut Reader<'_>) {
    let mut others: BTreeMap<&str, (usize, &Sourced)> = BTreeMap::new();
    for resource in &template.resources {
        // The CDK puts its own version there.
        if role(&resource.kind) != Role::Read && &*resource.kind != "AWS::CDK::Metadata" {
            others.entry(&resource.kind).or_insert((0, &resource.kind)).0 += 1;
        }
    }
    let mut passed_over = vec![];
    for (kind, (count, first)) in others {
        let many = if count == 1 { String::new() } else { format!("{count} x ") };
        if role(kind) == Role::Refused {
            let message = format!("{many}`{kind}` is not supported yet");
            let finding = Diagnostic::error(Code::UnsupportedDocument, message).at(first.whole());
            reader.error(finding.help("take it out of the template to serve the rest"));
        } else if let Some(meant) = reader.nearest(kind, READ) {
            let finding =
                Diagnostic::error(Code::InvalidResource, format!("unknown type `{kind}`"));
            reader.error(finding.at(first.whole()).help(format!("did you mean `{meant}`?")));
        } else {
            passed_over.push(format!("{many}`{kind}`"));
        }
    }
    if !passed_over.is_empty() {
        let message = format!("resources passed over: {}", passed_over.join(", "));
        let place = template.section.place();
        let finding = Diagnostic::warning(Code::SkippedResources, message).at(place);
        reader.error(finding.note("nothing here stands for them"));
    }
}

/// The types that are read.
const READ: [&str; 28] = [
    "AWS::ApiGateway::Account",
    "AWS::ApiGateway::ApiKey",
    "AWS::ApiGateway::Authorizer",
    "AWS::ApiGateway::BasePathMapping",
    "AWS::ApiGateway::ClientCertificate",
    "AWS::ApiGateway::Deployment",
    "AWS::ApiGateway::DocumentationPart",
    "AWS::ApiGateway::DocumentationVersion",
    "AWS::ApiGateway::DomainName",
    "AWS::ApiGateway::GatewayResponse",
    "AWS::ApiGateway::Method",
    "AWS::ApiGateway::Model",
    "AWS::ApiGateway::RequestValidator",
    "AWS::ApiGateway::Resource",
    "AWS::ApiGateway::RestApi",
    "AWS::ApiGateway::Stage",
    "AWS::ApiGateway::UsagePlan",
    "AWS::ApiGateway::UsagePlanKey",
    "AWS::ApiGateway::VpcLink",
    "AWS::Cognito::UserPool",
    "AWS::Cognito::UserPoolClient",
    "AWS::DynamoDB::GlobalTable",
    "AWS::DynamoDB::Table",
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::Policy",
    "AWS::IAM::Role",
    "AWS::IAM::RolePolicy",
    "AWS::Serverless::Api",
];

fn role(kind: &str) -> Role {
    let refused = [
        "AWS::CloudFormation::Stack",
        "AWS::Serverless::Application",
        "AWS::Serverless::GraphQLApi",
        "AWS::Serverless::HttpApi",
        "AWS::Serverless::SimpleTable",
        "AWS::Serverless::WebSocketApi",
    ];
    let families = ["AWS::ApiGateway::", "AWS::ApiGatewayV2::"];
    if READ.contains(&kind) {
        Role::Read
    } else if families.iter().any(|family| kind.starts_with(family)) || refused.contains(&kind) {
        Role::Refused
    } else {
        Role::PassedOver
    }
}
