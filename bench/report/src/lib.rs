//! What every bench of this workspace has in common: the machine it ran on, spreads, tables, the file of a run.

mod aim;
mod file;
mod machine;
mod measure;
mod out;
mod spread;
mod table;

pub use aim::Aim;
pub use file::keep;
pub use machine::{Machine, Seats, sit, today};
pub use measure::{collected, cpu_ns};
pub use out::{ended, note};
pub use spread::Spread;
pub use table::table;

/// What was asked for, or why it could not be had: the place and the remedy in one line.
pub type Outcome<T = ()> = Result<T, String>;
