//! Who issues the tokens of which user pool: what the settings say, then the local issuer for the pools that the definitions define.

use std::sync::Arc;

use vestibule_gateway::{KeySource, PoolArn, TokenForm, UserPool, UserPools};
use vestibule_restapi as restapi;

use super::issuer;
use crate::config::{IssuerSettings, KeysSettings, Resolved, Storage, UserPoolSettings};

/// A pool whose tokens `vestibule token` makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LocalPool {
    /// Its id.
    pub(crate) id: String,
    /// The `iss` of its tokens: that of Cognito, so that they look alike.
    pub(crate) issuer: String,
    /// Ids of its app clients.
    pub(crate) clients: Vec<String>,
}

/// The pools of the settings and the definitions.
pub(crate) fn user_pools(settings: &Resolved, defined: &[restapi::UserPool]) -> UserPools {
    let said = settings.sections.user_pools.iter();
    let mut pools: Vec<UserPool> = said.map(|said| of_settings(said, defined, settings)).collect();
    for pool in defined {
        let local = local(&pool.id, pool.clients.clone(), settings);
        pools.push(of_local(pool.id.clone(), local, settings));
    }
    UserPools::new(pools)
}

/// The pools that are local, each once: those that the settings call so, then those of the definitions that they say nothing about.
pub(crate) fn local_pools(settings: &Resolved, defined: &[restapi::UserPool]) -> Vec<LocalPool> {
    let said = &settings.sections.user_pools;
    let mut pools = Vec::new();
    for pool in said.iter().filter(|said| said.issuer == IssuerSettings::Local) {
        pools.push(local(&pool.pool, clients(pool, defined), settings));
    }
    let is_said = |pool: &restapi::UserPool| said.iter().any(|said| names(&said.pool, pool));
    for pool in defined.iter().filter(|pool| !is_said(pool)) {
        pools.push(local(&pool.id, pool.clients.clone(), settings));
    }
    pools
}

/// The pool of this id or ARN as one that is local.
pub(crate) fn local(pool: &str, clients: Vec<String>, settings: &Resolved) -> LocalPool {
    if let Some(arn) = PoolArn::parse(pool) {
        return LocalPool { id: arn.pool().to_owned(), issuer: arn.issuer(), clients };
    }
    let region = settings.region.value.as_str();
    let region = pool.split_once('_').map_or(region, |(region, _)| region);
    let arn = format!("arn:aws:cognito-idp:{region}:000000000000:userpool/{pool}");
    let issuer = PoolArn::parse(&arn).map(|arn| arn.issuer());
    let issuer = issuer.unwrap_or_else(|| format!("https://cognito-idp.amazonaws.com/{pool}"));
    LocalPool { id: pool.to_owned(), issuer, clients }
}

/// Whether an id or ARN is that of a pool.
fn names(name: &str, pool: &restapi::UserPool) -> bool {
    name == pool.id || name == pool.arn
}

/// The clients that the settings name, or those of the definitions.
fn clients(said: &UserPoolSettings, defined: &[restapi::UserPool]) -> Vec<String> {
    if !said.clients.is_empty() {
        return said.clients.clone();
    }
    let pool = defined.iter().find(|pool| names(&said.pool, pool));
    pool.map(|pool| pool.clients.clone()).unwrap_or_default()
}

fn of_settings(
    said: &UserPoolSettings,
    defined: &[restapi::UserPool],
    settings: &Resolved,
) -> UserPool {
    let clients = clients(said, defined);
    match &said.issuer {
        IssuerSettings::Local => {
            let local = local(&said.pool, clients, settings);
            of_local(said.pool.clone(), local, settings)
        }
        IssuerSettings::Other { issuer, keys } => UserPool {
            pool: said.pool.clone(),
            issuer: issuer.clone(),
            keys: match keys {
                KeysSettings::OfIssuer => KeySource::of_issuer(issuer),
                KeysSettings::Url(url) => KeySource::Url(url.clone()),
                KeysSettings::File(path) => {
                    let (name, path) = (path.display().to_string(), path.clone());
                    KeySource::Document(name, Arc::new(move || issuer::read_public(&path)))
                }
            },
            clients,
            tokens: match issuer.strip_prefix("https://cognito-idp.") {
                Some(_) => TokenForm::Cognito,
                None => TokenForm::OpenIdConnect,
            },
        },
    }
}

fn of_local(pool: String, local: LocalPool, settings: &Resolved) -> UserPool {
    let keys = match settings.storage() {
        Storage::Folder(data) => {
            let path = issuer::public_file(data);
            let read = {
                let path = path.clone();
                move || {
                    let read = issuer::read_public(&path);
                    read.map_err(|why| format!("{why} (`vestibule token` makes the keys)"))
                }
            };
            KeySource::Document(path.display().to_string(), Arc::new(read))
        }
        Storage::Ephemeral => {
            let why = "the store is ephemeral, so `vestibule token` has no keys for it: name a folder by `--data`";
            KeySource::Document("the local issuer".to_owned(), Arc::new(|| Err(why.to_owned())))
        }
    };
    let tokens = TokenForm::Cognito;
    UserPool { pool, issuer: local.issuer, keys, clients: local.clients, tokens }
}
