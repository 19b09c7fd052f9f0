//! What happened to the tables and seeds of the definitions.

use vestibule_restapi::one_line;

/// One table of the definitions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// What became of it.
    pub state: TableState,
}

/// What became of a table of the definitions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TableState {
    /// It was made now.
    Created,
    /// It was there.
    Kept,
    /// It is not there, and it is not ours to make.
    Missing,
    /// Whether it is there is not told.
    Unseen {
        /// The store's words.
        message: String,
    },
}

impl TableState {
    fn text(&self) -> String {
        match self {
            TableState::Created => "created".to_owned(),
            TableState::Kept => "kept".to_owned(),
            TableState::Missing => {
                "not there: tables at AWS are not made here, deploy it".to_owned()
            }
            TableState::Unseen { message } => format!("not looked at: {}", one_line(message)),
        }
    }
}

/// One file of items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seed {
    /// As the user named it.
    pub file: String,
    /// How many items were loaded now; none when it was loaded before.
    pub loaded_items: Option<usize>,
}

/// Returns a line for each table and seed, ending with a newline.
pub fn tables(tables: &[Table], seeds: &[Seed]) -> String {
    let mut out = String::new();
    for table in tables {
        out.push_str(&format!("table {}: {}\n", one_line(&table.name), table.state.text()));
    }
    for seed in seeds {
        let state = match seed.loaded_items {
            None => "loaded before".to_owned(),
            Some(1) => "1 item loaded".to_owned(),
            Some(items) => format!("{items} items loaded"),
        };
        out.push_str(&format!("seed {}: {state}\n", one_line(&seed.file)));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_table_and_seed_has_its_line() {
        let table = |name: &str, state| Table { name: name.to_owned(), state };
        let unseen = TableState::Unseen { message: "User: x is not authorized".to_owned() };
        let seed = |file: &str, loaded_items| Seed { file: file.to_owned(), loaded_items };
        assert_eq!(
            tables(
                &[
                    table("items", TableState::Created),
                    table("orders", TableState::Kept),
                    table("users", TableState::Missing),
                    table("events", unseen),
                ],
                &[seed("a.json", Some(200)), seed("b.json", None), seed("c.json", Some(1))]
            ),
            "\
table items: created
table orders: kept
table users: not there: tables at AWS are not made here, deploy it
table events: not looked at: User: x is not authorized
seed a.json: 200 items loaded
seed b.json: loaded before
seed c.json: 1 item loaded
"
        );
    }
}
