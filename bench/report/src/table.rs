//! Markdown tables that read well as they are.

use std::fmt::Write;

/// A Markdown table with columns as wide as their texts: the first to the left, numbers to the right.
#[must_use]
pub fn table<const N: usize>(
    head: [&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> String {
    let mut lines = vec![head.map(str::to_owned)];
    lines.extend(rows);
    let width = |column: usize| {
        let cells = lines.iter().filter_map(|line| line.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..N).map(width).collect();
    let mut text = String::new();
    for (number, line) in lines.iter().enumerate() {
        for (column, (cell, width)) in line.iter().zip(&widths).enumerate() {
            // Writing to a string does not fail.
            let _ = match column {
                0 => write!(text, "| {cell:<width$} "),
                _ => write!(text, "| {cell:>width$} "),
            };
        }
        text.push_str("|\n");
        if number == 0 {
            for (column, width) in widths.iter().enumerate() {
                let colon = if column == 0 { '-' } else { ':' };
                let _ = write!(text, "|{}{colon}", "-".repeat(width + 1));
            }
            text.push_str("|\n");
        }
    }
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    // Source: GitHub Flavored Markdown, tables.
    #[test]
    fn a_table_is_aligned_and_markdown() {
        let rows = [["bare".to_owned(), "1".to_owned()], ["x".to_owned(), "1000".to_owned()]];
        let expected = "\
| a    |  b/s |
|------|-----:|
| bare |    1 |
| x    | 1000 |

";
        assert_eq!(table(["a", "b/s"], rows), expected);
    }
}
