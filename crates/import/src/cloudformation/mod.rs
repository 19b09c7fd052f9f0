//! CloudFormation templates: today their DynamoDB tables.

mod indexes;
mod keys;
mod properties;
mod table;
mod template;

pub(crate) use template::read;
