//! From the text of a policy to its compiled statements.
//!
//! Follows the IAM user guide, "Grammar of the IAM JSON policy language".

use std::collections::{HashMap, HashSet};

use super::PolicyKind;
use super::action::ActionPattern;
use super::elements::{Elements, Text, text, texts, values, wrong_type};
use super::expand::expanded_resource;
use super::principals::{Named, Principals, TYPES};
use super::statement::{Effect, Element, ResourcePattern, Statement};
use crate::arn::{ApiArn, ArnPattern, PARTITIONS};
use crate::condition::{Condition, Operator};
use crate::facts::Key;
use crate::fault::{Fault, quoted};
use crate::json::{self, Member, Node, Value};
use crate::limits::{
    AUTHORIZER_POLICY_BYTES_MAX, AUTHORIZER_RESOURCE_CHARS_MAX, FAULTS_MAX, POLICY_TEXT_BYTES_MAX,
    RESOURCE_POLICY_BYTES_MAX, TRUST_POLICY_CHARS_MAX,
};
use crate::template::Template;

const OF_POLICY: [&str; 3] = ["Version", "Id", "Statement"];

const OF_STATEMENT: [&str; 9] = [
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
];

/// Compiles a policy. `api` is the one whose resource policy it is.
pub(crate) fn statements(
    text: &str,
    kind: PolicyKind,
    api: Option<&ApiArn>,
) -> Result<Box<[Statement]>, Vec<Fault>> {
    check_size(text, kind).map_err(|fault| vec![fault])?;
    let (root, twice) = json::read(text).map_err(|fault| vec![fault])?;
    let mut reader =
        Reader { kind, api, has_variables: false, sids: HashSet::new(), faults: twice };
    let statements = reader.policy(&root);
    let mut faults = reader.faults;
    match statements {
        Some(statements) if faults.is_empty() => Ok(statements.into()),
        _ => {
            faults.sort_by_key(|fault| (fault.range.start, fault.range.end));
            faults.truncate(FAULTS_MAX);
            Err(faults)
        }
    }
}

fn check_size(text: &str, kind: PolicyKind) -> Result<(), Fault> {
    let chars = || chars_without_white(text);
    let (size, max, unit) = match kind {
        _ if text.len() > POLICY_TEXT_BYTES_MAX => (text.len(), POLICY_TEXT_BYTES_MAX, "bytes"),
        // Those of AWS's own are longer than its quotas for others.
        PolicyKind::Identity => return Ok(()),
        PolicyKind::Resource => (text.len(), RESOURCE_POLICY_BYTES_MAX, "bytes"),
        PolicyKind::Authorizer => (text.len(), AUTHORIZER_POLICY_BYTES_MAX, "bytes"),
        PolicyKind::Trust => (chars(), TRUST_POLICY_CHARS_MAX, "characters"),
    };
    if size <= max {
        return Ok(());
    }
    Err(Fault::new(0..0, format!("the policy has {size} {unit}, of {max} at most")))
}

/// How long IAM's quotas take a policy to be.
pub(crate) fn chars_without_white(text: &str) -> usize {
    text.chars().filter(|c| !c.is_whitespace()).count()
}

struct Reader<'a> {
    kind: PolicyKind,
    api: Option<&'a ApiArn>,
    /// Since version 2012-10-17.
    has_variables: bool,
    sids: HashSet<String>,
    faults: Vec<Fault>,
}

impl Reader<'_> {
    fn fault(&mut self, node: &Node, message: impl Into<String>) {
        self.faults.push(Fault::new(node.range.clone(), message));
    }

    fn policy(&mut self, root: &Node) -> Option<Vec<Statement>> {
        let elements = Elements::of(root, "the policy", &OF_POLICY, &mut self.faults)?;
        if let Some(version) = elements.find("Version") {
            self.version(&version.value);
        }
        if let Some(id) = elements.find("Id") {
            text(&id.value, "`Id`", &mut self.faults);
        }
        let Some(statement) = elements.find("Statement") else {
            elements.is_missing("the policy has no `Statement`", &mut self.faults);
            return None;
        };
        let nodes = match &statement.value.value {
            Value::Array(nodes) if nodes.is_empty() => {
                self.fault(&statement.value, "`Statement` is empty");
                return None;
            }
            Value::Array(nodes) => nodes.as_slice(),
            _ => std::slice::from_ref(&statement.value),
        };
        let mut statements = Vec::new();
        for (index, node) in nodes.iter().enumerate() {
            statements.extend(self.statement(index, node));
            if self.faults.len() >= FAULTS_MAX {
                break;
            }
        }
        Some(statements)
    }

    fn version(&mut self, node: &Node) {
        match text(node, "`Version`", &mut self.faults) {
            Some("2012-10-17") => self.has_variables = true,
            Some("2008-10-17") | None => {}
            Some(other) => {
                let message = format!("{} is not a version of policies", quoted(other));
                let fault = Fault::new(node.range.clone(), message);
                self.faults.push(fault.with_help("write `2012-10-17`, or `2008-10-17`"));
            }
        }
    }

    fn statement(&mut self, index: usize, node: &Node) -> Option<Statement> {
        let elements = Elements::of(node, "a statement", &OF_STATEMENT, &mut self.faults)?;
        let sid = elements.find("Sid").and_then(|sid| self.sid(&sid.value));
        let effect = self.effect(&elements);
        let principals = self.principals(&elements);
        let actions = self.actions(&elements);
        let resources = self.resources(&elements);
        let conditions = elements.find("Condition").map(|member| self.conditions(&member.value));
        Some(Statement {
            index,
            sid,
            range: node.range.clone(),
            effect: effect?,
            principals,
            actions: actions?,
            resources,
            conditions: conditions.unwrap_or_default(),
        })
    }

    fn sid(&mut self, node: &Node) -> Option<String> {
        let sid = text(node, "`Sid`", &mut self.faults)?.to_owned();
        let is_plain = sid.bytes().all(|b| b.is_ascii_alphanumeric());
        if !is_plain && matches!(self.kind, PolicyKind::Identity) {
            let message = format!("the `Sid` {} has other than letters and digits", quoted(&sid));
            self.fault(node, message);
        }
        // An authorizer builds its policy for one request: nobody refers to its statements.
        let is_free = self.kind == PolicyKind::Authorizer || sid.is_empty();
        if !is_free && !self.sids.insert(sid.clone()) {
            self.fault(node, format!("another statement has the `Sid` {}", quoted(&sid)));
        }
        Some(sid)
    }

    fn effect(&mut self, elements: &Elements<'_>) -> Option<Effect> {
        let Some(member) = elements.find("Effect") else {
            elements.is_missing("a statement has no `Effect`", &mut self.faults);
            return None;
        };
        match text(&member.value, "`Effect`", &mut self.faults)? {
            "Allow" => Some(Effect::Allow),
            "Deny" => Some(Effect::Deny),
            other => {
                let message = format!("{} is neither `Allow` nor `Deny`", quoted(other));
                let fault = Fault::new(member.value.range.clone(), message);
                self.faults.push(fault.with_nearest(other, ["Allow", "Deny"]));
                None
            }
        }
    }

    fn actions(&mut self, elements: &Elements<'_>) -> Option<Element<Vec<ActionPattern>>> {
        let (member, is_negated) =
            elements.one_of(["Action", "NotAction"], true, &mut self.faults)?;
        let mut actions = Vec::new();
        for (text, node) in texts(&member.value, &name(member), &mut self.faults) {
            match ActionPattern::parse(text) {
                Ok(action) => actions.push(action),
                Err((message, help)) => {
                    self.faults.push(Fault::new(node.range.clone(), message).with_help(help));
                }
            }
        }
        Some(Element { of: actions, is_negated, range: range(member) })
    }

    fn resources(&mut self, elements: &Elements<'_>) -> Option<Element<Vec<ResourcePattern>>> {
        let names = ["Resource", "NotResource"];
        if self.kind == PolicyKind::Trust {
            for member in names.iter().filter_map(|name| elements.find(name)) {
                let message = format!("a trust policy has no {}", name(member));
                let fault = Fault::new(member.name_range.clone(), message);
                self.faults.push(fault.with_help("it is about the role that it belongs to"));
            }
            return None;
        }
        let (member, is_negated) = elements.one_of(names, true, &mut self.faults)?;
        let mut resources = Vec::new();
        for (text, node) in texts(&member.value, &name(member), &mut self.faults) {
            match self.resource(text, node) {
                Ok(resource) => resources.push(resource),
                Err(fault) => self.faults.push(fault),
            }
        }
        Some(Element { of: resources, is_negated, range: range(member) })
    }

    fn resource(&mut self, text: &str, node: &Node) -> Result<ResourcePattern, Fault> {
        let is_long = text.chars().count() > AUTHORIZER_RESOURCE_CHARS_MAX;
        if self.kind == PolicyKind::Authorizer && is_long {
            let message = format!(
                "a resource has {} characters, of {AUTHORIZER_RESOURCE_CHARS_MAX} at most",
                text.chars().count()
            );
            return Err(Fault::new(node.range.clone(), message));
        }
        let whole = self.api.and_then(|api| expanded_resource(text, api));
        let template = match &whole {
            // What it is short for has no variables of its own before the rest of the text.
            Some(whole) => Template::parse(whole, self.has_variables)
                .map_err(|fault| Text::Whole(node.range.clone()).place(fault)),
            None => Template::parse(text, self.has_variables)
                .map_err(|fault| Text::of(node, text).place(fault)),
        }?;
        let fault = |message| Fault::new(node.range.clone(), message);
        let Some(pattern) = ArnPattern::of(template) else {
            let fault = fault(format!("{} is neither an ARN nor `*`", quoted(text)));
            return Err(if text.starts_with("execute-api:") {
                fault.with_help(
                    "write `execute-api:/STAGE/VERB/PATH`, in the policy of an API alone",
                )
            } else {
                fault.with_help("write `arn:aws:SERVICE:REGION:ACCOUNT:RESOURCE`")
            });
        };
        // What authorizers return AWS may read more kindly: it is not known.
        let is_exact = self.kind != PolicyKind::Authorizer;
        if is_exact && !pattern.has_service() {
            let message = format!("{} does not name its service", quoted(text));
            return Err(fault(message).with_help("the third part of an ARN has no wildcard"));
        }
        if is_exact && !pattern.has_partition() {
            let partition = text.split(':').nth(1).unwrap_or_default();
            let message = format!("{} is no partition of AWS", quoted(partition));
            return Err(fault(message).with_nearest(partition, PARTITIONS));
        }
        Ok(ResourcePattern { pattern, written: text.to_owned(), range: node.range.clone() })
    }

    fn principals(&mut self, elements: &Elements<'_>) -> Option<Element<Principals>> {
        let names = ["Principal", "NotPrincipal"];
        let what = match self.kind {
            PolicyKind::Identity => "the policy of a user or role",
            PolicyKind::Authorizer => "the policy of an authorizer",
            PolicyKind::Resource | PolicyKind::Trust => {
                let (member, is_negated) = elements.one_of(names, true, &mut self.faults)?;
                let of = self.principal_list(member)?;
                return Some(Element { of, is_negated, range: range(member) });
            }
        };
        for member in names.iter().filter_map(|name| elements.find(name)) {
            let message = format!("{what} has no {}", name(member));
            let fault = Fault::new(member.name_range.clone(), message);
            self.faults.push(fault.with_help("it is about whom it is attached to"));
        }
        None
    }

    fn principal_list(&mut self, member: &Member) -> Option<Principals> {
        let node = &member.value;
        let members = match &node.value {
            Value::Text(text) if text == "*" => return Some(Principals::Everyone),
            Value::Text(text) => {
                let message = format!("{} is {}, not `*` or an object", name(member), quoted(text));
                let fault = Fault::new(node.range.clone(), message);
                self.faults.push(fault.with_help("write `{\"AWS\": \"...\"}`"));
                return None;
            }
            Value::Object(members) if !members.is_empty() => members,
            Value::Object(_) => {
                self.fault(node, format!("{} is empty", name(member)));
                return None;
            }
            _ => {
                self.faults.push(wrong_type(node, &name(member), "`*` or an object"));
                return None;
            }
        };
        let mut named = Vec::new();
        for member in members {
            self.principals_of_type(member, &mut named);
        }
        Some(Principals::Named(named))
    }

    fn principals_of_type(&mut self, member: &Member, named: &mut Vec<Named>) {
        let type_name = member.name.as_str();
        if !TYPES.contains(&type_name) {
            let range = member.name_range.clone();
            self.faults.push(if type_name == "CanonicalUser" {
                Fault::new(range, "principals of the type `CanonicalUser` are those of S3 alone")
            } else {
                let message = format!("unknown type of principals {}", quoted(type_name));
                Fault::new(range, message).with_nearest(type_name, TYPES)
            });
            return;
        }
        for (text, node) in texts(&member.value, &name(member), &mut self.faults) {
            match Named::parse(type_name, text) {
                Ok(one) => named.push(one),
                Err((message, help)) => {
                    self.faults.push(Fault::new(node.range.clone(), message).with_help(help));
                }
            }
        }
    }

    fn conditions(&mut self, node: &Node) -> Vec<Condition> {
        let Value::Object(members) = &node.value else {
            self.faults.push(wrong_type(node, "`Condition`", "an object"));
            return Vec::new();
        };
        let mut conditions = Vec::new();
        for member in members {
            let Some(operator) = Operator::parse(&member.name) else {
                let candidates = Operator::candidates(&member.name);
                let message = format!("unknown condition operator {}", quoted(&member.name));
                let fault = Fault::new(member.name_range.clone(), message);
                let near = candidates.iter().map(String::as_str);
                self.faults.push(fault.with_nearest(&member.name, near));
                continue;
            };
            self.conditions_of(&operator, member, &mut conditions);
        }
        conditions
    }

    fn conditions_of(&mut self, operator: &Operator, member: &Member, all: &mut Vec<Condition>) {
        let members = match &member.value.value {
            Value::Object(members) if !members.is_empty() => members,
            Value::Object(_) => {
                return self.fault(&member.value, format!("{} is empty", name(member)));
            }
            _ => {
                return self.faults.push(wrong_type(&member.value, &name(member), "an object"));
            }
        };
        let mut keys = HashMap::new();
        for member in members {
            let key = Key::new(&member.name);
            if !key.lower().split_once(':').is_some_and(|(a, b)| !a.is_empty() && !b.is_empty()) {
                let message = format!("{} is not a context key", quoted(&member.name));
                let fault = Fault::new(member.name_range.clone(), message);
                self.faults.push(fault.with_help("write `SERVICE:KEY`, as in `aws:SourceIp`"));
                continue;
            }
            let first = keys.entry(key.lower().to_owned()).or_insert(member.name.as_str());
            // The reader of JSON has told of names that are the same letter by letter.
            if *first != member.name {
                let message = format!("`{operator}` has the key {} twice", quoted(&member.name));
                let fault = Fault::new(member.name_range.clone(), message);
                self.faults.push(fault.with_help("case does not matter in a context key"));
            }
            let what = quoted(&member.name);
            let Some(values) = values(&member.value, &what, &mut self.faults) else { continue };
            let (operator, range) = (operator.clone(), range(member));
            let has_variables = self.has_variables;
            let faults = &mut self.faults;
            all.extend(Condition::new(operator, key, &values, range, has_variables, faults));
        }
    }
}

/// An element's name as a message has it.
fn name(member: &Member) -> String {
    quoted(&member.name)
}

fn range(member: &Member) -> std::ops::Range<usize> {
    member.name_range.start..member.value.range.end
}
