//! Access keys, principals, policy documents and their evaluation: who may do what to which
//! resource. No clock, no network, no file: a [`Request`] and its [`Facts`] in, a decision and the
//! statement that decided out.
//!
//! [`Policy::parse`] reads a policy strictly and compiles it once. [`evaluate`] decides by policies
//! of one kind; [`by_identity`], [`by_authorizer`] and [`by_resource_policy`] by those of caller
//! and API together, as API Gateway does. [`explain`] tells of every statement what of it is not
//! about a request.
//!
//! Follows the IAM user guide, "IAM JSON policy reference", and the API Gateway developer guide,
//! "Control access to a REST API".

mod access_key;
mod arn;
mod authorize;
mod bounds;
mod condition;
mod directory;
mod evaluate;
mod explain;
mod facts;
mod fault;
mod glob;
mod json;
pub mod limits;
mod policy;
mod principal;
mod template;
mod variable_pattern;

pub use access_key::{AccessKey, BadAccessKey};
pub use arn::{ApiArn, Arn, ArnTooLong, PARTITIONS, masked_account, partition_of};
pub use authorize::{
    Clause, Deciding, Refusal, Side, Verdict, before_authorizer, by_authorizer, by_identity,
    by_resource_policy, of_private_api,
};
pub use bounds::Bounds;
pub use directory::{Attached, BadEntry, Directory, Holder, PrincipalId};
pub use evaluate::{Decision, evaluate};
pub use explain::{Explanation, Mismatch, explain};
pub use facts::{Facts, Hidden, NoFacts, Request, Values};
pub use fault::Fault;
pub use policy::{Policy, PolicyKind, StatementRef, unescaped};
pub use principal::{BadPrincipal, Principal, PrincipalKind};
