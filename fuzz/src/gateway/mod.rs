//! The data plane: definitions that compile are served, and every request has an answer.

mod answer;
mod definition;
mod json_schema;
mod mapping_template;
mod request;
mod service;

pub use definition::definition;
pub use json_schema::json_schema;
pub use mapping_template::mapping_template;
pub use request::request;
