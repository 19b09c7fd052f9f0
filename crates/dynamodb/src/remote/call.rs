//! One call of a remote store: through the guard, to one endpoint after another as long as that helps, and back.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::Notify;
use tokio::time::Instant;
use vestibule_sigv4::{Payload, Signer};

use super::answer::{Answer, Memory};
use super::attempt::{self, Missed, Outgoing};
use super::guard::{self, Listing, Page};
use super::guest::{self, Guest};
use super::health::{Counts, EndpointHealth, Health};
use super::idempotency;
use super::network::{Network, World};
use super::nodes::{Node, Nodes};
use super::retry::{self, Budget};
use super::schemas::Schemas;
use super::skew::{Correction, Skew};
use super::state_schema::OwnTables;
use super::unsigned;
use super::verdict::{Trouble, Verdict};
use crate::action::Action;
use crate::limits::{HASH_ASIDE_BYTES, LIST_PAGES, RUN_WAIT};
use crate::reply::{CallError, Reply};
use crate::side::Side;

/// A store on the network.
#[derive(Debug)]
pub(crate) struct Endpoints {
    pub(super) nodes: Nodes,
    pub(super) is_aws: bool,
    pub(super) attempts: u32,
    /// As whom the program itself calls.
    pub(super) signer: Signer,
    pub(super) network: Arc<dyn Network>,
    pub(super) world: Arc<dyn World>,
    pub(super) skew: Skew,
    pub(super) budget: Budget,
    pub(super) counts: Counts,
    pub(super) memory: Memory,
    pub(super) schemas: Schemas,
    pub(super) own_tables: OwnTables,
    pub(super) guest: Guest,
    /// Wakes who probes when a circuit has opened.
    pub(super) opened: Arc<Notify>,
}

impl Endpoints {
    pub(crate) fn is_aws(&self) -> bool {
        self.is_aws
    }

    /// Whether it is the embedded store of another Vestibule, as far as its answers have shown.
    pub(crate) fn is_vestibule(&self) -> bool {
        self.guest.is_one()
    }

    pub(crate) fn schemas(&self) -> &Schemas {
        &self.schemas
    }

    /// How it stands.
    pub(crate) fn health(&self) -> Health {
        use std::sync::atomic::Ordering::Relaxed;
        let of = |node: &Arc<Node>| EndpointHealth {
            url: node.address.to_string(),
            open_reason: node.circuit.open_reason(),
        };
        let endpoints: Vec<EndpointHealth> = self.nodes.all().iter().map(of).collect();
        Health {
            is_cut_off: self.nodes.is_cut_off(),
            endpoints,
            attempts: self.counts.attempts(),
            retries: self.counts.retries.load(Relaxed),
            circuit_openings: self.counts.circuit_openings.load(Relaxed),
            retry_budget: self.budget.left(),
        }
    }

    /// Does one action as whom the program itself is.
    pub(crate) async fn call(
        &self,
        side: Side,
        action: Action,
        body: Bytes,
        timeout: Duration,
    ) -> Result<Reply, CallError> {
        if side == Side::State {
            // Boxed: requests of users would carry the room for it along.
            Box::pin(self.own_tables.prepare(self)).await?;
        }
        self.call_as(&self.signer, side, action, body, timeout).await
    }

    /// The same, and no own table is made for it.
    pub(crate) async fn look(
        &self,
        side: Side,
        action: Action,
        body: Bytes,
    ) -> Result<Reply, CallError> {
        self.call_as(&self.signer, side, action, body, RUN_WAIT).await
    }

    /// The same as whom `signer` signs, of tables that are there or not.
    pub(crate) async fn call_as(
        &self,
        signer: &Signer,
        side: Side,
        action: Action,
        body: Bytes,
        timeout: Duration,
    ) -> Result<Reply, CallError> {
        let deadline = Instant::now() + timeout;
        let body = match guard::admit(side, action, body) {
            Ok(body) => body,
            Err(refused) => return Ok(refused.into_reply()),
        };
        if side == Side::Tables && action == Action::ListTables {
            return self.list_tables(signer, body, deadline).await;
        }
        let is_guest = side == Side::State && self.guest.is_one();
        let body = if is_guest { guest::sent(body) } else { body };
        let body = idempotency::with_token(action, body, &*self.world);
        let reply = self.asked(signer, action, body, deadline).await?;
        self.schemas.after(action);
        Ok(match side {
            Side::Tables => guard::without_own(action, reply),
            Side::State if is_guest => guest::received(reply),
            Side::State => reply,
        })
    }

    async fn list_tables(
        &self,
        signer: &Signer,
        mut body: Bytes,
        deadline: Instant,
    ) -> Result<Reply, CallError> {
        let mut listing = Listing::new(&body);
        for _ in 0..LIST_PAGES {
            let reply = self.asked(signer, Action::ListTables, body, deadline).await?;
            let Some(listing) = &mut listing else { return Ok(reply) };
            match listing.page(reply) {
                Page::Last(reply) => return Ok(reply),
                Page::Next(next) => body = next,
            }
        }
        let reason = format!("ListTables has no table of users on {LIST_PAGES} pages");
        Err(CallError::Unsound { endpoint: self.any_endpoint(), reason })
    }

    /// Asks until there is an answer, or no sense in asking further.
    async fn asked(
        &self,
        signer: &Signer,
        action: Action,
        body: Bytes,
        deadline: Instant,
    ) -> Result<Reply, CallError> {
        let outgoing = Outgoing { action, sha256: sha256(&body).await?, body, signer };
        let (mut attempt, mut cost, mut is_corrected) = (1, None, false);
        let mut last: Option<(Arc<Node>, Result<Answer, CallError>)> = None;
        while self.nodes.choose(0, None).is_some() {
            let ready = match self.ready(signer, deadline).await {
                Ok(ready) => ready,
                // An attempt before may have done something.
                Err(error) => return last.map_or(Err(error), |(_, it)| it.map(Reply::from)),
            };
            let signed_with = ready.epoch_ms;
            let node = self.nodes.choose(self.world.random(), last.as_ref().map(|(node, _)| node));
            let Some(node) = node else { break };
            let outcome = attempt::make(self, &node, &outgoing, ready, deadline).await;
            let trouble = match &outcome {
                Ok(answer) => match Verdict::of(answer) {
                    Verdict::Skewed { their_epoch_ms } if !is_corrected => {
                        is_corrected = true;
                        if self.correct_clock(signed_with, their_epoch_ms) {
                            continue;
                        }
                        None
                    }
                    Verdict::Done | Verdict::Skewed { .. } => None,
                    Verdict::Again(trouble) => Some(trouble),
                },
                Err(missed) => missed.trouble,
            };
            let outcome = outcome.map_err(Missed::into_error);
            let Some(trouble) = trouble else {
                self.budget.refund(cost);
                return outcome.map(Reply::from);
            };
            let Some((pause, taken)) = self.further(trouble, attempt, deadline) else {
                return outcome.map(Reply::from);
            };
            cost = Some(taken);
            attempt += 1;
            last = Some((node, outcome));
            tokio::time::sleep(pause).await;
        }
        let endpoints = || self.nodes.in_use();
        let open = || CallError::CircuitOpen { endpoints: quoted(&endpoints()) };
        last.map_or_else(|| Err(open()), |(_, outcome)| outcome.map(Reply::from))
    }

    /// The pause before the next attempt and what it costs; none when there is to be none.
    fn further(
        &self,
        trouble: Trouble,
        attempt: u32,
        deadline: Instant,
    ) -> Option<(Duration, u32)> {
        if attempt >= self.attempts || self.nodes.choose(0, None).is_none() {
            return None;
        }
        let pause = retry::pause(&*self.world, trouble, attempt);
        if Instant::now() + pause >= deadline {
            return None;
        }
        let cost = self.budget.take(trouble)?;
        self.counts.retries.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        Some((pause, cost))
    }

    /// Returns whether what was signed with this time is to be signed again.
    fn correct_clock(&self, signed_with_ms: u64, their_epoch_ms: u64) -> bool {
        match self.skew.correct(signed_with_ms, self.world.epoch_ms(), their_epoch_ms) {
            Correction::Needless => false,
            Correction::Made => true,
            Correction::Now { seconds } => {
                tracing::warn!(
                    seconds,
                    "the store's clock is not this machine's: signatures name its time from now on"
                );
                true
            }
        }
    }

    /// Some endpoint, for words.
    pub(super) fn any_endpoint(&self) -> String {
        let first = self.nodes.all().into_iter().next();
        first.map(|node| node.address.to_string()).unwrap_or_default()
    }
}

impl From<Answer> for Reply {
    fn from(answer: Answer) -> Reply {
        let Answer { status, headers, body } = answer;
        unsigned::without_request(Reply { status, headers, body })
    }
}

/// The addresses of nodes, each in backticks.
fn quoted(nodes: &[Arc<Node>]) -> String {
    let each: Vec<String> = nodes.iter().map(|node| format!("`{}`", node.address)).collect();
    each.join(", ")
}

/// The hash that the signature covers: of a large body off the threads of connections.
async fn sha256(body: &Bytes) -> Result<String, CallError> {
    if body.len() < HASH_ASIDE_BYTES {
        return Ok(Payload::Bytes(body).sha256());
    }
    let body = body.clone();
    let hashed = tokio::task::spawn_blocking(move || Payload::Bytes(&body).sha256()).await;
    hashed.map_err(|_| CallError::Closed)
}
