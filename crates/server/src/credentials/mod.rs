//! As whom AWS is called: the gateway's own credentials, found as AWS's SDKs find them, and sessions of the roles that
//! definitions name. Nothing is looked up before something is signed.
//!
//! AWS SDKs and Tools Reference Guide, "Standardized credential providers". What each source gives is kept and renewed in one
//! way (`kept.rs`), so that a request with credentials at hand waits for nobody.

mod chain;
mod container;
mod document;
mod kept;
mod metadata;
mod moment;
mod process;
mod profile;
mod roles;
mod sts;
#[cfg(test)]
mod testing;
mod wire;

pub(crate) use moment::epoch_s;

use std::sync::Arc;

use vestibule_gateway::{Clock, Endpoints, Services, SignedEndpoints};
use vestibule_sigv4::{CredentialSource, Credentials, FixedCredentials};

use self::chain::Chain;
use self::kept::Kept;
use self::roles::AssumedRoles;
use self::sts::Sts;
use self::wire::Wire;
use crate::config::Resolved;

/// The service that assumes roles, as the setting `endpoints` names it.
const STS: &str = "sts";

/// What is wrong with a text as each form in which credentials come: a config file, a credentials file, what a service serves, what a
/// command prints, an answer of STS. Nothing of it is kept.
pub fn check_credentials(text: &str) -> [Result<(), String>; 5] {
    let file = |kind| profile::check(text, kind);
    let answered = sts::lent(text).ok_or_else(|| "no credentials that expire".to_owned());
    [
        file(profile::Kind::Config),
        file(profile::Kind::Credentials),
        document::served(text.as_bytes()).map(drop),
        document::printed(text.as_bytes()).map(drop),
        answered.map(drop),
    ]
}

/// Whoever the gateway is at AWS.
#[derive(Debug)]
pub(crate) struct Identities {
    wire: Arc<Wire>,
    own: Arc<dyn CredentialSource>,
    endpoints: SignedEndpoints,
    roles: Arc<AssumedRoles>,
}

impl Identities {
    /// Those that the settings name. Nobody is asked before they are [connected](Identities::connect).
    pub(crate) fn of(settings: &Resolved, clock: Arc<dyn Clock>) -> Identities {
        let wire = Arc::new(Wire::default());
        let mut endpoints = settings.endpoints.value.iter();
        let endpoint = endpoints.find(|(service, _)| service == STS).map(|(_, url)| url.clone());
        let sts = Arc::new(Sts::new(Arc::clone(&wire), endpoint, Arc::clone(&clock)));
        let credentials = &settings.credentials;
        let own: Arc<dyn CredentialSource> = match &credentials.keys {
            Some(keys) => Arc::new(FixedCredentials::new(keys.clone())),
            None => {
                let region = settings.region.value.as_str().to_owned();
                let (wire, sts) = (Arc::clone(&wire), Arc::clone(&sts));
                let is_instance = metadata::is_instance();
                let clock_of_chain = Arc::clone(&clock);
                let settings = credentials.clone();
                let chain = Chain::new(settings, region, wire, sts, clock_of_chain, is_instance);
                Arc::new(Kept::new(chain, Arc::clone(&clock)))
            }
        };
        let endpoints = match credentials.are_named() {
            true => SignedEndpoints::All,
            false => SignedEndpoints::Elsewhere,
        };
        let roles = Arc::new(AssumedRoles::new(Arc::clone(&own), sts, clock));
        Identities { wire, own, endpoints, roles }
    }

    /// Lets them ask over this network.
    pub(crate) fn connect(&self, network: Arc<dyn Endpoints>) {
        self.wire.connect(network);
    }

    /// What calls of a store are signed with: at AWS as the gateway itself, elsewhere with what the environment names, or with the key
    /// `test`, since such stores take any unless they are told to look.
    pub(crate) fn of_store(&self, is_aws: bool) -> Arc<dyn CredentialSource> {
        if is_aws || self.endpoints == SignedEndpoints::All {
            return Arc::clone(&self.own);
        }
        let key = || "test".to_owned();
        Arc::new(FixedCredentials::new(Credentials::new(key(), key(), None)))
    }

    /// Services that are called as these.
    pub(crate) fn call(&self, services: Services) -> Services {
        let services = services.with_credentials(Arc::clone(&self.own), self.endpoints);
        services.with_roles(Arc::<AssumedRoles>::clone(&self.roles))
    }
}
