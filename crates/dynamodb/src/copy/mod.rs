//! `vestibule data copy`: tables and items of one store in another.
//!
//! Everything that speaks against it is found before anything is written ([`plan`]). Then tables are made, items are put in
//! batches ([`items`]), both sides are read again and compared ([`compare`]), and what a table does by itself (time to live, a
//! stream) is turned on last ([`settings`]), so that copied items are no events and none expires before it is compared. The
//! [`journal`] knows how far it is: the same copy begun again goes on there.

mod compare;
mod definition;
mod digest;
mod end;
mod error;
mod items;
mod journal;
mod pages;
mod plan;
mod run;
mod settings;

pub use compare::{Contents, Difference, TableCompared};
pub use end::{CopyStore, End, Manner};
pub use error::CopyError;
pub use journal::JOURNAL_FILE;
pub use run::{CopyEvent, CopyOptions, Phase, compare, copy};
