//! The `AWS::ApiGateway::*` resources: gathered by the API they belong to, joined to the OpenAPI document that says the same.

mod authorizer;
mod domain;
mod gather;
mod integration;
mod method;
mod paths;
mod rest_api;
mod settings;
mod stage;
mod usage;

pub(super) use gather::{Item, read};
