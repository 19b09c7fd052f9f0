//! What the gateway is given of the world: a store, the network, time, randomness. The program hands in the real ones.

use crate::clock::{Clock, Random};
use crate::integrate::Endpoints;
use std::sync::Arc;
use vestibule_dynamodb::Tables;

/// The ways out of the gateway.
#[derive(Clone, Debug)]
pub struct Ports {
    /// DynamoDB.
    pub tables: Tables,
    /// Endpoints on the network.
    pub endpoints: Arc<dyn Endpoints>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Where ids come from.
    pub random: Arc<dyn Random>,
}
