//! A document as YAML, in the form of AWS's exports: texts in double quotes, keys without where they need none.

use super::value::{Object, Value};
use std::fmt::Write;

/// The longest key that stands before its colon on one line; YAML allows 1,024 characters.
const KEY_BYTES_MAX: usize = 128;

/// The text of an object, with a line end. Recursion is bounded by the depth of models, which were read with a limit.
pub(super) fn write(object: &Object, level: usize, text: &mut String) {
    for (index, (name, value)) in object.members().iter().enumerate() {
        // The first member of an item stands behind its dash.
        if index > 0 || !text.ends_with("- ") {
            indent(level, text);
        }
        key(name, level, text);
        member(value, level, text);
    }
}

fn key(name: &str, level: usize, text: &mut String) {
    let is_long = name.len() > KEY_BYTES_MAX;
    if is_long {
        text.push_str("? ");
    }
    if is_plain(name) {
        text.push_str(name);
    } else {
        quote(name, text);
    }
    if is_long {
        text.push('\n');
        indent(level, text);
    }
    text.push(':');
}

fn member(value: &Value, level: usize, text: &mut String) {
    match value {
        Value::Object(object) if !object.is_empty() => {
            text.push('\n');
            write(object, level + 1, text);
        }
        Value::Array(list) if !list.is_empty() => {
            text.push('\n');
            items(list, level, text);
        }
        Value::Object(_) | Value::Array(_) | Value::Text(_) | Value::Bare(_) => {
            text.push(' ');
            flat(value, text);
            text.push('\n');
        }
    }
}

fn items(items: &[Value], level: usize, text: &mut String) {
    for (index, item) in items.iter().enumerate() {
        if index > 0 || !text.ends_with("- ") {
            indent(level, text);
        }
        text.push_str("- ");
        match item {
            Value::Object(object) if !object.is_empty() => write(object, level + 1, text),
            Value::Array(list) if !list.is_empty() => self::items(list, level + 1, text),
            Value::Object(_) | Value::Array(_) | Value::Text(_) | Value::Bare(_) => {
                flat(item, text);
                text.push('\n');
            }
        }
    }
}

fn flat(value: &Value, text: &mut String) {
    match value {
        Value::Object(_) => text.push_str("{}"),
        Value::Array(_) => text.push_str("[]"),
        Value::Text(value) => quote(value, text),
        Value::Bare(value) => text.push_str(value),
    }
}

/// Whether a key means itself without quotes, to readers of YAML 1.1 too. Numbers do: a status is one.
fn is_plain(key: &str) -> bool {
    const WORDS: [&str; 10] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null", "~"];
    let starts_well = key.starts_with(|c: char| c.is_ascii_alphanumeric() || "/_$".contains(c));
    let is_harmless = |b: u8| b.is_ascii_alphanumeric() || b"/_$.+-{} ".contains(&b);
    starts_well
        && key.bytes().all(is_harmless)
        && !key.ends_with(' ')
        && !WORDS.contains(&&*key.to_ascii_lowercase())
}

fn quote(value: &str, text: &mut String) {
    text.push('"');
    for character in value.chars() {
        match character {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            // What YAML does not print: controls, line ends of Unicode, the byte order mark.
            '\0'..='\x1f' | '\x7f'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{feff}' => {
                // Writing to a String cannot fail.
                let _ = write!(text, "\\u{:04x}", u32::from(character));
            }
            '\u{fffe}' | '\u{ffff}' => {
                let _ = write!(text, "\\u{:04x}", u32::from(character));
            }
            _ => text.push(character),
        }
    }
    text.push('"');
}

fn indent(level: usize, text: &mut String) {
    (0..level).for_each(|_| text.push_str("  "));
}
