//! The methods that values have, by name, for whoever judges templates.

use super::overload_table as table;

/// The types of values that a template can tell apart by the methods they have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// `java.lang.String`
    String,
    /// Whole and floating point numbers of any size.
    Number,
    /// `java.lang.Boolean`
    Boolean,
    /// Lists, read from JSON or written down.
    List,
    /// Maps of any kind.
    Map,
    /// Keys, values or entries of a map.
    Collection,
    /// What `split` makes.
    Array,
    /// Any of these, entries, iterators and characters.
    Any,
}

/// Returns the names of the methods that values of a type have in Java, sorted, none twice. They may be more than are
/// answered: a call of one that is not is refused by name.
///
/// ```
/// use vestibule_vtl::{Type, method_names};
/// assert!(method_names(Type::String).contains(&"replaceAll"));
/// assert!(!method_names(Type::Any).contains(&"count"));
/// ```
#[must_use]
pub fn method_names(of: Type) -> Vec<&'static str> {
    let number =
        [table::INTEGER, table::LONG, table::BIG_INTEGER, table::DOUBLE, table::BIG_DECIMAL];
    let list = [table::ARRAY_LIST, table::JSON_ARRAY, table::SUB_LIST];
    let collection = [table::SET, table::COLLECTION];
    let own: Vec<&[&str]> = match of {
        Type::String => vec![table::STRING],
        Type::Number => number.to_vec(),
        Type::Boolean => vec![table::BOOLEAN],
        Type::List => list.to_vec(),
        Type::Map => vec![table::MAP],
        Type::Collection => collection.to_vec(),
        Type::Array => vec![table::ARRAY],
        Type::Any => {
            let rest = [
                table::STRING,
                table::BOOLEAN,
                table::MAP,
                table::ARRAY,
                table::ENTRY,
                table::ITERATOR,
                table::LIST_ITERATOR,
                table::CHARACTER,
                table::SCOPE,
            ];
            [&number[..], &list, &collection, &rest].concat()
        }
    };
    let closed = ["getClass", "notify", "notifyAll", "wait"];
    let members = own.into_iter().flatten().filter_map(|member| member.split(':').next());
    let mut names: Vec<&str> = members.chain(closed).collect();
    names.sort_unstable();
    names.dedup();
    names
}
