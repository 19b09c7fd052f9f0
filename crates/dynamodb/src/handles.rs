//! The two doors to a store: `Tables` for users' data, `State` for the program's own.

use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;

use crate::access::{self, Access};
use crate::action::Action;
use crate::bootstrap::{self, EnsureError, Ensured};
use crate::embedded::{Backend, Side};
use crate::reply::{CallError, Reply};

/// The tables of users: what integrations and the wire protocol work on.
///
/// Tables whose names begin `vestibule.` do not exist here in any operation: they are in another
/// file that this handle never opens. Cheap to clone. The store closes, and an ephemeral one is
/// removed, when the last handle of both kinds is dropped: outstanding writes finish first, and
/// the drop waits for them.
#[derive(Debug, Clone)]
pub struct Tables {
    backend: Arc<Backend>,
}

/// The program's own tables, whose names all begin `vestibule.`: for control, identity and usage.
///
/// Cheap to clone; see [`Tables`] for when the store closes.
#[derive(Debug, Clone)]
pub struct State {
    backend: Arc<Backend>,
}

impl Tables {
    pub(crate) fn new(backend: Arc<Backend>) -> Tables {
        Tables { backend }
    }

    /// Does one DynamoDB action: `body` is the request's JSON, the reply is what DynamoDB
    /// answers over HTTP. Errors of DynamoDB's are replies too.
    ///
    /// A GetItem runs on the calling thread. Everything else goes to the store's own threads;
    /// it wants a tokio runtime with time enabled. Once a write has begun it runs to its end,
    /// also when the returned future is dropped.
    ///
    /// # Errors
    ///
    /// [`CallError`] when there is no answer: the store is saturated, slow or closed.
    pub async fn call(&self, action: Action, body: Bytes) -> Result<Reply, CallError> {
        self.backend.call(Side::Tables, action, body).await
    }

    /// Deletes an item as DynamoDB does when its time to live is over; `body` is that of a
    /// DeleteItem.
    pub(crate) async fn expire(&self, body: Bytes) -> Result<Reply, CallError> {
        self.backend.expire(Side::Tables, body).await
    }

    /// Says what a request touches, for whoever decides by policies. Asks the store for the keys of tables. Of nothing at all the
    /// store makes an error.
    ///
    /// # Errors
    ///
    /// DynamoDB's answer to a body that cannot be told as the store would read it. [`Tables::call`] must not be given it.
    pub async fn accesses(&self, action: Action, body: &Bytes) -> Result<Vec<Access>, Reply> {
        access::of(self, action, body).await.map_err(access::Unreadable::into_reply)
    }

    /// Returns the folder that the store is in.
    pub fn folder(&self) -> &Path {
        self.backend.folder()
    }

    /// Creates a table unless it exists. `definition` is the JSON of a CreateTable request;
    /// `ttl_attribute` names the attribute that holds each item's time to live.
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
    pub(crate) fn new(backend: Arc<Backend>) -> State {
        State { backend }
    }

    /// Does one DynamoDB action on the program's own tables; see [`Tables::call`].
    ///
    /// # Errors
    ///
    /// [`CallError`] when there is no answer: the store is saturated, slow or closed.
    pub async fn call(&self, action: Action, body: Bytes) -> Result<Reply, CallError> {
        self.backend.call(Side::State, action, body).await
    }

    /// See [`Tables::expire`].
    pub(crate) async fn expire(&self, body: Bytes) -> Result<Reply, CallError> {
        self.backend.expire(Side::State, body).await
    }
}
