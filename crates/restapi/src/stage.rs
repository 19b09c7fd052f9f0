//! What is served: a deployment of an API under a stage's name.

use crate::api::RestApi;
use crate::ids::{DeploymentId, StageName};
use std::sync::Arc;

/// An API as it was at one moment.
#[derive(Clone, Debug)]
pub struct Deployment {
    /// Hash of the content.
    pub id: DeploymentId,
    /// The API.
    pub api: Arc<RestApi>,
}

/// A name under which a deployment is served, with its settings.
#[derive(Clone, Debug)]
pub struct Stage {
    /// Part of the URL and of `$context.stage`.
    pub name: StageName,
    /// `$stageVariables`, in the order they were given.
    pub variables: Vec<(String, String)>,
}
