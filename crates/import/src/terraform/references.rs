//! What an unknown value refers to. A plan does not say how an expression is computed, only what it refers to. So an attribute
//! that holds an id, a name or an ARN is taken for the one thing among its references that is unknown as well and of the
//! kind that belongs there; a known one cannot be what makes it unknown. Where that leaves none or several, it stays unknown.

use super::address::{self, Part, Subject};
use super::attributes;
use super::configuration::Scope;
use super::plan::{Instance, Plan};
use crate::Options;
use crate::limits::{EXPRESSION_HOPS_MAX, REFERENCES_MAX};
use crate::tree::{Kind, Node};

/// What an attribute may hold: attributes of types.
pub(super) type Wanted = &'static [(&'static str, &'static str)];

/// What attributes hold, by their name.
const WANTED: &[(&[&str], Wanted)] = &[
    (&["rest_api_id", "api_id"], &[("aws_api_gateway_rest_api", "id")]),
    (
        &["resource_id", "parent_id"],
        &[("aws_api_gateway_resource", "id"), ("aws_api_gateway_rest_api", "root_resource_id")],
    ),
    (&["authorizer_id"], &[("aws_api_gateway_authorizer", "id")]),
    (&["request_validator_id"], &[("aws_api_gateway_request_validator", "id")]),
    (&["deployment_id"], &[("aws_api_gateway_deployment", "id")]),
    (&["usage_plan_id"], &[("aws_api_gateway_usage_plan", "id")]),
    (&["key_id"], &[("aws_api_gateway_api_key", "id")]),
    (&["client_certificate_id"], &[("aws_api_gateway_client_certificate", "id")]),
    (&["connection_id"], &[("aws_api_gateway_vpc_link", "id")]),
    (&["credentials", "authorizer_credentials", "cloudwatch_role_arn"], &[("aws_iam_role", "arn")]),
    (
        &["uri", "authorizer_uri"],
        &[("aws_lambda_function", "invoke_arn"), ("aws_lambda_alias", "invoke_arn")],
    ),
    (&["provider_arns"], &[("aws_cognito_user_pool", "arn")]),
    (&["user_pool_id"], &[("aws_cognito_user_pool", "id")]),
];

/// What an attribute of this name may hold; nothing of one that holds no reference.
pub(super) fn wanted(attribute: &str) -> Wanted {
    let found = WANTED.iter().find(|(names, _)| names.contains(&attribute));
    found.map_or(&[], |(_, wanted)| wanted)
}

/// Finds out what is unknown.
#[derive(Debug)]
pub(super) struct Resolver<'p, 't> {
    pub(super) plan: &'p Plan<'t>,
    pub(super) options: &'p Options,
    followed: usize,
}

/// Where an expression stands.
#[derive(Clone, Debug)]
pub(super) struct Context<'t> {
    scope: Scope,
    /// `each.key` or `count.index`
    key: Option<String>,
    /// What the block is repeated for.
    for_each: Option<Node<'t>>,
}

impl<'t> Context<'t> {
    /// That of a resource's own block.
    pub(super) fn of(instance: &Instance<'t>) -> Context<'t> {
        Context {
            scope: instance.scope.clone(),
            key: instance.key.map(str::to_owned),
            for_each: instance.configured.and_then(|block| block.get("for_each_expression")),
        }
    }
}

impl Context<'_> {
    /// Whether what the block is repeated for is a local value.
    pub(super) fn repeats_local(&self) -> bool {
        let references = self.for_each.and_then(|node| node.get("references"));
        let mut references = references.into_iter().flat_map(|node| node.items());
        references.any(|node| node.text().is_some_and(|text| text.starts_with("local.")))
    }
}

/// An attribute of a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Target {
    instance: usize,
    attribute: String,
}

impl<'p, 't> Resolver<'p, 't> {
    pub(super) fn new(plan: &'p Plan<'t>, options: &'p Options) -> Self {
        Resolver { plan, options, followed: 0 }
    }

    /// The one value that an expression can stand for.
    pub(super) fn text(
        &mut self,
        expression: Node<'t>,
        context: &Context<'t>,
        wanted: Wanted,
    ) -> Option<String> {
        self.text_within(expression, context, wanted, 0)
    }

    /// All values that an expression of a list can stand for; none when one of them stays unknown.
    pub(super) fn texts(
        &mut self,
        expression: Node<'t>,
        context: &Context<'t>,
        wanted: Wanted,
    ) -> Option<Vec<String>> {
        let mut targets = vec![];
        self.follow(expression, context, &[], wanted, 0, &mut targets)?;
        let texts = targets.iter().map(|target| self.of_target(target, 0));
        texts.collect::<Option<Vec<_>>>().filter(|texts| !texts.is_empty())
    }

    /// An attribute of a resource, known or found out.
    pub(super) fn attribute(&mut self, instance: usize, attribute: &str) -> Option<String> {
        self.of_target(&Target { instance, attribute: attribute.to_owned() }, 0)
    }

    fn text_within(
        &mut self,
        expression: Node<'t>,
        context: &Context<'t>,
        wanted: Wanted,
        hops: usize,
    ) -> Option<String> {
        let mut targets = vec![];
        self.follow(expression, context, &[], wanted, hops, &mut targets)?;
        let mut texts = vec![];
        for target in &targets {
            let text = self.of_target(target, hops)?;
            if !texts.contains(&text) {
                texts.push(text);
            }
        }
        match texts.as_slice() {
            [text] => Some(text.clone()),
            _ => None,
        }
    }

    fn of_target(&mut self, target: &Target, hops: usize) -> Option<String> {
        let plan = self.plan;
        let instance = plan.instances.get(target.instance)?;
        if let Some(text) = instance.text(&target.attribute) {
            return Some(text.to_owned());
        }
        if let Some(expression) = instance.expression(&target.attribute) {
            let (context, wanted) = (Context::of(instance), wanted(&target.attribute));
            return self.text_within(expression, &context, wanted, hops + 1);
        }
        attributes::computed(self, target.instance, &target.attribute)
    }

    /// Adds what the references of an expression lead to: unknown attributes of the kinds that are wanted. None when one
    /// leads to something that cannot be told apart. `path` is what is taken of the value of the expression.
    fn follow(
        &mut self,
        expression: Node<'t>,
        context: &Context<'t>,
        path: &[String],
        wanted: Wanted,
        hops: usize,
        targets: &mut Vec<Target>,
    ) -> Option<()> {
        if hops > EXPRESSION_HOPS_MAX {
            return None;
        }
        let references = expression.get("references")?;
        let references = address::longest(references.items().filter_map(|item| item.text()));
        let mut keys = path.to_vec();
        for reference in &references {
            keys.extend(self.known(reference, context, hops));
        }
        for reference in references {
            self.followed += 1;
            if self.followed > REFERENCES_MAX {
                return None;
            }
            let Some(parts) = address::parts(reference) else { continue };
            let Some((subject, rest)) = address::subject(&parts) else { continue };
            let mut add = |target| {
                if !targets.contains(&target) {
                    targets.push(target);
                }
            };
            match subject {
                Subject::Resource { is_data, kind, name, key } => {
                    let resource = context.scope.resource(is_data, kind, name);
                    let Some(instance) = self.instance(&resource, key, &keys) else {
                        if key.is_none() && self.may_hold(&resource, wanted) {
                            return None;
                        }
                        continue;
                    };
                    self.target(instance, rest, wanted).into_iter().for_each(&mut add);
                }
                Subject::Value => {
                    let found = self.chained(context, rest, wanted);
                    found.into_iter().for_each(&mut add);
                }
                Subject::Variable(name) => {
                    let Some(argument) = self.argument(context, name) else { continue };
                    let outside = self.outside(context)?;
                    let path: Vec<String> = rest.iter().map(Part::decoded).collect();
                    if argument.get("references").is_some() {
                        self.follow(argument, &outside, &path, wanted, hops + 1, targets)?;
                    }
                }
                Subject::Output { call, key, output } => {
                    let inside = context.scope.inside(call, key);
                    let Some(output) = self.plan.configuration.output(&inside, output) else {
                        continue;
                    };
                    let inside = Context { scope: inside, key: None, for_each: None };
                    let path: Vec<String> = rest.iter().map(Part::decoded).collect();
                    if output.get("references").is_some() {
                        self.follow(output, &inside, &path, wanted, hops + 1, targets)?;
                    }
                }
                Subject::Key | Subject::Other => {}
            }
        }
        Some(())
    }

    /// The instance that a reference names. Terraform leaves a key out that is computed: then it is the one instance whose
    /// key is among the values that the expression refers to.
    fn instance(&self, resource: &str, key: Option<&str>, keys: &[String]) -> Option<usize> {
        if let Some(key) = key {
            return self.plan.by_address(&format!("{resource}[{key}]"));
        }
        let instances = self.plan.of_resource(resource);
        if let [only] = instances {
            return Some(*only);
        }
        let is_named = |at: &&usize| {
            let key = self.plan.instances.get(**at).and_then(|instance| instance.key);
            key.is_some_and(|key| keys.iter().any(|known| known == key))
        };
        let mut named = instances.iter().filter(is_named);
        named.next().copied().filter(|_| named.next().is_none())
    }

    /// The attribute of an instance that a reference names, when it is wanted and unknown. Behind a computed key the
    /// attribute is left out as well: then it is the one that is wanted.
    fn target(&self, instance: usize, rest: &[Part<'_>], wanted: Wanted) -> Option<Target> {
        let known = self.plan.instances.get(instance)?;
        let attribute = match rest.first() {
            Some(Part::Name(name)) => (*name).to_owned(),
            Some(Part::Key(_)) => return None,
            None => {
                let own = wanted.iter().find(|(kind, _)| *kind == known.kind);
                let same = || passed_on(wanted).find(|name| known.expression(name).is_some());
                own.map(|(_, attribute)| *attribute).or_else(same)?.to_owned()
            }
        };
        let is_own = wanted.contains(&(known.kind, &attribute));
        let is_wanted = is_own || self::wanted(&attribute) == wanted && !wanted.is_empty();
        let is_unknown = known.text(&attribute).is_none() && !known.is_data;
        (is_wanted && is_unknown).then_some(Target { instance, attribute })
    }

    /// Whether an instance of a resource could be what is wanted.
    fn may_hold(&self, resource: &str, wanted: Wanted) -> bool {
        let first = self.plan.of_resource(resource).first();
        let first = first.and_then(|at| self.plan.instances.get(*at));
        first.is_some_and(|instance| {
            wanted.iter().any(|(kind, _)| *kind == instance.kind)
                || passed_on(wanted).any(|name| instance.expression(name).is_some())
        })
    }

    /// `each.value` of a block that is repeated for the instances of a resource.
    fn chained(&self, context: &Context<'t>, rest: &[Part<'_>], wanted: Wanted) -> Option<Target> {
        let references = context.for_each?.get("references")?;
        let references = address::longest(references.items().filter_map(|item| item.text()));
        let [reference] = references.as_slice() else { return None };
        let parts = address::parts(reference)?;
        let Some((Subject::Resource { is_data, kind, name, key: None }, [])) =
            address::subject(&parts)
        else {
            return None;
        };
        let resource = context.scope.resource(is_data, kind, name);
        let instance =
            self.instance(&resource, None, std::slice::from_ref(context.key.as_ref()?))?;
        self.target(instance, rest, wanted)
    }

    /// The text that a reference is known to stand for: the key of a repetition, a variable, or a part of either's value.
    fn known(&mut self, reference: &str, context: &Context<'t>, hops: usize) -> Option<String> {
        let parts = address::parts(reference)?;
        let (subject, rest) = address::subject(&parts)?;
        let node = match subject {
            Subject::Key if rest.is_empty() => return context.key.clone(),
            Subject::Value => {
                let Some(each) = self.each_value(context, hops) else {
                    // Of a set the values are the keys.
                    let is_set =
                        context.for_each.is_none_or(|node| node.entries().next().is_none());
                    return context.key.clone().filter(|_| is_set && rest.is_empty());
                };
                walk(each, rest)?
            }
            Subject::Variable(name) => walk(self.variable(context, name, hops)?, rest)?,
            Subject::Key | Subject::Resource { .. } | Subject::Output { .. } | Subject::Other => {
                return None;
            }
        };
        node.text().filter(|_| !node.is_null()).map(str::to_owned)
    }

    fn each_value(&mut self, context: &Context<'t>, hops: usize) -> Option<Node<'t>> {
        let for_each = context.for_each?;
        let key = context.key.as_deref()?;
        if let Some(constant) = for_each.get("constant_value") {
            return constant.get(key);
        }
        let references = for_each.get("references")?;
        let references = address::longest(references.items().filter_map(|item| item.text()));
        let [reference] = references.as_slice() else { return None };
        let parts = address::parts(reference)?;
        let (Subject::Variable(name), rest) = address::subject(&parts)? else { return None };
        walk(self.variable(context, name, hops + 1)?, rest)?.get(key)
    }

    /// The value of a variable, where all of it is known.
    fn variable(&mut self, context: &Context<'t>, name: &str, hops: usize) -> Option<Node<'t>> {
        self.followed += 1;
        if hops > EXPRESSION_HOPS_MAX || self.followed > REFERENCES_MAX {
            return None;
        }
        let Some(argument) = self.argument(context, name) else {
            return self.plan.configuration.own_value(&context.scope, name);
        };
        if let Some(constant) = argument.get("constant_value") {
            return Some(constant);
        }
        let references = argument.get("references")?;
        let references = address::longest(references.items().filter_map(|item| item.text()));
        let [reference] = references.as_slice() else { return None };
        let parts = address::parts(reference)?;
        let outside = self.outside(context)?;
        match address::subject(&parts)? {
            (Subject::Variable(name), rest) => walk(self.variable(&outside, name, hops + 1)?, rest),
            (Subject::Value, rest) => walk(self.each_value(&outside, hops + 1)?, rest),
            _ => None,
        }
    }

    /// What the call of the module passes for a variable.
    fn argument(&self, context: &Context<'t>, name: &str) -> Option<Node<'t>> {
        self.plan.configuration.argument(&context.scope, name)
    }

    /// Where the call of the module stands.
    fn outside(&self, context: &Context<'t>) -> Option<Context<'t>> {
        Some(Context {
            scope: context.scope.outside()?,
            key: context.scope.key(),
            for_each: self.plan.configuration.repetition_of_call(&context.scope),
        })
    }
}

/// The attributes that hold what is wanted, as `resource_id` of a method does.
fn passed_on(wanted: Wanted) -> impl Iterator<Item = &'static str> {
    let same = WANTED.iter().filter(move |(_, other)| *other == wanted && !wanted.is_empty());
    same.flat_map(|(names, _)| names.iter().copied())
}

/// A part of a value.
fn walk<'t>(node: Node<'t>, parts: &[Part<'_>]) -> Option<Node<'t>> {
    let mut node = node;
    for part in parts {
        let name = part.decoded();
        node = match node.kind() {
            Kind::Object => node.get(&name)?,
            Kind::Array => node.items().nth(name.parse().ok()?)?,
            Kind::Scalar => return None,
        };
    }
    Some(node)
}
