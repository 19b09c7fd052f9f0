//! Which intrinsic function a value is, in its short and its full form.

use crate::intrinsic::CORE_TAGS;
use crate::tree::{Kind, Node};
use vestibule_restapi::Place;

/// A function with its argument: `!Sub x`, `{"Fn::Sub": x}`, `{"Ref": x}`.
#[derive(Clone, Copy, Debug)]
pub(in crate::cloudformation) struct Call<'t> {
    /// Without `!` and `Fn::`, such as `Sub`.
    pub(in crate::cloudformation) name: &'t str,
    pub(in crate::cloudformation) argument: Argument<'t>,
    /// The tagged value, or the key.
    named: Node<'t>,
}

/// The argument of a function. Under a tag it is the tagged value itself, without the tag.
#[derive(Clone, Copy, Debug)]
pub(in crate::cloudformation) struct Argument<'t> {
    pub(in crate::cloudformation) node: Node<'t>,
    pub(in crate::cloudformation) is_tagged: bool,
}

impl<'t> Call<'t> {
    /// Where the function is named.
    pub(in crate::cloudformation) fn place(&self) -> Place {
        if !self.argument.is_tagged {
            return self.named.place();
        }
        let tag = self.named.tag().unwrap_or("");
        let mut place = self.named.token();
        if let Some(at) = place.text().find(tag) {
            place.span = place.span.start + at..place.span.start + at + tag.len();
        }
        place
    }

    /// The function as its author wrote it: `!Sub`, `Fn::Sub`, `Ref`.
    pub(in crate::cloudformation) fn written(&self) -> &'t str {
        let name = if self.argument.is_tagged { self.named.tag() } else { self.named.text() };
        name.unwrap_or(self.name)
    }
}

impl<'t> Argument<'t> {
    /// A value with its tag.
    pub(in crate::cloudformation) fn whole(node: Node<'t>) -> Argument<'t> {
        Argument { node, is_tagged: false }
    }

    /// The items of a list that is written out; of anything else, itself alone.
    pub(in crate::cloudformation) fn items(&self) -> Vec<Argument<'t>> {
        if self.is_list() { self.node.items().map(Argument::whole).collect() } else { vec![*self] }
    }

    /// Whether it is a list that is written out.
    pub(in crate::cloudformation) fn is_list(&self) -> bool {
        self.node.kind() == Kind::Array && (self.is_tagged || of(self.node).is_none())
    }
}

/// The function that a value is.
pub(in crate::cloudformation) fn of(node: Node<'_>) -> Option<Call<'_>> {
    match node.tag().filter(|tag| !CORE_TAGS.contains(tag)) {
        Some(tag) => {
            let name = tag.strip_prefix('!').unwrap_or(tag);
            Some(Call { name, argument: Argument { node, is_tagged: true }, named: node })
        }
        None => inside(node),
    }
}

/// The function that an object is, whatever its tag.
pub(in crate::cloudformation) fn inside(node: Node<'_>) -> Option<Call<'_>> {
    let mut entries = node.entries();
    let only = entries.next().filter(|_| entries.next().is_none())?;
    let name = match only.name() {
        "Ref" => "Ref",
        // It brings in members: the object it stands in takes them.
        "Fn::Transform" => return None,
        name => name.strip_prefix("Fn::").filter(|name| !name.starts_with("ForEach::"))?,
    };
    Some(Call { name, argument: Argument::whole(only.value), named: only.key })
}

/// The function `name` that an object is whose only key this is.
pub(in crate::cloudformation) fn named<'t>(node: Node<'t>, name: &'static str) -> Option<Call<'t>> {
    let mut entries = node.entries();
    let only = entries.next().filter(|_| entries.next().is_none())?;
    let argument = Argument::whole(only.value);
    (only.name() == name).then_some(Call { name, argument, named: only.key })
}
