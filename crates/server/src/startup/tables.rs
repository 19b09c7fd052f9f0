//! What happened to the tables of the definitions.

use crate::printable::one_line;

/// One table of the definitions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Whether it was made now; otherwise it was there.
    pub is_created: bool,
    /// Items loaded into it now.
    pub seeded_items: u64,
}

/// Returns a line for each table, ending with a newline.
pub fn tables(tables: &[Table]) -> String {
    let mut out = String::new();
    for table in tables {
        let state = if table.is_created { "created" } else { "kept" };
        let seeded = match table.seeded_items {
            0 => String::new(),
            1 => ", 1 item loaded".to_owned(),
            items => format!(", {items} items loaded"),
        };
        out.push_str(&format!("table {}: {state}{seeded}\n", one_line(&table.name)));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_table_has_its_line() {
        let table = |name: &str, is_created, seeded_items| Table {
            name: name.to_owned(),
            is_created,
            seeded_items,
        };
        assert_eq!(
            tables(&[table("items", true, 200), table("orders", false, 0), table("x", true, 1)]),
            "\
table items: created, 200 items loaded
table orders: kept
table x: created, 1 item loaded
"
        );
    }
}
