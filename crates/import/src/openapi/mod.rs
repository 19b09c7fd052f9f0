//! OpenAPI 3.0 with `x-amazon-apigateway-*` extensions, read as an import of API Gateway reads it (`basepath=ignore`).
//! AWS docs: api-gateway-swagger-extensions, api-gateway-known-issues.

mod api;
mod authorizers;
mod components;
mod documentation;
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

pub(crate) use api::read;
