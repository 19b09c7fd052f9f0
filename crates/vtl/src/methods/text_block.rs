//! The members of `java.lang.String` for text blocks: `indent`, `stripIndent`, `translateEscapes`.

use super::arguments::{Answer, answer, int};
use super::string::is_white;
use crate::error::{Exception, Failure};
use crate::value::{Argument, Heap};

pub(super) fn call<'a>(
    heap: &Heap<'a>,
    text: &'a str,
    method: &str,
    arguments: &[Argument<'a>],
) -> Answer<'a> {
    match (method, arguments) {
        ("indent", [by]) => match int(by) {
            Some(by) => indent(heap, text, by),
            None => Ok(None),
        },
        ("stripIndent", []) => answer(heap.text(strip_indent(text))?),
        ("translateEscapes", []) => answer(heap.text(translate_escapes(text)?)?),
        _ => Ok(None),
    }
}

/// The lines of a text, which `\n`, `\r` or `\r\n` end.
fn lines(text: &str) -> Vec<&str> {
    let mut lines = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(['\n', '\r']).unwrap_or(rest.len());
        let (line, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
        lines.push(line);
        rest = after.strip_prefix("\r\n").or_else(|| after.get(1..)).unwrap_or_default();
    }
    lines
}

fn blank_start(line: &str) -> usize {
    line.chars().take_while(|character| is_white(*character)).count()
}

fn indent<'a>(heap: &Heap<'a>, text: &str, by: i32) -> Answer<'a> {
    let lines = lines(text);
    let width = by.unsigned_abs() as usize;
    if by > 0 {
        heap.charge_text(width.saturating_mul(lines.len()))?;
    }
    let mut out = String::new();
    for line in lines {
        if by > 0 {
            out.push_str(&" ".repeat(width));
            out.push_str(line);
        } else {
            let cut = width.min(blank_start(line));
            out.extend(line.chars().skip(cut));
        }
        out.push('\n');
    }
    answer(heap.text(out)?)
}

fn strip_indent(text: &str) -> String {
    let lines = lines(text);
    let ends_line = text.ends_with(['\n', '\r']);
    let starts = lines.iter().enumerate().filter_map(|(number, line)| {
        let is_blank = line.chars().all(is_white);
        let is_last = number + 1 == lines.len();
        (!is_blank || is_last).then(|| blank_start(line))
    });
    let common = if ends_line { 0 } else { starts.min().unwrap_or(0) };
    let stripped = lines.iter().map(|line| {
        let line = line.trim_end_matches(is_white);
        line.chars().skip(common).collect::<String>()
    });
    let joined = stripped.collect::<Vec<String>>().join("\n");
    if ends_line { joined + "\n" } else { joined }
}

fn translate_escapes(text: &str) -> Result<String, Failure> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(character) = rest.next() {
        if character != '\\' {
            out.push(character);
            continue;
        }
        match rest.next() {
            Some('b') => out.push('\u{8}'),
            Some('f') => out.push('\u{c}'),
            Some('n') => out.push('\n'),
            Some('r') => out.push('\r'),
            Some('s') => out.push(' '),
            Some('t') => out.push('\t'),
            Some(itself @ ('\'' | '"' | '\\')) => out.push(itself),
            Some(first @ '0'..='7') => {
                let mut code = first.to_digit(8).unwrap_or(0);
                let digits_left = if first <= '3' { 2 } else { 1 };
                for _ in 0..digits_left {
                    let Some(digit) = rest.peek().and_then(|next| next.to_digit(8)) else { break };
                    code = code * 8 + digit;
                    rest.next();
                }
                out.extend(char::from_u32(code));
            }
            Some('\n') => {}
            Some('\r') => {
                rest.next_if_eq(&'\n');
            }
            Some(_) | None => {
                let message = "the text has a `\\` that begins no escape";
                return Err(Failure::exception(Exception::IllegalArgument, message));
            }
        }
    }
    Ok(out)
}
