//! What is in the store before it serves: tables of definitions and seed items.

mod ensure;
mod seed;

pub(crate) use ensure::ensure_table;
pub use ensure::{EnsureError, Ensured};
pub use seed::{SeedError, SeedProgress, Seeded, seed};
