//! Opening a remote store: it must be there, take our signature, and not have been written by a newer program.

use std::sync::Arc;

use tokio::time::{Instant, sleep};
use vestibule_sigv4::{CredentialSource, Signer};

use super::address::Place;
use super::answer::Memory;
use super::call::Endpoints;
use super::discovery;
use super::guest::Guest;
use super::health::Counts;
use super::network::{Network, World};
use super::nodes::{Node, Nodes};
use super::retry::Budget;
use super::schemas::Schemas;
use super::skew::Skew;
use super::state_schema::{self, Found, OwnTables};
use super::verdict::error_name;
use crate::handles::{self, State, Tables};
use crate::limits::{ATTEMPTS, START_PAUSE, START_WAIT};
use crate::reply::CallError;
use crate::state_schema::SCHEMA;

/// The door to a remote store.
#[derive(Debug, Clone, Copy)]
pub struct Remote;

/// Where a remote store is and how it is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteOptions {
    /// Where it is.
    pub place: Place,
    /// The region that signatures name, and of AWS's endpoint.
    pub region: String,
    /// Attempts of one call, 1 at least.
    pub attempts: u32,
}

/// Why a remote store cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RemoteError {
    /// Nothing that can be asked is at an address.
    #[error("the store's address `{address}` is none")]
    Address {
        /// The address.
        address: String,
    },
    /// It did not answer in time.
    #[error("the store cannot be used: {reason}")]
    Unreachable {
        /// What came of the last call.
        reason: CallError,
    },
    /// It does not take the signature.
    #[error("the store `{place}` refuses what is signed: {message}")]
    Refused {
        /// The store.
        place: String,
        /// The store's words.
        message: String,
    },
    /// A newer version of this program wrote its tables.
    #[error(
        "the store `{place}` was written by a newer version of this program (schema {found}, this one knows up to {known}): run that version, or name another store"
    )]
    Newer {
        /// The store.
        place: String,
        /// The version found.
        found: u32,
        /// The newest version known here.
        known: u32,
    },
}

/// Errors that say that whoever signs is not known, whatever is asked.
const UNSIGNED: [&str; 6] = [
    "IncompleteSignature",
    "IncompleteSignatureException",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "MissingAuthenticationTokenException",
    "UnrecognizedClientException",
];

impl RemoteOptions {
    /// Returns the options for a store with region `us-east-1` and AWS's three attempts a call.
    pub fn new(place: Place) -> RemoteOptions {
        RemoteOptions { place, region: "us-east-1".to_owned(), attempts: ATTEMPTS }
    }
}

impl Remote {
    /// Opens a store, waiting up to 30 s for it to be there. Wants a tokio runtime, in which a task then looks after the store as
    /// long as a handle is held.
    ///
    /// # Errors
    ///
    /// [`RemoteError`] names the store and the reason.
    pub async fn open(
        options: &RemoteOptions,
        network: Arc<dyn Network>,
        world: Arc<dyn World>,
        credentials: Arc<dyn CredentialSource>,
    ) -> Result<(Tables, State), RemoteError> {
        let seed = |address: super::Address| {
            let text = address.to_string();
            Node::new(address).ok_or(RemoteError::Address { address: text })
        };
        let seeds = options.place.seeds(&options.region).into_iter().map(seed);
        let endpoints = Arc::new(Endpoints {
            nodes: Nodes::new(seeds.collect::<Result<_, _>>()?),
            is_aws: options.place.is_aws(),
            attempts: options.attempts.max(1),
            signer: Signer::new(credentials, options.region.clone(), "dynamodb".to_owned()),
            network,
            world,
            skew: Skew::default(),
            budget: Budget::default(),
            counts: Counts::default(),
            memory: Memory::default(),
            schemas: Schemas::default(),
            own_tables: OwnTables::default(),
            guest: Guest::default(),
            opened: Arc::default(),
        });
        let look = look(&endpoints, &options.place);
        look.await?;
        let tells_nodes = !endpoints.is_aws && endpoints.discover().await;
        discovery::spawn(&endpoints, tells_nodes);
        Ok(handles::remote(endpoints))
    }
}

/// Waits for the store and judges what it says of the program's own tables.
async fn look(endpoints: &Endpoints, place: &Place) -> Result<(), RemoteError> {
    let deadline = Instant::now() + START_WAIT;
    let mut is_told = false;
    let found = loop {
        let reason = match state_schema::find(endpoints).await {
            Ok(found) => break found,
            Err(reason @ CallError::NoCredentials { .. }) => {
                return Err(RemoteError::Unreachable { reason });
            }
            Err(reason) => reason,
        };
        if Instant::now() + START_PAUSE > deadline {
            return Err(RemoteError::Unreachable { reason });
        }
        if !std::mem::replace(&mut is_told, true) {
            tracing::warn!(%reason, "waiting for the store");
        }
        sleep(START_PAUSE).await;
        // Nobody probes yet.
        endpoints.nodes.all().iter().for_each(|node| _ = node.circuit.answered());
    };
    let place = || place.to_string();
    match found {
        Found::Known | Found::Nothing => Ok(()),
        Found::Newer(found) => Err(RemoteError::Newer { place: place(), found, known: SCHEMA }),
        Found::Refused(reply) => {
            let name = error_name(&reply.body).unwrap_or_default();
            let body = String::from_utf8_lossy(&reply.body);
            if UNSIGNED.contains(&name.as_str()) {
                let message = crate::bootstrap::message(&reply);
                return Err(RemoteError::Refused {
                    place: place(),
                    message: format!("{name}: {message}"),
                });
            }
            // Whoever serves users' tables alone needs no right to the program's own.
            tracing::debug!(%body, "the program's own tables cannot be read");
            Ok(())
        }
    }
}
