//! The members of an object of a policy: each taken once, by name; what is left over is unknown.

use std::ops::Range;

use crate::arn::is_account;
use crate::condition::Written;
use crate::fault::{Fault, quoted};
use crate::json::{Member, Node, Value};

/// The members of one object. `known` are the names it may have.
pub(crate) struct Elements<'n> {
    members: &'n [Member],
    range: Range<usize>,
    /// One of the unknown is likely the one that is missing.
    has_unknown: bool,
}

impl<'n> Elements<'n> {
    /// The members of `node`, in which each name but the `known` is a fault.
    pub(crate) fn of(
        node: &'n Node,
        what: &str,
        known: &[&'static str],
        faults: &mut Vec<Fault>,
    ) -> Option<Elements<'n>> {
        let Value::Object(members) = &node.value else {
            faults.push(wrong_type(node, what, "an object"));
            return None;
        };
        let mut has_unknown = false;
        for Member { name, name_range, .. } in members {
            if !known.contains(&name.as_str()) {
                let message = format!("unknown element {}", quoted(name));
                let fault = Fault::new(name_range.clone(), message);
                faults.push(fault.with_nearest(name, known.iter().copied()));
                has_unknown = true;
            }
        }
        Some(Elements { members, range: node.range.clone(), has_unknown })
    }

    pub(crate) fn find(&self, name: &str) -> Option<&'n Member> {
        self.members.iter().find(|member| member.name == name)
    }

    /// Says that an element is missing, unless something unknown was likely meant to be it.
    pub(crate) fn is_missing(&self, message: impl Into<String>, faults: &mut Vec<Fault>) {
        if !self.has_unknown {
            faults.push(Fault::new(self.range.start..self.range.start + 1, message));
        }
    }

    /// The one that stands of two elements, of which `required` says whether one must.
    pub(crate) fn one_of(
        &self,
        [plain, negated]: [&'static str; 2],
        is_required: bool,
        faults: &mut Vec<Fault>,
    ) -> Option<(&'n Member, bool)> {
        match (self.find(plain), self.find(negated)) {
            (Some(_), Some(second)) => {
                let message = format!("a statement has both `{plain}` and `{negated}`");
                faults.push(Fault::new(second.name_range.clone(), message));
                None
            }
            (Some(member), None) => Some((member, false)),
            (None, Some(member)) => Some((member, true)),
            (None, None) => {
                if is_required {
                    let message = format!("a statement has neither `{plain}` nor `{negated}`");
                    self.is_missing(message, faults);
                }
                None
            }
        }
    }
}

/// That a value has another type than is wanted.
pub(crate) fn wrong_type(node: &Node, what: &str, wanted: &str) -> Fault {
    let found = node.value.type_name();
    Fault::new(node.range.clone(), format!("{what} is {found}, not {wanted}"))
}

/// The text of a string.
pub(crate) fn text<'n>(node: &'n Node, what: &str, faults: &mut Vec<Fault>) -> Option<&'n str> {
    match &node.value {
        Value::Text(text) => Some(text),
        _ => {
            faults.push(wrong_type(node, what, "a string"));
            None
        }
    }
}

/// The strings of a string or of an array of strings, at least one.
pub(crate) fn texts<'n>(
    node: &'n Node,
    what: &str,
    faults: &mut Vec<Fault>,
) -> Vec<(&'n str, &'n Node)> {
    let nodes = match &node.value {
        Value::Array(nodes) if nodes.is_empty() => {
            faults.push(Fault::new(node.range.clone(), format!("{what} is empty")));
            return Vec::new();
        }
        Value::Array(nodes) => nodes.as_slice(),
        Value::Text(_) | Value::Number(_) => std::slice::from_ref(node),
        _ => {
            faults.push(wrong_type(node, what, "a string or an array of strings"));
            return Vec::new();
        }
    };
    let text_of = |node: &'n Node| match &node.value {
        // The id of an account that was written without quotes in YAML.
        Value::Number(digits) if is_account(digits) => Some((digits.as_str(), node)),
        _ => Some((text(node, what, faults)?, node)),
    };
    nodes.iter().filter_map(text_of).collect()
}

/// The values of a condition, which may be strings, numbers and booleans.
pub(crate) fn values(node: &Node, what: &str, faults: &mut Vec<Fault>) -> Option<Vec<Written>> {
    let nodes = match &node.value {
        Value::Array(nodes) if nodes.is_empty() => {
            faults.push(Fault::new(node.range.clone(), format!("{what} has no value")));
            return None;
        }
        Value::Array(nodes) => nodes.as_slice(),
        _ => std::slice::from_ref(node),
    };
    let mut values = Vec::new();
    for node in nodes {
        let text = match &node.value {
            Value::Text(text) | Value::Number(text) => text.clone(),
            Value::Bool(is_true) => is_true.to_string(),
            Value::Null | Value::Array(_) | Value::Object(_) => {
                faults.push(wrong_type(node, what, "a string, number or boolean"));
                return None;
            }
        };
        values.push(Written { range: node.range.clone(), at: Text::of(node, &text), text });
    }
    Some(values)
}

/// Where the characters of a string stand.
#[derive(Clone, Debug)]
pub(crate) enum Text {
    /// One after the other, from there.
    From(usize),
    /// With escapes: only the whole is known.
    Whole(Range<usize>),
}

impl Text {
    pub(crate) fn of(node: &Node, text: &str) -> Text {
        // The quotes.
        if matches!(node.value, Value::Text(_)) && node.range.len() == text.len() + 2 {
            return Text::From(node.range.start + 1);
        }
        Text::Whole(node.range.clone())
    }

    /// Moves a fault of the text alone to where the text stands.
    pub(crate) fn place(&self, mut fault: Fault) -> Fault {
        fault.range = match self {
            Text::From(start) => start + fault.range.start..start + fault.range.end,
            Text::Whole(range) => range.clone(),
        };
        fault
    }
}
