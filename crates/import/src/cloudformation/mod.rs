//! CloudFormation templates: their functions are evaluated, then their resources are read.
//! AWS docs: template-reference; the API Gateway resources become the OpenAPI document that says the same.

mod api;
mod assembly;
mod evaluate;
mod global_table;
mod identity;
mod indexes;
mod keys;
mod loops;
mod properties;
mod read;
mod serverless;
mod table;
mod template;
mod world;

pub(crate) use assembly::stacks;
pub(crate) use read::{Evaluated, read, read_resources};

use crate::tree::Tree;

/// A template with what names its stack.
#[derive(Clone, Debug)]
pub(crate) struct Stack {
    /// The template.
    pub(crate) tree: Tree,
    /// What `AWS::StackName` stands for; without one the name of the file without its extensions.
    pub(crate) name: Option<String>,
}
