//! Properties and methods that do not exist (GW313): of `$input`, `$util`, `$context` and `$foreach`, and of Java's values
//! where their kind is certain.

use super::appsync;
use super::java::{self, Kind};
use super::subject::Subject;
use super::variables::GIVEN;
use std::collections::BTreeSet;
use vestibule_restapi::{Code, Diagnostic, closest};
use vestibule_vtl::tree::{Link, LinkKind, Node, Reference};
use vestibule_vtl::visit::{self, Visit};

const INPUT: [&str; 4] = ["body", "json", "params", "path"];
const UTIL: [&str; 6] =
    ["base64Decode", "base64Encode", "escapeJavaScript", "parseJson", "urlDecode", "urlEncode"];
const PLACES: [&str; 3] = ["header", "path", "querystring"];
const SCOPE: [&str; 7] = ["index", "count", "hasNext", "first", "last", "parent", "topmost"];
/// The members of `$context` in a mapping template (AWS docs: api-gateway-mapping-template-reference).
pub(super) const CONTEXT: [&str; 24] = [
    "accountId",
    "apiId",
    "authorizer",
    "awsEndpointRequestId",
    "deploymentId",
    "domainName",
    "domainPrefix",
    "extendedRequestId",
    "httpMethod",
    "identity",
    "isCanaryRequest",
    "path",
    "protocol",
    "requestId",
    "requestOverride",
    "requestTime",
    "requestTimeEpoch",
    "resourceId",
    "resourcePath",
    "responseOverride",
    "stage",
    "wafResponseCode",
    "webaclArn",
    // AWS's page lists it for templates in one edition and for access logs alone in another.
    "xrayTraceId",
];
pub(super) const IDENTITY: [&str; 17] = [
    "accessKey",
    "accountId",
    "apiKey",
    "apiKeyId",
    "caller",
    "clientCert",
    "cognitoAuthenticationProvider",
    "cognitoAuthenticationType",
    "cognitoIdentityId",
    "cognitoIdentityPoolId",
    "principalOrgId",
    "sourceIp",
    "user",
    "userAgent",
    "userArn",
    "vpcId",
    "vpceId",
];
/// What access logs know and templates do not.
pub(super) const OF_LOGS: [&str; 13] = [
    "authenticate",
    "authorize",
    "customDomain",
    "endpointType",
    "integration",
    "integrationErrorMessage",
    "integrationLatency",
    "integrationStatus",
    "responseLatency",
    "responseLength",
    "status",
    "waf",
    "routeKey",
];
/// What the APIs of other kinds know.
const OF_WEB_SOCKETS: [&str; 6] = [
    "connectionId",
    "connectedAt",
    "eventType",
    "messageId",
    "messageDirection",
    "disconnectStatusCode",
];

pub(super) fn check<'a>(subject: &'a Subject<'a>, findings: &mut Vec<Diagnostic>) {
    let mut written = Written { subject, names: BTreeSet::new() };
    visit::visit(&mut written, subject.tree);
    visit::visit(&mut Met { subject, findings, written: written.names }, subject.tree);
}

/// Collects what the template puts into `$context` itself.
struct Written<'a> {
    subject: &'a Subject<'a>,
    names: BTreeSet<&'a str>,
}

impl<'a> Visit<'a> for Written<'a> {
    fn node(&mut self, node: &'a Node) {
        if let Node::Set(set) = node
            && self.subject.root(&set.target) == "context"
            && let [Link { kind: LinkKind::Property(name), .. }] = &*set.target.links
        {
            self.names.insert(name);
        }
        visit::within_node(self, node);
    }
}

struct Met<'a, 'f> {
    subject: &'a Subject<'a>,
    findings: &'f mut Vec<Diagnostic>,
    written: BTreeSet<&'a str>,
}

impl<'a> Visit<'a> for Met<'a, '_> {
    fn reference(&mut self, reference: &'a Reference) {
        let is_given = GIVEN.contains(&self.subject.root(reference));
        // Of an unknown variable everything is unknown.
        let is_known = is_given || self.subject.variables.assigned(reference.root).is_some();
        for index in 0..if is_known { reference.links.len() } else { 0 } {
            if self.judge(reference, index) {
                break;
            }
        }
        visit::within_reference(self, reference);
    }
}

impl<'a> Met<'a, '_> {
    /// Judges one link; tells whether it was wrong, so that what follows it means nothing.
    fn judge(&mut self, reference: &'a Reference, index: usize) -> bool {
        let Some(link) = reference.links.get(index) else { return false };
        let before = index.checked_sub(1).and_then(|before| reference.links.get(before));
        match self.subject.variables.kind_before(reference, index) {
            Kind::Input => self.of_input(link),
            Kind::Util => self.of_util(link),
            Kind::Context => self.of_context(link),
            Kind::Scope => self.of_scope(link),
            kind => match (before, self.subject.root(reference)) {
                (Some(before), "input") if index == 1 && is_all_parameters(before) => {
                    self.of_places(link)
                }
                (Some(Link { kind: LinkKind::Property(name), .. }), "context") if index == 1 => {
                    self.of_context_member(name, link)
                }
                _ => self.of_value(kind, link),
            },
        }
    }

    fn of_input(&mut self, link: &'a Link) -> bool {
        match &link.kind {
            LinkKind::Property(name) if &**name == "body" => false,
            LinkKind::Property(name) if INPUT.contains(&&**name) => {
                let help = match &**name {
                    "params" => {
                        "write `$input.params('name')`, or `$input.params()` for all".to_owned()
                    }
                    _ => {
                        format!("write `$input.{name}('$.name')`, or `$input.{name}('$')` for all")
                    }
                };
                let message = format!("`$input.{name}` is a method");
                self.report(message, link, Some(help))
            }
            LinkKind::Call { method, .. } if &**method == "body" => self.report(
                "`$input.body` is no method".to_owned(),
                link,
                Some("write `$input.body`".to_owned()),
            ),
            LinkKind::Property(name) | LinkKind::Call { method: name, .. } => {
                !INPUT.contains(&&**name)
                    && !is_of_object(name)
                    && self.unknown("`$input`", name, &INPUT, link)
            }
            LinkKind::Index(_) => false,
        }
    }

    fn of_util(&mut self, link: &'a Link) -> bool {
        let (LinkKind::Property(name) | LinkKind::Call { method: name, .. }) = &link.kind else {
            return false;
        };
        // AppSync's helpers are named by their own lint.
        if appsync::is_helper(name) {
            return true;
        }
        if is_of_object(name) {
            return false;
        }
        match (&link.kind, UTIL.contains(&&**name)) {
            (LinkKind::Property(_), true) => {
                let help = Some(format!("write `$util.{name}($value)`"));
                self.report(format!("`$util.{name}` is a method"), link, help)
            }
            (LinkKind::Call { arguments, .. }, true) if arguments.len() != 1 => {
                let help = Some(format!("write `$util.{name}($value)`"));
                self.report(format!("`$util.{name}` takes one argument"), link, help)
            }
            (_, true) => false,
            (_, false) => self.unknown("`$util`", name, &UTIL, link),
        }
    }

    fn of_context(&mut self, link: &'a Link) -> bool {
        let LinkKind::Property(name) = &link.kind else { return false };
        let is_appsync = matches!(
            &**name,
            "arguments" | "args" | "source" | "prev" | "stash" | "info" | "result"
        );
        if CONTEXT.contains(&&**name) || self.written.contains(&**name) || is_appsync {
            return false;
        }
        if &**name == "error" {
            let message = "`$context.error` exists in gateway responses, not in mapping templates";
            return self.report(message.to_owned(), link, None);
        }
        if OF_LOGS.contains(&&**name) {
            let message = format!("`$context.{name}` exists in access logs, not in templates");
            return self.report(message, link, None);
        }
        if OF_WEB_SOCKETS.contains(&&**name) {
            let message = format!("`$context.{name}` exists in WebSocket APIs, not in REST APIs");
            return self.report(message, link, None);
        }
        // A hyphen has swallowed what follows: that has its own finding.
        if name.split_once('-').is_some_and(|(before, _)| CONTEXT.contains(&before)) {
            return false;
        }
        self.unknown("`$context`", name, &CONTEXT, link)
    }

    fn of_context_member(&mut self, parent: &str, link: &'a Link) -> bool {
        let LinkKind::Property(name) = &link.kind else { return false };
        let known: &[&str] = match parent {
            "identity" => &IDENTITY,
            "requestOverride" => &PLACES,
            "responseOverride" => &["header", "status"],
            _ => return false,
        };
        let is_appsync = parent == "identity"
            && matches!(&**name, "claims" | "sub" | "username" | "groups" | "issuer");
        if known.contains(&&**name) || is_appsync {
            return false;
        }
        // What a template puts into an override the next one reads: other names are kept too.
        let usual = match (parent, &**name) {
            ("responseOverride", "statusCode" | "code") => Some("status"),
            ("responseOverride", "headers") => Some("header"),
            ("requestOverride", "query" | "queryString") => Some("querystring"),
            _ => closest(name, known.iter().copied()),
        };
        match (parent, usual) {
            ("identity", _) => self.unknown("`$context.identity`", name, known, link),
            (_, Some(usual)) => {
                let message = format!("`$context.{parent}` has no property `{name}`");
                self.report(message, link, Some(format!("did you mean `{usual}`?")))
            }
            (_, None) => false,
        }
    }

    /// `$input.params().querystring`.
    fn of_places(&mut self, link: &'a Link) -> bool {
        match &link.kind {
            LinkKind::Property(name) => {
                !PLACES.contains(&&**name) && self.unknown("`$input.params()`", name, &PLACES, link)
            }
            _ => self.of_value(Kind::Map, link),
        }
    }

    fn of_scope(&mut self, link: &'a Link) -> bool {
        // It is a map too: only what is nearly one of its own names is wrong.
        let LinkKind::Property(name) = &link.kind else { return false };
        // Java's getters take the first letter in either case.
        let mut letters = name.chars();
        let first = letters.next().map(|first| first.to_ascii_lowercase());
        let own: String = first.into_iter().chain(letters).collect();
        !SCOPE.contains(&own.as_str())
            && closest(name, SCOPE).is_some()
            && self.unknown("`$foreach`", name, &SCOPE, link)
    }

    fn of_value(&mut self, kind: Kind, link: &'a Link) -> bool {
        match &link.kind {
            LinkKind::Call { method, .. } => {
                let methods = kind.methods();
                if methods.is_empty() || methods.contains(&&**method) {
                    return false;
                }
                // Getters of maps and scopes have any name.
                if matches!(kind, Kind::Unknown) && method.starts_with("get") {
                    return false;
                }
                let near = closest(method, methods).map(|near| format!("did you mean `{near}`?"));
                let usual = java::usual_name(method, kind).map(|name| format!("write `.{name}`"));
                let message = match kind {
                    Kind::Unknown => format!("no value has a method `{method}`"),
                    _ => format!("a {} has no method `{method}`", kind.word()),
                };
                self.report(message, link, usual.or(near))
            }
            LinkKind::Property(name) => {
                let help = match (kind, &**name) {
                    (Kind::Text, "length" | "size") => "write `.length()`",
                    (Kind::List | Kind::Array | Kind::Collection, "length" | "size") => {
                        "write `.size()`"
                    }
                    _ => return false,
                };
                let message = format!("a {} has no property `{name}`", kind.word());
                self.report(message, link, Some(help.to_owned()))
            }
            LinkKind::Index(_) => false,
        }
    }

    fn unknown(&mut self, owner: &str, name: &str, known: &[&str], link: &Link) -> bool {
        let help = match closest(name, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None if known.len() <= 7 => format!("it has {}", listed(known)),
            None => "see the list of AWS's mapping template variables".to_owned(),
        };
        let (word, mark) = match link.kind {
            LinkKind::Call { .. } => ("method", "()"),
            _ => ("property", ""),
        };
        let message = format!("{owner} has no {word} `{name}{mark}`");
        self.report(message, link, Some(help))
    }

    fn report(&mut self, message: String, link: &Link, help: Option<String>) -> bool {
        let finding = self
            .subject
            .warning(Code::UnknownTemplateMember, message, self.subject.name_span(link))
            .note("what does not exist is the empty string");
        self.findings.push(match help {
            Some(help) => finding.help(help),
            None => finding,
        });
        true
    }
}

fn is_all_parameters(link: &Link) -> bool {
    matches!(&link.kind, LinkKind::Call { method, arguments } if &**method == "params" && arguments.is_empty())
}

/// What every Java object has, and the maps of cases rendered from files.
fn is_of_object(name: &str) -> bool {
    matches!(name, "toString" | "equals" | "hashCode" | "class" | "getClass")
}

fn listed(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
