//! Where the text of a value comes from, as far as a quote in it could be a client's.

use super::java::{self, Kind};
use super::subject::{Role, Subject};
use std::cell::RefCell;
use std::collections::HashMap;
use vestibule_vtl::tree::{CallArgument, Comparison, Expr, Link, LinkKind, Node, Reference, Slot};
use vestibule_vtl::visit::{self, Visit};

/// How much a text is to be feared inside quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Danger {
    /// It has no quotes, or nobody outside writes it.
    None,
    /// It may have some, and as often has none by its nature.
    Note,
    /// A client writes it as it likes.
    Warning,
}

/// What stands between the value and the text that is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Form {
    /// Nothing.
    Raw,
    /// `$util.escapeJavaScript`, which writes `\'`.
    Escaped,
    /// `$input.json`, which writes quotes of its own.
    Json,
}

/// Where a text comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Origin {
    pub(super) danger: Danger,
    pub(super) form: Form,
}

const SAFE: Origin = Origin { danger: Danger::None, form: Form::Raw };

fn raw(danger: Danger) -> Origin {
    Origin { danger, form: Form::Raw }
}

/// Follows values to where they come from.
#[derive(Debug)]
pub(super) struct Origins<'a> {
    subject: &'a Subject<'a>,
    /// The texts that a condition checks against a pattern, a number or a word.
    checked: Vec<String>,
    /// The origins of variables that are known, or being followed: then none yet.
    known: RefCell<HashMap<Slot, Origin>>,
}

impl<'a> Origins<'a> {
    pub(super) fn of(subject: &'a Subject<'a>) -> Origins<'a> {
        let mut checks = Checks { subject, texts: Vec::new() };
        visit::visit(&mut checks, subject.tree);
        Origins { subject, checked: checks.texts, known: RefCell::default() }
    }

    /// Where the text that a reference prints comes from.
    pub(super) fn reference(&self, reference: &'a Reference) -> Origin {
        self.follow(reference)
    }

    fn expression(&self, expression: &'a Expr) -> Origin {
        match expression {
            Expr::Reference(reference) => self.follow(reference),
            Expr::Interpolated { body, .. } => self.interpolated(body),
            Expr::Math(math) => {
                self.expression(&math.left.value).max(self.expression(&math.right.value))
            }
            Expr::List(items) => {
                items.iter().map(|item| self.expression(item)).max().unwrap_or(SAFE)
            }
            _ => SAFE,
        }
    }

    /// A string with quotes of its own is JSON that is being built: what is in it is judged where it stands.
    fn interpolated(&self, body: &'a [Node]) -> Origin {
        let has_quotes =
            body.iter().any(|node| matches!(node, Node::Text(text) if text.text.contains('"')));
        if has_quotes {
            return SAFE;
        }
        let printed = body.iter().filter_map(|node| match node {
            Node::Print(print) if print.escaped.is_none() => Some(&print.reference),
            _ => None,
        });
        printed.map(|reference| self.follow(reference)).max().unwrap_or(SAFE)
    }

    fn follow(&self, reference: &'a Reference) -> Origin {
        let whole = self.subject.text(reference.span);
        let text = whole.trim_start_matches(['$', '!', '{']).trim_end_matches('}');
        if self.checked.iter().any(|checked| checked == text) {
            return SAFE;
        }
        let kind = self.subject.variables.kind_before(reference, reference.links.len());
        if matches!(kind, Kind::Number | Kind::Boolean) {
            return SAFE;
        }
        let root = self.subject.root(reference);
        let (start, rest) = match (root, &*reference.links) {
            ("input", [first, rest @ ..]) => (self.input(first, rest), rest),
            ("util", [Link { kind: LinkKind::Call { method, arguments }, .. }, rest @ ..]) => {
                (self.util(method, arguments), rest)
            }
            (
                "context",
                [
                    Link { kind: LinkKind::Property(name), .. },
                    Link { kind: LinkKind::Property(member), .. },
                    ..,
                ],
            ) if &**name == "identity" && &**member == "userAgent" => (raw(Danger::Note), &[][..]),
            (_, links) => (self.variable(reference), links),
        };
        rest.iter().fold(start, |origin, link| self.after(origin, link))
    }

    fn variable(&self, reference: &'a Reference) -> Origin {
        let Some(assigned) = self.subject.variables.assigned(reference.root) else { return SAFE };
        let known = self.known.borrow().get(&reference.root).copied();
        if let Some(known) = known {
            return known;
        }
        // A variable that is made of itself is what else it is made of.
        self.known.borrow_mut().insert(reference.root, SAFE);
        let values = assigned.values.iter().map(|value| self.expression(value));
        let items = assigned.items_of.iter().map(|source| self.items(source));
        let origin = values.chain(items).max().unwrap_or(SAFE);
        self.known.borrow_mut().insert(reference.root, origin);
        origin
    }

    /// The names of an object's members are free too, but written by a program as a rule.
    fn items(&self, source: &'a Expr) -> Origin {
        let origin = self.expression(source);
        let is_keys = matches!(source, Expr::Reference(reference) if matches!(
            reference.links.last().map(|link| &link.kind),
            Some(LinkKind::Call { method, .. }) if matches!(&**method, "keySet" | "entrySet")
        ));
        if is_keys { Origin { danger: origin.danger.min(Danger::Note), ..origin } } else { origin }
    }

    fn client_danger(&self) -> Danger {
        match self.subject.used.role {
            Role::Request => Danger::Warning,
            Role::Response => Danger::Note,
        }
    }

    fn input(&self, first: &'a Link, rest: &'a [Link]) -> Origin {
        match &first.kind {
            LinkKind::Property(name) if &**name == "body" => raw(self.client_danger()),
            LinkKind::Call { method, arguments } => match (&**method, arguments.first()) {
                ("json", Some(argument)) => {
                    let danger = if self.is_restrained_path(argument) {
                        Danger::None
                    } else {
                        self.client_danger()
                    };
                    Origin { danger, form: Form::Json }
                }
                ("path", Some(argument)) if self.is_restrained_path(argument) => SAFE,
                ("path", _) => raw(self.client_danger()),
                ("params", Some(argument)) => raw(match &argument.value {
                    Expr::Text(name) => match self.subject.is_path_variable(name) {
                        // A path arrives percent-encoded: it has no quotes.
                        Some(true) => Danger::None,
                        Some(false) => self.client_danger(),
                        None => Danger::Note,
                    },
                    _ => Danger::Note,
                }),
                ("params", None) if rest.get(1).is_some_and(is_any_member) => raw(Danger::Note),
                ("params", None) => raw(self.place_danger(rest.first())),
                _ => SAFE,
            },
            _ => SAFE,
        }
    }

    /// `$input.params().querystring`.
    fn place_danger(&self, place: Option<&Link>) -> Danger {
        let name = match place.map(|place| &place.kind) {
            Some(LinkKind::Property(name)) => name,
            Some(LinkKind::Call { arguments, .. }) => match arguments.first().map(|a| &a.value) {
                Some(Expr::Text(name)) => name,
                _ => return Danger::Note,
            },
            Some(LinkKind::Index(Expr::Text(name))) => name,
            _ => return Danger::Note,
        };
        match &**name {
            "querystring" | "header" => self.client_danger(),
            _ => Danger::None,
        }
    }

    fn util(&self, method: &str, arguments: &'a [CallArgument]) -> Origin {
        let of = || {
            let values = arguments.iter().map(|argument| self.expression(&argument.value));
            values.max().unwrap_or(SAFE)
        };
        match method {
            "escapeJavaScript" => match of() {
                Origin { danger: Danger::None, .. } => SAFE,
                Origin { form: Form::Json, .. } => SAFE,
                origin => Origin { form: Form::Escaped, ..origin },
            },
            // AWS's own examples decode a parameter into quotes.
            "urlDecode" => Origin { danger: of().danger.min(Danger::Note), form: Form::Raw },
            "base64Decode" | "parseJson" => Origin { danger: of().danger, form: Form::Raw },
            _ => SAFE,
        }
    }

    /// What a link leaves of the danger.
    fn after(&self, origin: Origin, link: &Link) -> Origin {
        match &link.kind {
            LinkKind::Property(name) if self.subject.used.names.is_restrained(name) => SAFE,
            // A hyphen has swallowed something: that has its own finding.
            LinkKind::Property(name) if name.ends_with('-') => SAFE,
            // DynamoDB's numbers and booleans.
            LinkKind::Property(name) if matches!(&**name, "N" | "BOOL" | "NULL") => SAFE,
            LinkKind::Call { method, arguments }
                if matches!(&**method, "replaceAll" | "replace") =>
            {
                let replaced = match arguments.first().map(|argument| &argument.value) {
                    Some(Expr::Text(text)) => text,
                    _ => return origin,
                };
                // `\'` taken back, or the quotes taken out by hand.
                if replaced.contains(['\'', '"', '^']) { SAFE } else { origin }
            }
            LinkKind::Call { method, .. } if is_harmless(method) => SAFE,
            _ => origin,
        }
    }

    fn is_restrained_path(&self, argument: &CallArgument) -> bool {
        let Expr::Text(path) = &argument.value else { return false };
        let last = path.rsplit(['.', '\'']).find(|part| !matches!(*part, "]" | ""));
        last.is_some_and(|name| self.subject.used.names.is_restrained(name))
    }
}

/// Whether a link leads to a member whose name the template does not know: it passes on whatever there is.
fn is_any_member(link: &Link) -> bool {
    match &link.kind {
        LinkKind::Call { method, arguments } => {
            &**method == "get" && !arguments.iter().all(|a| matches!(a.value, Expr::Text(_)))
        }
        LinkKind::Index(index) => !matches!(index, Expr::Text(_)),
        LinkKind::Property(_) => false,
    }
}

fn is_harmless(method: &str) -> bool {
    java::is_boolean(method)
        || matches!(method, "size" | "length" | "indexOf" | "lastIndexOf" | "hashCode")
}

/// Collects what conditions check: `$x.matches(...)`, `$x > 5`, `$x == "word"`.
struct Checks<'a> {
    subject: &'a Subject<'a>,
    texts: Vec<String>,
}

impl<'a> Visit<'a> for Checks<'a> {
    fn reference(&mut self, reference: &'a Reference) {
        if let [before @ .., Link { kind: LinkKind::Call { method, .. }, span }] = &*reference.links
            && &**method == "matches"
        {
            let start = reference.span.range().start;
            let end = before.last().map_or(span.range().start, |link| link.span.range().end);
            let text = self.subject.source.as_str().get(start..end).unwrap_or("");
            self.texts.push(text.trim_start_matches(['$', '!', '{']).to_owned());
        }
        visit::within_reference(self, reference);
    }

    fn expression(&mut self, expression: &'a Expr) {
        if let Expr::Compare(comparison, pair, _) = expression {
            for (side, other) in [(&pair.0, &pair.1), (&pair.1, &pair.0)] {
                let is_check = match comparison {
                    Comparison::NotEqual => false,
                    Comparison::Equal => matches!(other, Expr::Text(text) if !text.is_empty()),
                    _ => true,
                };
                if let Expr::Reference(reference) = side
                    && is_check
                {
                    let text = self.subject.text(reference.span);
                    let text = text.trim_start_matches(['$', '!', '{']).trim_end_matches('}');
                    self.texts.push(text.to_owned());
                }
            }
        }
        visit::within_expression(self, expression);
    }
}
