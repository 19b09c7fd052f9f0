//! `vestibule token`: a token of a local user pool, for a laptop and for tests.

use vestibule_dynamodb::OpenError;
use vestibule_gateway::Clock;
use vestibule_identity::{Bearer, Reserved, TokenUse};

use super::cli::Output;
use super::exit::Exit;
use super::failure::Failure;
use crate::config::{self, Environment, OneRequestFlags, Resolved, Storage};
use crate::serve::{self, DefinitionFiles, LocalPool, StoreError, SystemClock};

/// Print a token of a local user pool
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The pool is one of the definitions, or one whose issuer is `local` in vestibule.toml.
Its keys are made once, in the data folder, where `serve` finds them: also while it
runs. The token goes to standard output, alone.

Exit codes: 0 a token was printed, 1 the definitions have errors, 2 could not run.

Examples:
  vestibule token template.yaml --user alice --group admin
  vestibule token template.yaml --user alice --scope items/read
  curl -H \"Authorization: $(vestibule token template.yaml --user alice)\" localhost:8080/items")]
pub(super) struct Token {
    /// Whom the token is of
    #[arg(long, value_name = "NAME")]
    user: String,
    /// A group of theirs, may be repeated
    #[arg(long = "group", value_name = "NAME")]
    groups: Vec<String>,
    /// A scope of an access token, may be repeated; there is an access token then
    #[arg(long = "scope", value_name = "SCOPE")]
    scopes: Vec<String>,
    /// An access token; without it and without scopes an ID token
    #[arg(long)]
    access: bool,
    /// The pool by its id or ARN, when there are several
    #[arg(long, value_name = "POOL")]
    pool: Option<String>,
    /// The app client; the pool's first unless it is said
    #[arg(long, value_name = "ID")]
    client: Option<String>,
    /// Seconds that it is valid for, up to a day; 0 is over at once
    #[arg(long, value_name = "SECONDS", default_value_t = 3_600,
          value_parser = clap::value_parser!(u64).range(0..=86_400))]
    expires_in: u64,
    /// An attribute in an ID token, such as `email` or `custom:tenant`, may be repeated
    #[arg(long = "claim", value_name = "NAME=VALUE", value_parser = pair)]
    claims: Vec<(String, String)>,
    #[command(flatten)]
    flags: OneRequestFlags,
}

/// The client of tokens where the pool has none.
const CLIENT: &str = "local";

fn pair(text: &str) -> Result<(String, String), String> {
    let pair = text.split_once('=').filter(|(name, _)| !name.is_empty());
    let pair = pair.map(|(name, value)| (name.to_owned(), value.to_owned()));
    pair.ok_or_else(|| "write it like `email=alice@example.com`".to_owned())
}

impl Token {
    /// Runs the command.
    pub(super) fn run(
        self,
        environment: &Environment,
        output: &mut Output<'_>,
    ) -> Result<Exit, Failure> {
        let loaded = config::load(&self.flags.0, environment)?;
        output.warn(&loaded.warnings);
        let settings = loaded.settings;
        let imported = serve::import(&settings, &DefinitionFiles::default());
        if imported.has_errors() {
            output.findings(&imported.diagnostics, "no token is made");
            return Ok(Exit::Findings);
        }
        let pools = serve::local_pools(&settings, &imported.definitions.user_pools);
        let pool = self.choose(pools)?;
        let bearer = self.bearer(pool)?;
        let data = match settings.storage() {
            Storage::Folder(data) => data,
            Storage::Ephemeral => return Err(ephemeral()),
        };
        prepare(&settings)?;
        let keys = serve::issuer_keys(data).map_err(|error| store(error.to_string(), None))?;
        let kind = match self.access || !self.scopes.is_empty() {
            true => TokenUse::Access,
            false => TokenUse::Id,
        };
        let now_s = SystemClock::new().epoch_ms() / 1000;
        // They name tokens and guard nothing.
        let ids = [0; 3].map(|_: u8| fastrand::u128(..));
        let token = bearer.token(kind, &keys, now_s, self.expires_in, ids);
        let token = token.map_err(|error| store(error.to_string(), None))?;
        output.print(&format!("{token}\n"));
        Ok(Exit::Ok)
    }

    fn bearer(&self, pool: LocalPool) -> Result<Bearer, Failure> {
        let client = self.client(&pool)?;
        let bearer = Bearer {
            issuer: pool.issuer,
            client,
            user: self.user.clone(),
            groups: self.groups.clone(),
            scopes: self.scopes.clone(),
            attributes: self.claims.clone(),
        };
        bearer.check().map_err(|Reserved(name)| {
            let message = format!("the claim `{name}` is made by the issuer");
            usage(message, "other flags say what it is made of, see `vestibule token --help`")
        })?;
        Ok(bearer)
    }

    /// A client that the pool knows.
    fn client(&self, pool: &LocalPool) -> Result<String, Failure> {
        let known = &pool.clients;
        match &self.client {
            None => Ok(known.first().cloned().unwrap_or_else(|| CLIENT.to_owned())),
            Some(client) if known.is_empty() || known.contains(client) => Ok(client.clone()),
            Some(client) => {
                let message = format!("the pool `{}` has no client `{client}`", pool.id);
                Err(usage(message, &format!("its clients are {}", quoted(known.iter()))))
            }
        }
    }

    /// The pool that is named, or the only one.
    fn choose(&self, mut pools: Vec<LocalPool>) -> Result<LocalPool, Failure> {
        let ids = || quoted(pools.iter().map(|pool| &pool.id));
        let is_named = |pool: &LocalPool, name: &str| {
            pool.id == name || name.ends_with(&format!(":userpool/{}", pool.id))
        };
        match &self.pool {
            _ if pools.is_empty() => Err(usage(
                "there is no local user pool".to_owned(),
                "name a definition that has one, or say `issuer = \"local\"` under `[user_pools.\"...\"]` in vestibule.toml",
            )),
            None if pools.len() > 1 => {
                let message = "there are several local user pools".to_owned();
                Err(usage(message, &format!("choose one with `--pool`: {}", ids())))
            }
            None => Ok(pools.swap_remove(0)),
            Some(name) => match pools.iter().position(|pool| is_named(pool, name)) {
                Some(at) => Ok(pools.swap_remove(at)),
                None => {
                    let message = format!("there is no local user pool `{name}`");
                    Err(usage(message, &format!("there is {}", ids())))
                }
            },
        }
    }
}

/// Makes the data folder where there is none. One that another process uses is there.
fn prepare(settings: &Resolved) -> Result<(), Failure> {
    match serve::open_folder(settings) {
        Ok(_) | Err(StoreError::Open(OpenError::InUse { .. })) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

fn ephemeral() -> Failure {
    let message =
        "the keys of the local issuer are kept in the data folder, and the store is ephemeral";
    let help = "leave `--ephemeral` out, here and where it is served, or name a folder by `--data`";
    store(message.to_owned(), Some(help.to_owned()))
}

fn store(message: String, help: Option<String>) -> Failure {
    Failure::Store { message, help }
}

fn usage(message: String, help: &str) -> Failure {
    Failure::Usage { message, help: Some(help.to_owned()) }
}

fn quoted<'n>(names: impl Iterator<Item = &'n String>) -> String {
    names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
