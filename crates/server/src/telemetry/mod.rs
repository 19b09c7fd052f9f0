//! What is measured of the program: what the gateway counts of requests, beside connections and the process itself.

pub(crate) mod otlp;

mod process;
mod store;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use crate::access_log::Lines;
use crate::aws::Calls;
use vestibule_dynamodb::Tables;
use vestibule_gateway::{Family, FamilyKind, Gateway};

/// Everything that is exported, wherever it is counted.
#[derive(Debug)]
pub struct Telemetry {
    gateway: Arc<Gateway>,
    connections: AtomicU64,
    access_log: Option<Lines>,
    store: Tables,
    aws: Arc<Calls>,
}

/// A connection of a client, until it is dropped.
#[derive(Debug)]
pub(crate) struct Connection(Arc<Telemetry>);

impl Telemetry {
    /// What is measured of a program that serves `gateway` and writes these lines.
    pub(crate) fn of(
        gateway: Arc<Gateway>,
        access_log: Option<Lines>,
        store: Tables,
    ) -> Arc<Telemetry> {
        let (connections, aws) = (AtomicU64::new(0), Arc::default());
        Arc::new(Telemetry { gateway, connections, access_log, store, aws })
    }

    /// What counts the calls of the AWS endpoints.
    pub(crate) fn aws(&self) -> Arc<Calls> {
        Arc::clone(&self.aws)
    }

    /// Counts a connection as open until it is dropped.
    pub(crate) fn connected(self: &Arc<Self>) -> Connection {
        self.connections.fetch_add(1, Relaxed);
        Connection(Arc::clone(self))
    }

    /// Every metric as it stands now.
    pub(crate) fn families(&self) -> Vec<Family> {
        let mut families = self.gateway.metrics();
        families.push(Family::of_number(
            "vestibule_connections",
            "Open connections of clients to the API.",
            FamilyKind::Gauge,
            self.connections.load(Relaxed),
        ));
        families.extend(self.access_log.as_ref().map(|lines| {
            Family::of_number(
                "vestibule_access_log_lost_lines",
                "Lines of the access log that were not written.",
                FamilyKind::Counter,
                lines.lost(),
            )
        }));
        families.push(self.aws.family());
        families.extend(self.store.health().iter().flat_map(store::families));
        families.extend(process::families());
        families
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.0.connections.fetch_sub(1, Relaxed);
    }
}
