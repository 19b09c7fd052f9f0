//! The store at the start: opened, its tables created when they are missing, its seeds loaded once.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use vestibule_dynamodb::{
    CallError, Embedded, EnsureError, Ensured, Location, OpenError, Options, Place, Remote,
    RemoteError, RemoteOptions, SeedError, Seeded, State, Tables, seed,
};
use vestibule_import::Table;

use super::{Progress, SystemClock, SystemWorld};
use crate::config::{Resolved, Storage};
use crate::credentials::Identities;
use crate::outbound::{self, StoreNetwork};
use crate::startup::{self, TableState};
use crate::tls::TlsError;

/// Why the store cannot be used.
#[derive(Debug)]
pub(crate) enum StoreError {
    /// It cannot be opened.
    Open(OpenError),
    /// One on the network cannot be used.
    Remote(RemoteError),
    /// The TLS library does not work on this system.
    Tls(rustls::Error),
    /// An authority's file cannot be used.
    Authority(TlsError),
    /// A table cannot be created.
    Table(EnsureError),
    /// A table is there, and differs.
    Different {
        /// Its name.
        table: String,
        /// What differs.
        difference: String,
    },
    /// A seed file cannot be read.
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        error: std::io::Error,
    },
    /// A seed cannot be loaded.
    Seed {
        /// The file.
        path: PathBuf,
        /// Why.
        error: SeedError,
    },
}

impl std::fmt::Display for StoreError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            StoreError::Open(error) => error.fmt(f),
            StoreError::Remote(error) => error.fmt(f),
            StoreError::Tls(error) => write!(f, "cannot use TLS: {error}"),
            StoreError::Authority(error) => error.fmt(f),
            StoreError::Table(error) => error.fmt(f),
            StoreError::Different { table, difference } => {
                write!(
                    f,
                    "the table `{table}` in the store differs from its definition: {difference}"
                )
            }
            StoreError::Unreadable { path, error } => {
                write!(f, "cannot read the seed `{}`: {error}", path.display())
            }
            StoreError::Seed { path, error } => {
                write!(f, "cannot load the seed `{}`: {error}", path.display())
            }
        }
    }
}

impl StoreError {
    /// What to do about it, where the message does not say so.
    pub(crate) fn help(&self) -> Option<&'static str> {
        match self {
            StoreError::Different { .. } => {
                Some("name another store or table, or change the definition back")
            }
            StoreError::Unreadable { .. } => Some("name a file that this user may read"),
            // What is missing is said, with what to do about it.
            StoreError::Remote(RemoteError::Unreachable {
                reason: CallError::NoCredentials { .. },
            }) => None,
            StoreError::Remote(RemoteError::Unreachable { .. } | RemoteError::Address { .. }) => {
                Some("see that it runs and that `--dynamodb` says where")
            }
            StoreError::Remote(RemoteError::Refused { .. }) => {
                Some("see that region, access key and the machine's clock are the store's")
            }
            StoreError::Open(_)
            | StoreError::Remote(RemoteError::Newer { .. })
            | StoreError::Tls(_)
            | StoreError::Authority(_)
            | StoreError::Table(_)
            | StoreError::Seed { .. } => None,
        }
    }
}

/// Opens the store that the settings name. One on the network is waited for.
pub(crate) async fn open(
    settings: &Resolved,
    identities: &Identities,
    clock: &Arc<SystemClock>,
) -> Result<(Tables, State), StoreError> {
    match settings.remote_store() {
        Some(place) => open_remote(place, settings, identities, clock).await,
        None => open_folder(settings),
    }
}

/// Opens a store on the network, and waits for it.
pub(crate) async fn open_remote(
    place: &Place,
    settings: &Resolved,
    identities: &Identities,
    clock: &Arc<SystemClock>,
) -> Result<(Tables, State), StoreError> {
    let roots = outbound::roots(&settings.backend_ca.value).map_err(StoreError::Authority)?;
    let network = StoreNetwork::new(&roots).map_err(StoreError::Tls)?;
    let options = RemoteOptions {
        place: place.clone(),
        region: settings.region.value.to_string(),
        attempts: settings.dynamodb_attempts.value,
    };
    let world = Arc::new(SystemWorld(Arc::clone(clock)));
    let credentials = identities.of_store(place.is_aws());
    let opened = Remote::open(&options, Arc::new(network), world, credentials).await;
    opened.map_err(StoreError::Remote)
}

/// Opens the embedded store.
pub(crate) fn open_folder(settings: &Resolved) -> Result<(Tables, State), StoreError> {
    let location = match settings.storage() {
        Storage::Ephemeral => Location::Ephemeral,
        Storage::Folder(path) => Location::Directory(path.to_owned()),
    };
    let account = settings.account.value.to_string();
    let options = Options { location, account, region: settings.region.value.to_string() };
    Embedded::open(&options).map_err(StoreError::Open)
}

/// Creates the tables that are missing, then loads the seeds that were not loaded before.
pub(crate) async fn fill(
    store: &(Tables, State),
    definitions: &[Table],
    seeds: &[PathBuf],
    progress: &mut Progress,
) -> Result<(Vec<startup::Table>, Vec<startup::Seed>), StoreError> {
    let (tables, _) = store;
    let mut ensured = Vec::new();
    for table in definitions {
        ensured.push(ensure(tables, table).await?);
    }
    let mut loaded = Vec::new();
    for path in seeds {
        loaded.push(load(store, path, progress).await?);
    }
    Ok((ensured, loaded))
}

async fn ensure(tables: &Tables, table: &Table) -> Result<startup::Table, StoreError> {
    let name = table.name.to_string();
    let ttl = table.time_to_live_attribute.as_deref();
    let ensured = tables.ensure_table(&table.create_table, ttl).await;
    let state = match ensured.map_err(StoreError::Table)? {
        Ensured::Created => TableState::Created,
        Ensured::Existing => TableState::Kept,
        Ensured::Missing => TableState::Missing,
        Ensured::Unseen { message } => TableState::Unseen { message },
        Ensured::Different { difference } => {
            return Err(StoreError::Different { table: name, difference });
        }
    };
    Ok(startup::Table { name, state })
}

async fn load(
    (tables, state): &(Tables, State),
    path: &Path,
    progress: &mut Progress,
) -> Result<startup::Seed, StoreError> {
    let document = std::fs::read(path)
        .map_err(|error| StoreError::Unreadable { path: path.to_owned(), error })?;
    let seeded = seed(tables, state, &document, |at| progress.report(at)).await;
    let loaded_items = match seeded {
        Ok(Seeded::Loaded { items }) => Some(items),
        Ok(Seeded::AlreadyLoaded) => None,
        Err(error) => return Err(StoreError::Seed { path: path.to_owned(), error }),
    };
    Ok(startup::Seed { file: path.display().to_string(), loaded_items })
}
