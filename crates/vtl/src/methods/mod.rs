//! The Java members that templates call: `java.lang` and `java.util` as Velocity finds them by name and argument types.
//!
//! A member that does not exist, or takes other arguments, is `None`, which the evaluator makes the empty string. What
//! Java would throw is a [`Failure`](crate::error::Failure). `class` and `getClass` lead nowhere, on purpose.

mod arguments;
mod array;
mod big_decimal;
mod bits;
mod character;
mod collection;
mod entry;
mod format;
mod iterator;
mod list;
mod map;
mod member;
mod names;
mod number;
mod number_statics;
mod overload;
mod overload_table;
mod pattern;
mod property;
mod regex;
mod replacement;
mod scope;
mod string;
mod string_parts;
mod string_statics;
mod text_block;
mod utf16;

pub(crate) use member::{call, size};
pub use names::{Type, method_names};
pub(crate) use property::{assign_index, assign_property, is_class, property};
