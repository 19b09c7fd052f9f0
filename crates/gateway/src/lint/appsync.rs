//! Helpers that only AppSync's templates have (GW314), with what API Gateway has in their place.

use super::subject::Subject;
use vestibule_restapi::{Code, Diagnostic};
use vestibule_vtl::tree::{Link, LinkKind, Reference};
use vestibule_vtl::visit::{self, Visit};

pub(super) fn check<'a>(subject: &'a Subject<'a>, findings: &mut Vec<Diagnostic>) {
    visit::visit(&mut Met { subject, findings }, subject.tree);
}

/// Whether `$util` has a member of this name in AppSync and not here.
pub(super) fn is_helper(name: &str) -> bool {
    helper(name).is_some()
}

struct Met<'a, 'f> {
    subject: &'a Subject<'a>,
    findings: &'f mut Vec<Diagnostic>,
}

impl<'a> Visit<'a> for Met<'a, '_> {
    fn reference(&mut self, reference: &'a Reference) {
        let first = reference.links.first();
        let found = match (self.subject.root(reference), first) {
            ("ctx" | "utils", _) if self.subject.variables.assigned(reference.root).is_none() => {
                let name = self.subject.root(reference);
                let meant = if name == "ctx" { "context" } else { "util" };
                Some((format!("`${name}`"), format!("write `${meant}`"), reference.span))
            }
            ("util", Some(link)) => named(link).and_then(|name| {
                let help = helper(name)?;
                Some((format!("`$util.{name}`"), help.to_owned(), self.subject.name_span(link)))
            }),
            ("context", Some(link)) => {
                of_context(link, reference.links.get(1)).map(|(name, help)| {
                    (format!("`$context.{name}`"), help.to_owned(), self.subject.name_span(link))
                })
            }
            _ => None,
        };
        if let Some((name, help, span)) = found {
            let message = format!("{name} exists in AppSync, not in API Gateway");
            let finding = self.subject.warning(Code::AppSyncHelper, message, span);
            self.findings.push(finding.note("here it is the empty string").help(help));
        }
        visit::within_reference(self, reference);
    }
}

fn named(link: &Link) -> Option<&str> {
    match &link.kind {
        LinkKind::Property(name) | LinkKind::Call { method: name, .. } => Some(name),
        LinkKind::Index(_) => None,
    }
}

/// What API Gateway has in place of a helper of AppSync's `$util`.
fn helper(name: &str) -> Option<&'static str> {
    Some(match name {
        "toJson" => "`$input.json('$.path')` writes a part of the body as JSON",
        "dynamodb" => {
            "write the attribute value yourself: `{\"S\": $input.json('$.name')}`, `{\"N\": \"$number\"}`"
        }
        "qr" | "quiet" => "assign the result to drop it: `#set($ignored = $list.add($item))`",
        "defaultIfNull" | "defaultIfNullOrEmpty" | "defaultIfNullOrBlank" => {
            "write `#if($value == \"\")#set($value = \"default\")#end`"
        }
        "isNull" | "isNullOrEmpty" | "isNullOrBlank" => {
            "a missing value is the empty string: write `$value == \"\"`"
        }
        "error" | "unauthorized" | "appendError" | "validate" => {
            "a template cannot stop a request; in a response template set `$context.responseOverride.status`"
        }
        "autoId" | "autoUlid" | "autoKsuid" => "`$context.requestId` is a UUID of the request",
        "time" => {
            "`$context.requestTimeEpoch` has the milliseconds, `$context.requestTime` the text"
        }
        "isString" | "isNumber" | "isBoolean" | "isList" | "isMap" | "typeOf" => {
            "API Gateway tells no types; a model validates the body before the template runs"
        }
        "matches" => "call it on the text: `$value.matches('[a-z]+')`",
        "transform" | "list" | "map" | "math" | "str" | "http" | "xml" | "rds" => {
            "Java's methods on the value are what there is"
        }
        _ => return None,
    })
}

fn of_context(link: &Link, next: Option<&Link>) -> Option<(String, &'static str)> {
    let name = named(link)?;
    let claims = "the claims of a user pool's token are `$context.authorizer.claims.sub`";
    Some(match name {
        "arguments" | "args" => (
            name.to_owned(),
            "`$input.path('$.name')` reads the body, `$input.params('name')` a parameter",
        ),
        "source" | "prev" | "stash" | "info" => {
            (name.to_owned(), "a value can be kept in `$context.requestOverride.path.name`")
        }
        "result" => (name.to_owned(), "in a response template `$input.path('$')` is the answer"),
        "identity" => {
            let member = named(next?)?;
            if !matches!(member, "claims" | "sub" | "username" | "groups" | "issuer") {
                return None;
            }
            (format!("identity.{member}"), claims)
        }
        _ => return None,
    })
}
