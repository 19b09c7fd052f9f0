//! The nodes that a store tells of itself, and probes of those whose circuit is open: what goes on beside the calls.
//!
//! ScyllaDB Alternator answers `GET /localnodes` with a list of its living nodes, one of which is to be asked at the port and
//! scheme of the address that is known (Alternator docs, "Load balancing").

use std::sync::{Arc, Weak};

use bytes::Bytes;
use http::header::HOST;
use http::{Request, StatusCode};
use http_body_util::BodyExt;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until, timeout};

use super::address::Address;
use super::attempt::{self, Missed, Outgoing};
use super::call::Endpoints;
use super::nodes::Node;
use crate::action::Action;
use crate::limits::{FIRST_BYTE_WAIT, PROBE_TICK, PROBE_WAIT, TOLD_BYTES, TOLD_KEPT, TOLD_NODES};

/// The smallest request that every store answers; an error is an answer too.
const PROBE: (Action, &str) = (Action::ListTables, r#"{"Limit":1}"#);

impl Endpoints {
    /// Takes an answer of an endpoint in.
    pub(super) fn answered(&self, node: &Node) {
        if node.circuit.answered() {
            let endpoint = &node.address;
            tracing::warn!(%endpoint, "an endpoint of the store answers again: its circuit is closed");
        }
    }

    /// Takes a failure of an endpoint in.
    pub(super) fn failed(&self, node: &Node, why: &str) {
        if node.circuit.failed(why, Instant::now()) {
            self.counts.circuit_openings.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            let (endpoint, reason) = (&node.address, why);
            tracing::error!(%endpoint, reason, "an endpoint of the store fails: its circuit is open");
            self.opened.notify_one();
        }
    }

    /// Asks the store for its nodes. Returns whether it tells any.
    pub(super) async fn discover(&self) -> bool {
        let mut nodes = self.nodes.in_use();
        for node in self.nodes.all() {
            if nodes.iter().all(|known| !Arc::ptr_eq(known, &node)) {
                nodes.push(node);
            }
        }
        for node in nodes.iter().filter(|node| !node.circuit.is_open()) {
            if let Some(told) = self.told_by(node).await {
                self.nodes.tell(told);
                return true;
            }
        }
        false
    }

    async fn told_by(&self, node: &Node) -> Option<Vec<Address>> {
        let mut request = Request::new(Bytes::new());
        *request.uri_mut() = node.address.uri("/localnodes")?;
        request.headers_mut().insert(HOST, node.host().clone());
        let reading = async {
            let response = self.network.send(request).await.ok()?;
            if response.status() != StatusCode::OK {
                return None;
            }
            let mut body = response.into_body();
            let mut list = Vec::new();
            while let Some(frame) = body.frame().await {
                let Ok(chunk) = frame.ok()?.into_data() else { continue };
                list.extend_from_slice(&chunk);
                if list.len() > TOLD_BYTES {
                    return None;
                }
            }
            Some(list)
        };
        let list = timeout(FIRST_BYTE_WAIT, reading).await.ok()??;
        let hosts: Vec<String> = serde_json::from_slice(&list).ok()?;
        let mut told: Vec<Address> = Vec::new();
        for address in hosts.iter().take(TOLD_NODES).filter_map(|host| node.address.at_host(host)) {
            if !told.contains(&address) {
                told.push(address);
            }
        }
        // An empty list would be no store at all.
        (!told.is_empty()).then_some(told)
    }

    /// Asks an endpoint whose circuit is open whether it answers again.
    async fn probe(&self, node: &Node) {
        let (action, body) = PROBE;
        let body = Bytes::from_static(body.as_bytes());
        let sha256 = vestibule_sigv4::Payload::Bytes(&body).sha256();
        let outgoing = Outgoing { action, body, sha256, signer: &self.signer };
        let deadline = Instant::now() + PROBE_WAIT;
        let probed = match self.ready(&self.signer, deadline).await {
            Ok(ready) => {
                let sent = attempt::send(self, node, &outgoing, ready, deadline).await;
                sent.map_err(Missed::into_error)
            }
            Err(error) => Err(error),
        };
        match probed {
            Ok(_) => self.answered(node),
            Err(error) => node.circuit.probe_failed(&error.to_string()),
        }
    }

    /// Begins to probe what is due; returns whether a circuit is open. A probe that hangs holds up no other one, not even
    /// the next of the same endpoint.
    fn probe_due(self: &Arc<Self>, probes: &mut JoinSet<()>) -> bool {
        while probes.try_join_next().is_some() {}
        let (nodes, now) = (self.nodes.all(), Instant::now());
        let is_cut_off = self.nodes.is_cut_off();
        for node in nodes.iter().filter(|node| node.circuit.is_due(now, is_cut_off)) {
            let (store, node) = (Arc::clone(self), Arc::clone(node));
            probes.spawn(async move { store.probe(&node).await });
        }
        nodes.iter().any(|node| node.circuit.is_open())
    }
}

/// Probes and discovers as long as the store is held by anybody else.
async fn follow(endpoints: Weak<Endpoints>, opened: Arc<Notify>, tells_nodes: bool) {
    let mut discover_at = Instant::now() + TOLD_KEPT;
    let mut probes = JoinSet::new();
    loop {
        let next = match endpoints.upgrade() {
            None => return,
            Some(store) => {
                let has_open = store.probe_due(&mut probes);
                if Instant::now() >= discover_at {
                    if tells_nodes {
                        store.discover().await;
                    }
                    discover_at = Instant::now() + TOLD_KEPT;
                }
                if has_open { Instant::now() + PROBE_TICK } else { discover_at }
            }
        };
        tokio::select! {
            () = opened.notified() => {}
            () = sleep_until(next) => {}
        }
    }
}

/// Follows a store in a task of its own, which ends with the store.
pub(super) fn spawn(endpoints: &Arc<Endpoints>, tells_nodes: bool) {
    let opened = Arc::clone(&endpoints.opened);
    drop(tokio::spawn(follow(Arc::downgrade(endpoints), opened, tells_nodes)));
}
