//! The two doors to a store: `Tables` for users' data, `State` for the program's own.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use vestibule_iam::Hidden;
use vestibule_sigv4::Signer;

use crate::access::{self, Access, Schema};
use crate::action::Action;
use crate::bootstrap::{self, EnsureError, Ensured};
use crate::embedded::Backend;
use crate::limits;
use crate::remote::{Endpoints, Health};
use crate::reply::{CallError, Reply};
use crate::side::Side;

/// What is behind the doors.
#[derive(Debug, Clone)]
pub(crate) enum Store {
    /// In this process.
    Embedded(Arc<Backend>),
    /// On the network.
    Remote(Arc<Endpoints>),
}

/// The tables of users: what integrations and the wire protocol work on.
///
/// Tables whose names begin `vestibule.` do not exist here in any operation: in the embedded store
/// they are in another file that this handle never opens; requests to a remote one are read
/// before they are sent. Cheap to clone. An embedded store closes, and an ephemeral one is
/// removed, when the last handle of both kinds is dropped: outstanding writes finish first, and
/// the drop waits for them.
#[derive(Debug, Clone)]
pub struct Tables {
    store: Store,
}

/// The program's own tables, whose names all begin `vestibule.`: for control, identity and usage.
///
/// Cheap to clone; see [`Tables`] for when the store closes.
#[derive(Debug, Clone)]
pub struct State {
    store: Store,
}

/// Either of the two, for what is done behind both alike.
#[derive(Debug, Clone)]
pub(crate) enum Door {
    Tables(Tables),
    State(State),
}

/// The two doors to an embedded store.
pub(crate) fn embedded(backend: Arc<Backend>) -> (Tables, State) {
    both(Store::Embedded(backend))
}

/// The two doors to a remote store.
pub(crate) fn remote(endpoints: Arc<Endpoints>) -> (Tables, State) {
    both(Store::Remote(endpoints))
}

fn both(store: Store) -> (Tables, State) {
    (Tables { store: store.clone() }, State { store })
}

impl Store {
    async fn call(
        &self,
        side: Side,
        action: Action,
        body: Bytes,
        timeout: Duration,
    ) -> Result<Reply, CallError> {
        match self {
            Store::Embedded(backend) => backend.call(side, action, body).await,
            Store::Remote(endpoints) => endpoints.call(side, action, body, timeout).await,
        }
    }

    /// Whether a Scan in several segments reads each item once. The embedded store, also that of another Vestibule, looks through the
    /// table for each page of a segment.
    fn has_segments(&self) -> bool {
        match self {
            Store::Embedded(_) => false,
            Store::Remote(endpoints) => !endpoints.is_vestibule(),
        }
    }

    fn is_remote(&self) -> bool {
        matches!(self, Store::Remote(_))
    }

    async fn expire(&self, side: Side, body: Bytes) -> Result<Reply, CallError> {
        match self {
            Store::Embedded(backend) => backend.expire(side, body).await,
            Store::Remote(_) => Err(CallError::Closed),
        }
    }
}

impl Tables {
    /// Does one DynamoDB action: `body` is the request's JSON, the reply is what DynamoDB
    /// answers over HTTP. Errors of DynamoDB's are replies too.
    ///
    /// It wants a tokio runtime with time enabled. In an embedded store a GetItem runs on the
    /// calling thread, everything else goes to the store's own threads, and a write that has
    /// begun runs to its end, also when the returned future is dropped. A remote store is asked
    /// again as AWS's SDKs do; dropping the future closes the connection, and a write that was
    /// sent may still happen.
    ///
    /// # Errors
    ///
    /// [`CallError`] when there is no answer: the store is saturated, slow, closed or out of reach.
    pub async fn call(&self, action: Action, body: Bytes) -> Result<Reply, CallError> {
        self.call_within(action, body, limits::RUN_WAIT).await
    }

    /// The same within a time, which a remote store's attempts and the pauses between them take
    /// into account. An embedded store has times of its own.
    ///
    /// # Errors
    ///
    /// As [`Tables::call`].
    pub async fn call_within(
        &self,
        action: Action,
        body: Bytes,
        timeout: Duration,
    ) -> Result<Reply, CallError> {
        self.store.call(Side::Tables, action, body, timeout).await
    }

    /// Deletes an item as DynamoDB does when its time to live is over; `body` is that of a
    /// DeleteItem. A store on the network does so itself, and takes none.
    pub(crate) async fn expire(&self, body: Bytes) -> Result<Reply, CallError> {
        self.store.expire(Side::Tables, body).await
    }

    /// Removes records of streams that are older than a day at `now_s`, in seconds since 1970, some thousand at most; returns
    /// whether all are. A store on the network does so itself.
    ///
    /// AWS docs: "Change data capture for DynamoDB Streams": records are kept for 24 hours.
    ///
    /// # Errors
    ///
    /// [`CallError`]: nothing was removed, and the next call does it.
    pub async fn trim_records(&self, now_s: u64) -> Result<bool, CallError> {
        let Store::Embedded(backend) = &self.store else { return Ok(true) };
        let removed = backend.trim(now_s.saturating_sub(limits::RECORDS_KEPT_S)).await?;
        Ok(removed < limits::RECORDS_TRIMMED)
    }

    /// Says what a request touches, for whoever decides by policies. Asks the store for the keys of tables. Of nothing at all the
    /// store makes an error.
    ///
    /// # Errors
    ///
    /// DynamoDB's answer to a body that cannot be told as the store would read it. [`Tables::call`] must not be given it.
    pub async fn accesses(&self, action: Action, body: &Bytes) -> Result<Vec<Access>, Reply> {
        let accesses = async { access::Asked::read(self, action, body)?.with_keys().await };
        accesses.await.map_err(access::Unreadable::into_reply)
    }

    /// Decides about a request by policies: returns what `refused` makes of what it touches, and nothing of what is allowed. The
    /// store is asked for the keys of tables only where it hangs on them. `refused` is asked up to three times, and has to decide
    /// what policies ask about hidden keys and attributes ([`AccessFacts`](crate::AccessFacts)) as it is told.
    ///
    /// # Errors
    ///
    /// As [`Tables::accesses`].
    pub async fn refusal<R>(
        &self,
        action: Action,
        body: &Bytes,
        refused: impl Fn(&[Access], Hidden) -> Option<R>,
    ) -> Result<Option<R>, Reply> {
        let refusal = access::refusal(self, action, body, refused).await;
        refusal.map_err(access::Unreadable::into_reply)
    }

    /// Returns the folder that an embedded store is in.
    pub fn folder(&self) -> Option<&Path> {
        match &self.store {
            Store::Embedded(backend) => Some(backend.folder()),
            Store::Remote(_) => None,
        }
    }

    pub(crate) fn is_remote(&self) -> bool {
        self.store.is_remote()
    }

    /// Returns whether the store is AWS's own, which knows roles and their policies.
    pub fn is_aws(&self) -> bool {
        self.endpoints().is_some_and(Endpoints::is_aws)
    }

    /// Returns how a remote store's endpoints stand.
    pub fn health(&self) -> Option<Health> {
        self.endpoints().map(Endpoints::health)
    }

    /// Returns the keys of a table and its indexes. Those of a remote store may be a minute old.
    pub(crate) async fn schema(&self, table: &str) -> Arc<Schema> {
        let kept = self.endpoints().map(Endpoints::schemas);
        if let Some(known) = kept.and_then(|kept| kept.find(table)) {
            return known;
        }
        let schema = Arc::new(Schema::of(self, table).await);
        if let Some(kept) = kept.filter(|_| schema.is_of_a_table()) {
            kept.keep(table.to_owned(), Arc::clone(&schema));
        }
        schema
    }

    /// The same as whom `signer` signs: the role of an integration. The embedded store knows no
    /// roles and does not look at it.
    ///
    /// # Errors
    ///
    /// As [`Tables::call`].
    pub async fn call_as(
        &self,
        signer: &Signer,
        action: Action,
        body: Bytes,
        timeout: Duration,
    ) -> Result<Reply, CallError> {
        match &self.store {
            Store::Embedded(backend) => backend.call(Side::Tables, action, body).await,
            Store::Remote(endpoints) => {
                endpoints.call_as(signer, Side::Tables, action, body, timeout).await
            }
        }
    }

    pub(crate) fn endpoints(&self) -> Option<&Endpoints> {
        match &self.store {
            Store::Embedded(_) => None,
            Store::Remote(endpoints) => Some(endpoints),
        }
    }

    /// Creates a table unless it exists, and waits until it can be used. `definition` is the JSON
    /// of a CreateTable request; `ttl_attribute` names the attribute that holds each item's time
    /// to live. At AWS nothing is created or changed: tables there belong to whoever deploys them.
    ///
    /// # Errors
    ///
    /// [`EnsureError`] when the definition is refused, in DynamoDB's words, or the store has no
    /// answer.
    pub async fn ensure_table(
        &self,
        definition: &str,
        ttl_attribute: Option<&str>,
    ) -> Result<Ensured, EnsureError> {
        bootstrap::ensure_table(self, definition, ttl_attribute).await
    }
}

impl State {
    /// Does one DynamoDB action on the program's own tables; see [`Tables::call`].
    ///
    /// # Errors
    ///
    /// [`CallError`] when there is no answer: the store is saturated, slow, closed or out of reach.
    pub async fn call(&self, action: Action, body: Bytes) -> Result<Reply, CallError> {
        self.store.call(Side::State, action, body, limits::RUN_WAIT).await
    }

    pub(crate) fn is_remote(&self) -> bool {
        self.store.is_remote()
    }

    /// Reads, and makes nothing: [`State::call`] sees to it first that a remote store has the table of their version.
    async fn look(&self, action: Action, body: Bytes) -> Result<Reply, CallError> {
        match &self.store {
            Store::Embedded(backend) => backend.call(Side::State, action, body).await,
            Store::Remote(endpoints) => endpoints.look(Side::State, action, body).await,
        }
    }

    /// See [`Tables::expire`].
    pub(crate) async fn expire(&self, body: Bytes) -> Result<Reply, CallError> {
        self.store.expire(Side::State, body).await
    }
}

impl Door {
    pub(crate) fn side(&self) -> Side {
        match self {
            Door::Tables(_) => Side::Tables,
            Door::State(_) => Side::State,
        }
    }

    /// Whether a Scan in several segments reads each item once.
    pub(crate) fn has_segments(&self) -> bool {
        match self {
            Door::Tables(tables) => tables.store.has_segments(),
            Door::State(state) => state.store.has_segments(),
        }
    }

    pub(crate) fn is_remote(&self) -> bool {
        match self {
            Door::Tables(tables) => tables.is_remote(),
            Door::State(state) => state.is_remote(),
        }
    }

    /// See [`Tables::call`]. What only reads makes nothing.
    pub(crate) async fn call(&self, action: Action, body: Bytes) -> Result<Reply, CallError> {
        match self {
            Door::Tables(tables) => tables.call(action, body).await,
            Door::State(state) if action.is_write() => state.call(action, body).await,
            Door::State(state) => state.look(action, body).await,
        }
    }

    /// See [`Tables::expire`].
    pub(crate) async fn expire(&self, body: Bytes) -> Result<Reply, CallError> {
        match self {
            Door::Tables(tables) => tables.expire(body).await,
            Door::State(state) => state.expire(body).await,
        }
    }
}
