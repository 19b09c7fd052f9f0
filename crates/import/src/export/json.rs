//! A document as JSON, in the form of AWS's exports: two blanks a level, blanks around colons, arrays on one line.

use super::value::Value;
use crate::tree::quote;

/// The text, without a line end. Recursion is bounded by the depth of models, which were read with a limit.
pub(super) fn write(value: &Value, level: usize, text: &mut String) {
    match value {
        Value::Object(object) if object.is_empty() => text.push_str("{ }"),
        Value::Object(object) => {
            text.push('{');
            for (index, (name, value)) in object.members().iter().enumerate() {
                text.push_str(if index > 0 { ",\n" } else { "\n" });
                indent(level + 1, text);
                text.push_str(&quote(name));
                text.push_str(" : ");
                write(value, level + 1, text);
            }
            text.push('\n');
            indent(level, text);
            text.push('}');
        }
        Value::Array(items) if items.is_empty() => text.push_str("[ ]"),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                text.push_str(if index > 0 { ", " } else { "[ " });
                write(item, level, text);
            }
            text.push_str(" ]");
        }
        Value::Text(value) => text.push_str(&quote(value)),
        Value::Bare(value) => text.push_str(value),
    }
}

fn indent(level: usize, text: &mut String) {
    (0..level).for_each(|_| text.push_str("  "));
}
