//! What the answer of an integration depends on, as far as its mappings and templates say.

use crate::cache::path_variables;
use crate::lint::members::IDENTITY;
use std::fmt;
use vestibule_restapi::{Integration, IntegrationType, Place, Resource, Sourced};
use vestibule_vtl::Template;
use vestibule_vtl::tree::{Expr, Link, LinkKind, Reference, Tree};
use vestibule_vtl::visit::{self, Visit};

/// Something of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Input {
    /// A path variable.
    Path(String),
    /// A query parameter.
    Query(String),
    /// A parameter of the path, the query or the headers.
    Parameter(String),
    /// The body.
    Body,
    /// Who calls, by this name.
    Caller(String),
}

impl fmt::Display for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Input::Path(name)
            | Input::Query(name)
            | Input::Parameter(name)
            | Input::Caller(name) => write!(f, "`{name}`"),
            Input::Body => f.write_str("body"),
        }
    }
}

/// What is used, each with a place.
#[derive(Debug, Default)]
pub(super) struct Used(Vec<(Input, Place)>);

/// The members of `$context.identity` that do not tell callers apart: what is known of a connection, and whose the caller is.
const OF_NO_CALLER: [&str; 5] = ["principalOrgId", "sourceIp", "userAgent", "vpcId", "vpceId"];

impl Used {
    /// Of mappings onto the integration, templates of the request, and templates of the answer.
    pub(super) fn of(resource: &Resource, integration: &Integration) -> Used {
        let mut used = Used::default();
        // A function gets none of them.
        if integration.kind != IntegrationType::AwsProxy {
            let lines = integration.request_parameters.iter();
            lines.for_each(|line| used.mapping(&line.source));
        }
        let is_proxy =
            matches!(integration.kind, IntegrationType::AwsProxy | IntegrationType::HttpProxy);
        if !is_proxy {
            let of_requests = integration.request_templates.iter().map(|t| &t.template);
            let responses = integration.responses.iter();
            let of_answers = responses.flat_map(|response| &response.response_templates);
            let variables: Vec<&str> = path_variables(&resource.path).collect();
            of_requests.for_each(|template| used.template(template, &variables, true));
            of_answers.for_each(|t| used.template(&t.template, &variables, false));
        }
        used
    }

    pub(super) fn inputs(&self) -> impl Iterator<Item = (&Input, &Place)> {
        self.0.iter().map(|(input, place)| (input, place))
    }

    fn mapping(&mut self, source: &Sourced) {
        let text = source.as_str();
        let below = |prefix: &str| text.strip_prefix(prefix).map(str::to_owned);
        let input = if is_of_caller(text) {
            Some(Input::Caller(text.to_owned()))
        } else {
            below("method.request.path.")
                .map(Input::Path)
                .or_else(|| below("method.request.querystring.").map(Input::Query))
                .or_else(|| below("method.request.multivaluequerystring.").map(Input::Query))
        };
        self.0.extend(input.map(|input| (input, source.whole())));
    }

    fn template(&mut self, source: &Sourced, variables: &[&str], is_request: bool) {
        let Ok(template) = Template::parse(source.shared()) else { return };
        let tree = template.tree();
        let mut met = Met { source, tree, variables, is_request, found: Vec::new() };
        visit::visit(&mut met, tree);
        self.0.append(&mut met.found);
    }
}

/// Whether a source of a mapping, or what a key has, tells callers apart.
pub(super) fn is_of_caller(source: &str) -> bool {
    let header = source
        .strip_prefix("method.request.header.")
        .or_else(|| source.strip_prefix("method.request.multivalueheader."));
    let member = source.strip_prefix("context.identity.");
    header.is_some_and(|name| name.eq_ignore_ascii_case("authorization"))
        || source.starts_with("context.authorizer.")
        || member.is_some_and(|rest| IDENTITY.contains(&rest.split('.').next().unwrap_or("")))
}

struct Met<'t> {
    source: &'t Sourced,
    tree: &'t Tree,
    variables: &'t [&'t str],
    /// Else it makes the answer.
    is_request: bool,
    found: Vec<(Input, Place)>,
}

impl<'t> Visit<'t> for Met<'t> {
    fn reference(&mut self, reference: &'t Reference) {
        let input = match self.tree.name(reference.root) {
            "input" => self.input(&reference.links),
            "context" => self.context(reference),
            _ => None,
        };
        let place = self.source.place(reference.span.range());
        self.found.extend(input.map(|input| (input, place)));
        visit::within_reference(self, reference);
    }
}

impl Met<'_> {
    fn input(&self, links: &[Link]) -> Option<Input> {
        let (first, rest) = links.split_first()?;
        match &first.kind {
            LinkKind::Call { method, arguments } if &**method == "params" => {
                match arguments.first().map(|argument| &argument.value) {
                    Some(Expr::Text(name)) => Some(self.parameter(name)),
                    // All of them: which is said by what follows, if at all.
                    None => member(rest, "path")
                        .map(Input::Path)
                        .or_else(|| member(rest, "querystring").map(Input::Query)),
                    Some(_) => None,
                }
            }
            LinkKind::Call { method, .. } if matches!(&**method, "json" | "path") => {
                // Of an answer it is the integration's.
                self.is_request.then_some(Input::Body)
            }
            LinkKind::Property(name) if &**name == "body" => self.is_request.then_some(Input::Body),
            LinkKind::Call { .. } | LinkKind::Property(_) | LinkKind::Index(_) => None,
        }
    }

    fn parameter(&self, name: &str) -> Input {
        if name.eq_ignore_ascii_case("authorization") {
            return Input::Caller("Authorization".to_owned());
        }
        match self.variables.contains(&name) {
            true => Input::Path(name.to_owned()),
            false => Input::Parameter(name.to_owned()),
        }
    }

    fn context(&self, reference: &Reference) -> Option<Input> {
        let (first, rest) = reference.links.split_first()?;
        let LinkKind::Property(name) = &first.kind else { return None };
        let is_of_caller = match &**name {
            "authorizer" => true,
            "identity" => match rest.first().map(|link| &link.kind) {
                Some(LinkKind::Property(member)) => {
                    IDENTITY.contains(&&**member) && !OF_NO_CALLER.contains(&&**member)
                }
                _ => false,
            },
            _ => false,
        };
        let text = self.source.as_str().get(reference.span.range()).unwrap_or_default();
        is_of_caller.then(|| Input::Caller(text.to_owned()))
    }
}

/// The name in `.location.NAME` or `.location.get('NAME')`.
fn member(links: &[Link], location: &str) -> Option<String> {
    let [place, member, ..] = links else { return None };
    let LinkKind::Property(name) = &place.kind else { return None };
    if &**name != location {
        return None;
    }
    match &member.kind {
        LinkKind::Property(name) => Some(name.to_string()),
        LinkKind::Call { method, arguments } if &**method == "get" => {
            match arguments.first().map(|argument| &argument.value) {
                Some(Expr::Text(name)) => Some(name.to_string()),
                _ => None,
            }
        }
        LinkKind::Call { .. } | LinkKind::Index(_) => None,
    }
}
