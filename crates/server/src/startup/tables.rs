//! What happened to the tables and seeds of the definitions.

use vestibule_restapi::one_line;

/// One table of the definitions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Whether it was made now; otherwise it was there.
    pub is_created: bool,
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
        let state = if table.is_created { "created" } else { "kept" };
        out.push_str(&format!("table {}: {state}\n", one_line(&table.name)));
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
        let table = |name: &str, is_created| Table { name: name.to_owned(), is_created };
        let seed = |file: &str, loaded_items| Seed { file: file.to_owned(), loaded_items };
        assert_eq!(
            tables(
                &[table("items", true), table("orders", false)],
                &[seed("a.json", Some(200)), seed("b.json", None), seed("c.json", Some(1))]
            ),
            "\
table items: created
table orders: kept
seed a.json: 200 items loaded
seed b.json: loaded before
seed c.json: 1 item loaded
"
        );
    }
}
