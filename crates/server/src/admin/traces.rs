//! The last traces as JSON: a list of all, and those of one id. Until there is a login, only for who calls a loopback address:
//! a trace has data of clients in it.

use std::net::IpAddr;
use std::sync::Arc;

use serde_json::{Value, json};
use vestibule_gateway::Gateway;

/// Where traces come from; nowhere in a program that has none.
#[derive(Debug, Default)]
pub(super) struct Traces(Option<Arc<Gateway>>);

impl Traces {
    pub(super) fn of(gateway: Arc<Gateway>) -> Traces {
        Traces(Some(gateway))
    }

    /// What is said of each, the newest first.
    pub(super) fn list(&self) -> String {
        let traces = self.0.iter().flat_map(|gateway| gateway.traces());
        document(traces.map(|trace| trace.summary()).collect())
    }

    /// All that have this id of their own or of their request, the newest first; nothing when there is none. A client may
    /// choose the id of its request, so there can be several.
    pub(super) fn find(&self, id: &str) -> Option<String> {
        let found = self.0.as_ref()?.traces_of(id);
        let traces: Value = found.iter().map(|trace| trace.json()).collect();
        (!found.is_empty()).then(|| document(traces))
    }
}

/// Whether traces are told to who called the address `local`.
pub(super) fn may_see(local: IpAddr) -> bool {
    local.to_canonical().is_loopback()
}

fn document(traces: Value) -> String {
    format!("{:#}\n", json!({ "traces": traces }))
}
