//! Who acts and who vouches: IAM roles that integrations act as, and the user pools of authorizers.

use crate::place::{Place, Sourced};

/// An IAM role, with what it may do. AWS docs: API_Role.
#[derive(Clone, Debug)]
pub struct Role {
    /// Its ARN, which an integration's `credentials` name.
    pub arn: String,
    /// The policies written in it or attached to it by the definition, JSON documents.
    pub policies: Vec<Sourced>,
    /// ARNs of managed policies whose documents the definition does not hold.
    pub managed_policies: Vec<Sourced>,
    /// Its permissions boundary.
    pub permissions_boundary: Option<PermissionsBoundary>,
    /// Where it is defined.
    pub place: Place,
}

/// A managed policy that bounds a role: what it does not allow as well, the role may not do. AWS docs: access_policies_boundaries.
#[derive(Clone, Debug)]
pub enum PermissionsBoundary {
    /// A JSON document of the definition.
    Document(Sourced),
    /// The ARN of a policy that the definition does not hold.
    Unknown(Sourced),
}

/// A Cognito user pool. AWS docs: API_UserPoolType.
#[derive(Clone, Debug)]
pub struct UserPool {
    /// Such as `us-east-1_a1b2c3d4e`.
    pub id: String,
    /// Its ARN, which authorizers name.
    pub arn: String,
    /// Ids of its app clients.
    pub clients: Vec<String>,
    /// Where it is defined.
    pub place: Place,
}
