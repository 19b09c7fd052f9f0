//! Verifying, in AWS's order: what a request presents, whether clock and scope allow it, whether the signature is of the key.

mod authorization;
mod claim;
mod expectation;
mod hint;
mod presented;
mod query;
mod refusal;

pub use claim::{Claim, Verified};
pub use expectation::{Expectation, WrongScope};
pub use hint::Hint;
pub use presented::Presented;
pub use refusal::{Mismatch, Refusal};
