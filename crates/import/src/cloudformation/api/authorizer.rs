//! `AWS::ApiGateway::Authorizer` as a security scheme. AWS docs: aws-resource-apigateway-authorizer.

use super::Item;
use crate::assembled::{Member, array, member, object, renamed, text};
use crate::reader::Reader;
use crate::tree::{Value, standing_for};
use vestibule_restapi::{Place, Sourced};

/// The names of properties in an OpenAPI extension.
const NAMES: [(&str, &str); 7] = [
    ("AuthorizerCredentials", "authorizerCredentials"),
    ("AuthorizerResultTtlInSeconds", "authorizerResultTtlInSeconds"),
    ("AuthorizerUri", "authorizerUri"),
    ("IdentitySource", "identitySource"),
    ("IdentityValidationExpression", "identityValidationExpression"),
    ("ProviderARNs", "providerARNs"),
    ("Type", "type"),
];

/// The scheme that stands for an API key; no authorizer may take its name.
const API_KEY: &str = "api_key (required)";

/// The authorizers of an API.
#[derive(Debug)]
pub(super) struct Schemes<'i> {
    list: Vec<Scheme<'i>>,
}

#[derive(Debug)]
struct Scheme<'i> {
    /// What `Ref` gives for it.
    id: &'i str,
    name: Sourced,
    scheme: Value<'i>,
}

/// Reads the authorizers of an API.
pub(super) fn schemes<'s, 'i: 's>(
    authorizers: impl Iterator<Item = &'s Item<'i>>,
    reader: &mut Reader<'_>,
) -> Schemes<'i> {
    let mut list = vec![];
    for item in authorizers {
        let name = item.required("Name", reader);
        let name = name.unwrap_or_else(|| standing_for(item.name, &item.entry.key.place()));
        list.push(Scheme { id: item.name, name, scheme: scheme(item) });
    }
    Schemes { list }
}

fn scheme<'i>(item: &Item<'i>) -> Value<'i> {
    let place = item.entry.key.place();
    let known = |(key, _): &Member<'i>| {
        let key = key.scalar_text();
        NAMES.iter().any(|(_, name)| key.as_deref() == Some(name))
    };
    let members: Vec<_> = renamed(item.properties(), &NAMES).into_iter().filter(known).collect();
    let source = item.text("IdentitySource");
    let header = source.as_ref().and_then(|source| source.strip_prefix("method.request.header."));
    let header = header.filter(|header| !header.contains(',')).unwrap_or("Unused");
    let at = source.as_ref().map_or_else(|| place.clone(), Sourced::whole);
    let mut scheme = vec![
        member("type", &place, text("apiKey", &place)),
        member("name", &at, text(header, &at)),
        member("in", &place, text("header", &place)),
    ];
    if let Some(kind) = item.get("AuthType") {
        scheme.push(member("x-amazon-apigateway-authtype", &kind.place(), Value::Copy(kind)));
    }
    scheme.push(member("x-amazon-apigateway-authorizer", &place, object(&place, members)));
    object(&place, scheme)
}

impl<'i> Schemes<'i> {
    /// The name of the authorizer of this id.
    pub(super) fn name_of(&self, id: &str) -> Option<&Sourced> {
        self.list.iter().find(|scheme| scheme.id == id).map(|scheme| &scheme.name)
    }

    /// The requirement of an API key, at the place that demands it.
    pub(super) fn api_key(&self, place: &Place) -> Value<'i> {
        object(place, vec![member(API_KEY, place, array(place, vec![]))])
    }

    /// As members of `securitySchemes`.
    pub(super) fn into_members(self, place: &Place) -> Vec<Member<'i>> {
        let authorizers = self.list.into_iter().map(|one| (Value::Text(one.name), one.scheme));
        let key = vec![
            member("type", place, text("apiKey", place)),
            member("name", place, text("x-api-key", place)),
            member("in", place, text("header", place)),
        ];
        authorizers.chain([member(API_KEY, place, object(place, key))]).collect()
    }
}
