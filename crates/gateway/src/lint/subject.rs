//! The template that is judged, with what is known about it.

use super::models::Names;
use super::variables::Variables;
use vestibule_restapi::{Code, Diagnostic, Sourced};
use vestibule_vtl::Span;
use vestibule_vtl::tree::{Link, LinkKind, Reference, Tree};

/// What a template makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// What the integration gets.
    Request,
    /// What the client gets.
    Response,
}

/// Where a template is used.
#[derive(Clone, Copy, Debug)]
pub(super) struct Use<'a> {
    pub(super) role: Role,
    /// Whether its integration is DynamoDB, which takes JSON alone.
    pub(super) is_dynamodb: bool,
    /// The path of its resource; none when nobody knows.
    pub(super) path: Option<&'a str>,
    /// What the API's models say about members.
    pub(super) names: &'a Names,
}

/// A compiled template, where it is used, and what its variables hold.
#[derive(Debug)]
pub(super) struct Subject<'a> {
    pub(super) source: &'a Sourced,
    pub(super) tree: &'a Tree,
    pub(super) used: Use<'a>,
    pub(super) variables: Variables<'a>,
}

impl<'a> Subject<'a> {
    pub(super) fn new(source: &'a Sourced, tree: &'a Tree, used: Use<'a>) -> Subject<'a> {
        Subject { source, tree, used, variables: Variables::of(tree) }
    }

    /// The name of the variable that a reference begins with.
    pub(super) fn root(&self, reference: &Reference) -> &'a str {
        self.tree.name(reference.root)
    }

    /// What stands in the template at a span.
    pub(super) fn text(&self, span: Span) -> &'a str {
        self.source.as_str().get(span.range()).unwrap_or("")
    }

    /// Where the name of a member stands in its link, without the `.` before it and the arguments behind it.
    pub(super) fn name_span(&self, link: &Link) -> Span {
        let (LinkKind::Property(name) | LinkKind::Call { method: name, .. }) = &link.kind else {
            return link.span;
        };
        let Some(at) = self.text(link.span).find(&**name) else { return link.span };
        let offset = |at: usize| link.span.start.saturating_add(u32::try_from(at).unwrap_or(0));
        Span { start: offset(at), end: offset(at + name.len()) }
    }

    /// A warning at a place of the template.
    pub(super) fn warning(&self, code: Code, message: String, span: Span) -> Diagnostic {
        Diagnostic::warning(code, message).at(self.source.place(span.range()))
    }

    /// A note at a place of the template.
    pub(super) fn note(&self, code: Code, message: String, span: Span) -> Diagnostic {
        Diagnostic::note_finding(code, message).at(self.source.place(span.range()))
    }

    /// Whether a name is a variable of the resource's path; `None` when the path is not known.
    pub(super) fn is_path_variable(&self, name: &str) -> Option<bool> {
        let path = self.used.path?;
        let variables = path.split('/').filter_map(|segment| segment.strip_prefix('{'));
        let mut names = variables.map(|rest| rest.trim_end_matches(['}', '+']));
        Some(names.any(|variable| variable == name))
    }
}
