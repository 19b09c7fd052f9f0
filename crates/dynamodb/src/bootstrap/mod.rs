//! What is in the store before it serves: tables of definitions and seed items.

mod ensure;
mod seed;

pub use ensure::{EnsureError, Ensured};
pub(crate) use ensure::{difference, ensure_table, expire_by, kind, list, message, text, wait_for};
pub use seed::{SeedError, SeedProgress, Seeded, seed};
