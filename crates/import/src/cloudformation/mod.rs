//! CloudFormation templates: their functions are evaluated, then their resources are read.
//! AWS docs: template-reference; the API Gateway resources become the OpenAPI document that says the same.

mod api;
mod evaluate;
mod identity;
mod indexes;
mod keys;
mod properties;
mod read;
mod table;
mod template;
mod world;

pub(crate) use read::read;
