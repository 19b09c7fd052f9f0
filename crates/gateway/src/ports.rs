//! What the gateway is given of the world: a store, the network, time, randomness. The program hands in the real ones.

use crate::clock::{Clock, Random};
use crate::integrate::Endpoints;
use std::fmt;
use std::sync::Arc;
use vestibule_dynamodb::Tables;
use vestibule_sigv4::CredentialSource;

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

/// Whoever assumes the roles of integrations and authorizers.
pub trait Roles: fmt::Debug + Send + Sync {
    /// The credentials of sessions of a role, by its ARN, for calls in a region. Nothing is assumed before they are asked
    /// for; whoever asks for the same role again shares its session. A session is named [`ROLE_SESSION`](crate::ROLE_SESSION).
    fn assumed(&self, role: &str, region: &str) -> Arc<dyn CredentialSource>;
}
