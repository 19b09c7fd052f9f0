//! Custom domains: the stages that a host of its own serves, by base path. AWS docs: API_DomainName, API_BasePathMapping.

use crate::ids::{RestApiId, StageName};
use crate::place::{Place, Sourced};

/// A custom domain.
#[derive(Clone, Debug)]
pub struct DomainName {
    /// The host, such as `api.example.com`, or `*.example.com` for every host one label below.
    pub name: Sourced,
    /// What is served at it, no base path twice.
    pub mappings: Vec<BasePathMapping>,
    /// What is demanded of its clients' certificates.
    pub mutual_tls: Option<MutualTls>,
    /// Where it is defined.
    pub place: Place,
}

/// Mutual TLS: a client is let in with a certificate that the truststore vouches for. AWS docs: API_MutualTlsAuthentication.
#[derive(Clone, Debug)]
pub struct MutualTls {
    /// Where AWS reads the truststore, such as `s3://bucket/ca.pem`.
    pub truststore_uri: Option<Sourced>,
    /// Where it is demanded.
    pub place: Place,
}

/// What a custom domain serves below a base path.
#[derive(Clone, Debug)]
pub struct BasePathMapping {
    /// One or more segments without a slash at either end, such as `shop`; `None` (AWS: `(none)`) for the rest.
    pub base_path: Option<Sourced>,
    /// The API.
    pub api: RestApiId,
    /// The stage; without one (AWS: `(none)`) the next segment of the path names it.
    pub stage: Option<StageName>,
    /// Where it is defined.
    pub place: Place,
}
