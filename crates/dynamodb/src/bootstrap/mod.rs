//! What is in the store before it serves: tables of definitions and seed items.

mod ensure;
mod seed;

pub use ensure::{EnsureError, Ensured};
pub(crate) use ensure::{ensure_table, list, message};
pub use seed::{SeedError, SeedProgress, Seeded, seed};
