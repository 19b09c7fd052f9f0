//! OpenAPI 2.0 (Swagger), 3.0 and 3.1 with `x-amazon-apigateway-*` extensions, read as an import of API Gateway reads it.
//! `dialect` has what differs between the versions.
//! AWS docs: api-gateway-swagger-extensions, api-gateway-known-issues.

mod api;
mod authorizers;
mod base_path;
mod bodies;
mod bundle;
mod components;
mod dialect;
mod documentation;
mod draft2020;
mod gateway_responses;
mod integration;
mod integration_responses;
mod members;
mod method;
mod models;
mod paths;
mod requests;
mod responses;
mod schema;
mod security;
mod settings;
mod templates;

pub(crate) use api::{Import, read};
