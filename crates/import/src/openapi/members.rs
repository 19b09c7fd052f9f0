//! Which members an object may have: those that are read, those API Gateway is known to ignore, and extensions that stand
//! where they have no effect. All others are named, never passed over.

use crate::reader::Reader;
use crate::tree::{Entry, Node};
use vestibule_restapi::{Code, Diagnostic};

/// The members of one kind of object.
pub(super) struct Members {
    /// The kind, with its article.
    pub(super) what: &'static str,
    /// Those that are read, and those that only describe.
    pub(super) known: &'static [&'static str],
    /// Those without an effect, and why.
    pub(super) ignored: &'static [(&'static str, &'static str)],
}

/// Every extension of API Gateway and where it belongs; none where it is for HTTP APIs alone.
const EXTENSIONS: [(&str, Option<&str>); 24] = [
    ("x-amazon-apigateway-any-method", Some("a path item")),
    ("x-amazon-apigateway-api-key-source", Some("the root")),
    ("x-amazon-apigateway-auth", Some("an operation")),
    ("x-amazon-apigateway-authorizer", Some("a security scheme")),
    ("x-amazon-apigateway-authtype", Some("a security scheme")),
    ("x-amazon-apigateway-binary-media-types", Some("the root")),
    ("x-amazon-apigateway-cors", None),
    ("x-amazon-apigateway-documentation", Some("the root")),
    ("x-amazon-apigateway-endpoint-access-mode", Some("the root")),
    ("x-amazon-apigateway-endpoint-configuration", Some("the root or a server")),
    ("x-amazon-apigateway-gateway-responses", Some("the root")),
    ("x-amazon-apigateway-gateway-responses.gatewayResponse", Some("the root")),
    ("x-amazon-apigateway-importexport-version", None),
    ("x-amazon-apigateway-integration", Some("an operation")),
    ("x-amazon-apigateway-integrations", None),
    ("x-amazon-apigateway-integration.responses", Some("an integration, as `responses`")),
    ("x-amazon-apigateway-minimum-compression-size", Some("the root")),
    ("x-amazon-apigateway-policy", Some("the root")),
    ("x-amazon-apigateway-request-validator", Some("the root or an operation")),
    ("x-amazon-apigateway-request-validators", Some("the root")),
    ("x-amazon-apigateway-request-validators.requestValidator", Some("the root")),
    ("x-amazon-apigateway-security-policy", Some("the root")),
    ("x-amazon-apigateway-tag-value", None),
    ("x-amazon-apigateway-export-version", None),
];

impl Reader<'_> {
    /// The entries of an object; each member that has no effect there is named.
    pub(super) fn members<'t>(&mut self, node: Node<'t>, members: &Members) -> Vec<Entry<'t>> {
        let entries = self.object(node);
        for entry in &entries {
            self.member(entry, members);
        }
        entries
    }

    /// Names a member that has no effect where it stands.
    pub(super) fn member(&mut self, entry: &Entry<'_>, members: &Members) {
        let name = entry.name();
        if members.known.contains(&name) {
            return;
        }
        if is_protection(name) {
            return self.misplaced_protection(entry, members);
        }
        if let Some((_, why)) = members.ignored.iter().find(|(ignored, _)| *ignored == name) {
            return self.without_effect(entry, why);
        }
        if name.starts_with("x-") {
            return self.extension(entry, members);
        }
        let message = format!("unknown member `{name}` of {}", members.what);
        let finding = Diagnostic::warning(Code::UnknownMember, message).at(entry.key.place());
        let words = members.known.iter().copied();
        self.error(match self.nearest(name, words) {
            Some(meant) => finding.help(format!("did you mean `{meant}`?")),
            None => finding.note("it has no effect"),
        });
    }

    /// Refuses a member that would protect something elsewhere: to ignore it would serve the API less protected than its
    /// author believes.
    fn misplaced_protection(&mut self, entry: &Entry<'_>, members: &Members) {
        let message = format!("`{}` protects nothing in {}", entry.name(), members.what);
        let finding = Diagnostic::error(protection(entry.name()), message);
        let finding = finding.at(entry.key.place()).note("API Gateway ignores it there");
        let home = EXTENSIONS.iter().find(|(extension, _)| *extension == entry.name());
        self.error(match home {
            Some((_, Some(home))) => finding.help(format!("move it to {home}")),
            Some((_, None)) | None => finding.help("move it to the operation or the root"),
        });
    }

    /// Names a member that API Gateway ignores.
    pub(super) fn without_effect(&mut self, entry: &Entry<'_>, why: &str) {
        let message = format!("`{}` has no effect", entry.name());
        let finding = Diagnostic::warning(Code::Ignored, message).at(entry.key.place());
        self.error(finding.note(why));
    }

    /// An extension that this kind of object does not have. Those of other vendors are theirs.
    fn extension(&mut self, entry: &Entry<'_>, members: &Members) {
        let name = entry.name();
        match EXTENSIONS.iter().find(|(extension, _)| *extension == name) {
            Some((_, None)) => {
                self.without_effect(entry, "API Gateway reads it for HTTP APIs only")
            }
            Some((_, Some(home))) => {
                let message = format!("`{name}` has no effect in {}", members.what);
                let finding = Diagnostic::warning(Code::Ignored, message).at(entry.key.place());
                self.error(finding.help(format!("move it to {home}")));
            }
            None => {
                let words = EXTENSIONS.iter().map(|(extension, _)| *extension);
                let meant = self.nearest(name, words);
                if meant.is_none() && !name.starts_with("x-amazon-apigateway") {
                    return;
                }
                let message = format!("unknown extension `{name}`");
                let finding =
                    Diagnostic::warning(Code::UnknownMember, message).at(entry.key.place());
                self.error(match meant {
                    Some(meant) => finding.help(format!("did you mean `{meant}`?")),
                    None => finding.note("it has no effect"),
                });
            }
        }
    }
}

/// The code of a protection that nobody enforces. A policy and mutual TLS are meant for the API as a whole.
fn protection(name: &str) -> Code {
    match name {
        "x-amazon-apigateway-policy" => Code::UnenforcedPolicy,
        _ if name.to_ascii_lowercase().contains("mutualtls") => Code::UnenforcedEndpoint,
        _ => Code::UnenforcedAuthorization,
    }
}

/// Whether a member is meant to keep callers out, wherever it stands.
fn is_protection(name: &str) -> bool {
    const PROTECTIONS: [&str; 5] = [
        "security",
        "x-amazon-apigateway-auth",
        "x-amazon-apigateway-authorizer",
        "x-amazon-apigateway-authtype",
        "x-amazon-apigateway-policy",
    ];
    PROTECTIONS.contains(&name) || name.to_ascii_lowercase().contains("mutualtls")
}
