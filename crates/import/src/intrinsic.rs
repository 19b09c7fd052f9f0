//! Intrinsic functions of CloudFormation where nobody evaluates them, in OpenAPI files: each is refused by name where it stands.

use crate::findings::Findings;
use crate::tree::{Kind, Node};
use vestibule_restapi::{Code, Diagnostic, Place, closest};

/// Every function, in the order of the AWS docs: intrinsic-function-reference.
pub(crate) const FUNCTIONS: [&str; 21] = [
    "Base64",
    "Cidr",
    "FindInMap",
    "ForEach",
    "GetAtt",
    "GetAZs",
    "GetStackOutput",
    "ImportValue",
    "Join",
    "Length",
    "Ref",
    "Select",
    "Split",
    "Sub",
    "ToJsonString",
    "Transform",
    "And",
    "Condition",
    "Equals",
    "If",
    "Not",
];

/// The core tags of YAML, which are no functions: they change nothing or force a text.
pub(crate) const CORE_TAGS: [&str; 8] =
    ["!", "!!str", "!!int", "!!float", "!!bool", "!!null", "!!map", "!!seq"];

/// The intrinsic that a value is, as its author wrote it: `!Sub`, `Fn::Join`, `Ref`.
pub(crate) fn of(node: Node<'_>) -> Option<String> {
    if let Some(tag) = node.tag()
        && !CORE_TAGS.contains(&tag)
    {
        return Some(tag.to_owned());
    }
    let mut entries = node.entries();
    let only = entries.next().filter(|_| entries.next().is_none())?;
    let name = only.name();
    let is_reference = name == "Ref" && only.value.kind() == Kind::Scalar;
    (name.starts_with("Fn::") || is_reference).then(|| name.to_owned())
}

/// Refuses each intrinsic in a value (GW202), but none inside another.
pub(crate) fn refuse(node: Node<'_>, findings: &mut Findings) {
    if let Some(name) = of(node) {
        findings.push(refusal(node, &name));
        return;
    }
    node.items().for_each(|item| refuse(item, findings));
    for entry in node.entries() {
        if entry.name().starts_with("Fn::") {
            findings.push(not_evaluated(entry.name(), entry.key.place()));
        } else {
            refuse(entry.value, findings);
        }
    }
}

fn refusal(node: Node<'_>, name: &str) -> Diagnostic {
    let place = match node.entries().next() {
        Some(only) if node.tag().is_none() => only.key.place(),
        Some(_) | None => tag_place(node, name),
    };
    match name.strip_prefix('!') {
        Some(tag) if !FUNCTIONS.contains(&tag) => {
            let finding =
                Diagnostic::error(Code::InvalidValue, format!("unknown tag `{name}`")).at(place);
            match closest(tag, FUNCTIONS) {
                Some(meant) => finding.help(format!("did you mean `!{meant}`?")),
                None => finding,
            }
        }
        Some(_) | None => not_evaluated(name, place),
    }
}

/// The tag itself, not what it is applied to.
fn tag_place(node: Node<'_>, name: &str) -> Place {
    let mut place = node.token();
    if let Some(at) = place.text().find(name) {
        place.span = place.span.start + at..place.span.start + at + name.len();
    }
    place
}

fn not_evaluated(name: &str, place: Place) -> Diagnostic {
    Diagnostic::error(Code::Intrinsic, format!("`{name}` is not evaluated yet"))
        .at(place)
        .help("write the value itself")
}
