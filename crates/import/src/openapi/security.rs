//! Who may call a method: security schemes, the requirements of the root and of operations, and `x-amazon-apigateway-auth`.
//! Root requirements hold for operations without their own (recorded on AWS, against its guide).

use super::api::Document;
use super::authorizers;
use super::components::Components;
use super::dialect::Section;
use super::members::Members;
use crate::reader::Reader;
use crate::tree::{Entry, Kind, Node};
use std::collections::HashMap;
use vestibule_restapi::{Authorization, AuthorizationType, Authorizer, Code, Diagnostic, Place};

const SCHEME: Members = Members {
    what: "a security scheme",
    known: &[
        "type",
        "name",
        "in",
        "description",
        "scheme",
        "bearerFormat",
        "flows",
        "openIdConnectUrl",
        "flow",
        "scopes",
        "authorizationUrl",
        "tokenUrl",
        "$ref",
        "x-amazon-apigateway-authorizer",
        "x-amazon-apigateway-authtype",
    ],
    ignored: &[],
};

/// What API Gateway makes of a security scheme.
#[derive(Debug)]
enum Scheme {
    Authorizer(Box<Authorizer>),
    AwsIam,
    ApiKey,
    /// An authorizer that was refused: methods that ask for it are already known to be wrong.
    Broken,
    /// Nothing.
    Ignored,
}

/// The security schemes of a document, in its order.
#[derive(Debug, Default)]
pub(super) struct Schemes {
    /// Where they are defined.
    home: &'static str,
    list: Vec<(String, Scheme)>,
    by_name: HashMap<String, usize>,
}

impl Schemes {
    /// The authorizers among them.
    pub(super) fn authorizers(&self) -> Vec<Authorizer> {
        let authorizer = |(_, scheme): &(String, Scheme)| match scheme {
            Scheme::Authorizer(authorizer) => Some((**authorizer).clone()),
            Scheme::AwsIam | Scheme::ApiKey | Scheme::Broken | Scheme::Ignored => None,
        };
        self.list.iter().filter_map(authorizer).collect()
    }

    fn find(&self, name: &str) -> Option<&Scheme> {
        self.list.get(*self.by_name.get(name)?).map(|(_, scheme)| scheme)
    }
}

/// Reads the security schemes.
pub(super) fn schemes(components: &Components<'_>, reader: &mut Reader<'_>) -> Schemes {
    let home = components.dialect.home(Section::SecuritySchemes);
    let mut schemes = Schemes { home, ..Schemes::default() };
    for entry in components.section(Section::SecuritySchemes).to_vec() {
        let node = components.resolve(entry.value, Section::SecuritySchemes, reader);
        let scheme = node.map_or(Scheme::Broken, |node| scheme(entry, node, reader));
        schemes.by_name.insert(entry.name().to_owned(), schemes.list.len());
        schemes.list.push((entry.name().to_owned(), scheme));
    }
    schemes
}

fn scheme(entry: Entry<'_>, node: Node<'_>, reader: &mut Reader<'_>) -> Scheme {
    reader.members(node, &SCHEME);
    let is = |name: &str, word: &str| {
        let text = node.get(name).and_then(|value| value.text());
        text.is_some_and(|text| text.eq_ignore_ascii_case(word))
    };
    if let Some(authorizer) = node.get("x-amazon-apigateway-authorizer") {
        return authorizers::read(entry, node, authorizer, reader)
            .map_or(Scheme::Broken, |authorizer| Scheme::Authorizer(Box::new(authorizer)));
    }
    if is("x-amazon-apigateway-authtype", "awsSigv4") {
        return Scheme::AwsIam;
    }
    if is("type", "apiKey") && is("in", "header") && is("name", "x-api-key") {
        return Scheme::ApiKey;
    }
    Scheme::Ignored
}

/// What a list of requirements asks for.
#[derive(Default)]
struct Required {
    authorization: Option<Authorization>,
    api_key: Option<Place>,
}

/// Reports what the root's requirements ask for in vain, once.
pub(super) fn check_root(document: &Document<'_>, reader: &mut Reader<'_>) {
    if let Some(security) = document.security {
        required(security, &document.schemes, Some(reader));
    }
}

/// Who may call an operation, and where an API key is required.
pub(super) fn of(
    operation: Node<'_>,
    key: Node<'_>,
    document: &Document<'_>,
    reader: &mut Reader<'_>,
) -> (Authorization, Option<Place>) {
    let own = operation.get("security").filter(|security| !security.is_null());
    let Required { authorization, api_key } = match (own, document.security) {
        (Some(own), _) => required(own, &document.schemes, Some(reader)),
        (None, Some(root)) => required(root, &document.schemes, None),
        (None, None) => Required::default(),
    };
    let plain = |kind, place| Authorization { kind, authorizer: None, scopes: vec![], place };
    let explicit = explicit(operation, reader);
    let authorization = match (explicit, authorization) {
        (Some((AuthorizationType::None, place)), Some(other)) if own.is_some() => {
            let message =
                "`x-amazon-apigateway-auth` says `NONE`, `security` asks for an authorizer";
            let finding = Diagnostic::warning(Code::Ignored, message).at(place);
            reader.error(finding.note("the authorizer stays"));
            other
        }
        (Some((kind, place)), _) => plain(kind, place),
        (None, Some(authorization)) => authorization,
        (None, None) => plain(AuthorizationType::None, key.place()),
    };
    (authorization, api_key)
}

/// `x-amazon-apigateway-auth: {type: NONE | AWS_IAM}`
fn explicit(operation: Node<'_>, reader: &mut Reader<'_>) -> Option<(AuthorizationType, Place)> {
    const AUTH: Members =
        Members { what: "`x-amazon-apigateway-auth`", known: &["type"], ignored: &[] };
    let node = operation.get("x-amazon-apigateway-auth").filter(|node| !node.is_null())?;
    reader.members(node, &AUTH);
    let Some(kind) = node.get("type") else {
        if node.kind() == Kind::Object {
            reader.missing(node, "`x-amazon-apigateway-auth`", "type");
        }
        return None;
    };
    let words = [("NONE", AuthorizationType::None), ("AWS_IAM", AuthorizationType::AwsIam)];
    reader.word(kind, &words).map(|word| (word, kind.place()))
}

/// AWS takes the first authorizer of all requirements, and an API key beside it. Findings are made when there is a reader.
fn required(list: Node<'_>, schemes: &Schemes, mut reader: Option<&mut Reader<'_>>) -> Required {
    let mut all = Required::default();
    if list.kind() != Kind::Array
        && let Some(reader) = reader.as_deref_mut()
    {
        reader.wrong_type(list, "an array");
    }
    for entry in list.items().flat_map(|requirement| requirement.entries().collect::<Vec<_>>()) {
        let place = entry.key.place();
        let (kind, authorizer) = match schemes.find(entry.name()) {
            Some(Scheme::ApiKey) => {
                all.api_key.get_or_insert(place);
                continue;
            }
            Some(Scheme::Broken) => continue,
            Some(Scheme::Ignored) | None => {
                if let Some(reader) = reader.as_deref_mut() {
                    left_open(&entry, schemes, reader);
                }
                continue;
            }
            Some(Scheme::AwsIam) => (AuthorizationType::AwsIam, None),
            Some(Scheme::Authorizer(authorizer)) => {
                (authorizer.kind.authorization(), Some(authorizer.name.clone()))
            }
        };
        if all.authorization.is_some() {
            if let Some(reader) = reader.as_deref_mut() {
                reader.without_effect(&entry, "API Gateway takes the first authorizer of a method");
            }
            continue;
        }
        let scopes = entry.value.items().filter_map(|scope| scope.text().map(str::to_owned));
        let scopes = scopes.collect();
        all.authorization = Some(Authorization { kind, authorizer, scopes, place });
    }
    all
}

/// A requirement that API Gateway makes nothing of: it would leave the method open, which its author did not ask for.
fn left_open(entry: &Entry<'_>, schemes: &Schemes, reader: &mut Reader<'_>) {
    let name = entry.name();
    let known = schemes.find(name).is_some();
    let (code, message) = if known {
        let message = format!("the security scheme `{name}` is none that API Gateway enforces");
        (Code::UnenforcedAuthorization, message)
    } else {
        (Code::UnknownReference, format!("there is no security scheme `{name}`"))
    };
    let finding = Diagnostic::error(code, message)
        .at(entry.key.place())
        .note("API Gateway would leave the method open to all");
    let names = schemes.list.iter().map(|(name, _)| name.as_str());
    let home = schemes.home.replace('/', ".");
    reader.error(match reader.nearest(name, names) {
        _ if known => finding.help(
            "give the scheme an `x-amazon-apigateway-authorizer` or `x-amazon-apigateway-authtype`, or remove the requirement",
        ),
        Some(meant) => finding.help(format!("did you mean `{meant}`?")),
        None => finding.help(format!("define it under `{home}`")),
    });
}
