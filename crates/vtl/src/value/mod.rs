//! The values a template works on: Java's, with reference semantics inside one render.
//!
//! A [`Value`] is a scalar or a [`Handle`] into the [`Heap`] that one render owns. Copies of a handle are the same
//! object, so a change is seen everywhere, and a container may contain itself: printing, comparing and exporting are
//! bounded. Text that is copied through (`'a`: template, body, context strings) never allocates; what is built lies in
//! the [`Arena`] of the render.

mod arena;
mod class;
mod decimal;
mod double;
mod equal;
mod hash;
mod heap;
mod host;
mod iterate;
mod map;
mod number;
mod object;
mod order;
mod owned;
mod print;
mod variant;

pub use arena::Arena;
pub use decimal::Decimal;
pub use heap::Heap;
pub use host::{Argument, Host, HostError};
pub use map::{Entries, MapKind};
pub use number::{Number, OwnedNumber};
pub use object::{ArrayKind, Handle, Kind};
pub use owned::Owned;
pub use print::{Output, Printer};
pub use variant::Value;

pub(crate) use double::{double_text, float_text};
pub(crate) use map::{FEW, Map};
pub(crate) use object::{Class, Cursor, Items, List, Object, Scope, Sequence, View};
