//! Between client and integration: parameter mapping, template selection, templates and their variables.

pub(crate) mod base64;
pub(crate) mod content;
pub(crate) mod context;

mod accept;
mod again;
mod document;
mod header_rules;
mod input;
mod mapping;
mod parameters;
mod request;
mod response;
mod source;
mod spelling;
mod standalone;
mod template;
mod time;
mod util;

pub(crate) use accept::chosen_by_accept;
pub(crate) use again::{Again, mapped_again, request_again, response_again};
pub(crate) use content::BinaryMediaTypes;
pub(crate) use document::{BodyDocument, over};
pub(crate) use header_rules::HeaderRules;
pub(crate) use input::spelled;
pub(crate) use mapping::{RequestMapping, ResponseMapping};
pub(crate) use parameters::{RequestLine, RequestParameters, invalid_json, parameters};
pub(crate) use request::{Mapped, request};
pub(crate) use response::response;
pub(crate) use source::Source;
pub use standalone::{Case, Given, RenderFailure, Rendering, StandaloneTemplate, render};
pub(crate) use template::{MappingTemplate, Overrides};
pub(crate) use time::{java_date, push_common_log_format};
