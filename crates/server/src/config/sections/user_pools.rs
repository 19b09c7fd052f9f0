//! `[user_pools."..."]`: who issues the tokens of a user pool.

use std::path::PathBuf;

use vestibule_gateway::EndpointUrl;

use super::super::error::Error;
use super::super::value::ValueError;
use super::Section;
use super::table::{Entries, Table, Text};

pub(super) const SECTION: Section = Section {
    name: "user_pools",
    summary: "Who issues the tokens of user pools",
    detail: "A user pool by its id or ARN. `issuer` is the `iss` of its tokens: an OpenID Connect issuer, or `local` for tokens \
             of `vestibule token`. `jwks` is the URL or the file of its keys, `{issuer}/.well-known/jwks.json` unless it is said; \
             other issuers than Cognito say it as `jwks_uri` in `{issuer}/.well-known/openid-configuration`. Tokens must be \
             for one of the `clients`; without any, and without clients of the pool in the definitions, they may be for any. A pool that \
             the definitions define is local, any other is Cognito's own.",
    example: "[user_pools.\"us-east-1_a1b2c3d4e\"]\nissuer = \"https://login.example.com/realms/shop\"\njwks = \
              \"https://login.example.com/realms/shop/protocol/openid-connect/certs\"\nclients = [\"web\"]",
};

/// Who issues the tokens of a user pool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserPoolSettings {
    /// Its id or ARN.
    pub pool: String,
    /// Who.
    pub issuer: IssuerSettings,
    /// Ids of its app clients; none known: any.
    pub clients: Vec<String>,
}

/// An issuer of tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IssuerSettings {
    /// This program: `vestibule token`.
    Local,
    /// Another one.
    Other {
        /// The `iss` of its tokens.
        issuer: String,
        /// Where its keys are.
        keys: KeysSettings,
    },
}

/// Where the keys of an issuer are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeysSettings {
    /// Where the issuer publishes them.
    OfIssuer,
    /// At this URL.
    Url(String),
    /// In this file.
    File(PathBuf),
}

pub(super) fn read(entries: Entries<'_>) -> Result<Vec<UserPoolSettings>, Error> {
    entries.tables()?.into_iter().map(user_pool).collect()
}

fn user_pool((name, mut table): (Text, Table<'_>)) -> Result<UserPoolSettings, Error> {
    let issuer = table.required_text("issuer")?;
    let jwks = table.path("jwks")?;
    let clients = table.texts("clients")?.into_iter().map(|client| client.value).collect();
    let issuer = match (issuer.value.as_str(), jwks) {
        ("local", None) => IssuerSettings::Local,
        ("local", Some((jwks, _))) => {
            let message = "the local issuer has keys of its own".to_owned();
            return Err(jwks.wrong(message, Some("leave `jwks` out".to_owned())));
        }
        (_, jwks) => IssuerSettings::Other { keys: keys(&issuer, jwks)?, issuer: issuer.value },
    };
    table.finish()?;
    Ok(UserPoolSettings { pool: name.value, issuer, clients })
}

fn keys(issuer: &Text, jwks: Option<(Text, PathBuf)>) -> Result<KeysSettings, Error> {
    let is_url = |text: &str| text.contains("://");
    match jwks {
        Some((text, _)) if is_url(&text.value) => {
            url(&text)?;
            Ok(KeysSettings::Url(text.value))
        }
        Some((_, path)) => Ok(KeysSettings::File(path)),
        None => {
            url(issuer)?;
            Ok(KeysSettings::OfIssuer)
        }
    }
}

fn url(text: &Text) -> Result<(), Error> {
    let parsed = EndpointUrl::parse(&text.value);
    let help = "write it like `https://login.example.com/realms/shop`, or `local`";
    parsed.map(|_| ()).map_err(|reason| text.invalid(ValueError { reason, help }))
}
