//! Builds the tree from the events of the YAML parser: one document, anchors and aliases, tags kept as written.

use super::build::{Builder, Fatal};
use super::node::{NodeId, Style};
use super::offsets::Offsets;
use super::pieces;
use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span, Tag};
use std::collections::HashMap;
use std::ops::Range;
use vestibule_restapi::Code;

/// Reads the one YAML document of a text.
pub(super) fn build(text: &str, builder: &mut Builder<'_>) -> Result<(), Fatal> {
    if let Some(at) = text.find('\0') {
        return Err(builder.fatal(Code::Syntax, "not YAML: a NUL character", at..at + 1));
    }
    let offsets = Offsets::new(text);
    let mut parser = Parser::new_from_str(text);
    let mut anchors: HashMap<usize, NodeId> = HashMap::new();
    while let Some(event) = parser.next_event() {
        let (event, span) = event.map_err(|error| syntax(text, &offsets, &error, builder))?;
        let span = bytes(&offsets, span);
        let (anchor, id) = match event {
            Event::StreamEnd => return Ok(()),
            Event::DocumentStart(_) if builder.has_root() => {
                let message = "the file holds several YAML documents";
                let mut finding = builder.fatal(Code::Syntax, message, span);
                finding.help = Some("give each definition a file of its own".into());
                return Err(finding);
            }
            Event::Nothing | Event::StreamStart | Event::DocumentStart(_) | Event::DocumentEnd => {
                continue;
            }
            Event::Alias(anchor) => {
                let target = anchors.get(&anchor).copied();
                let target = target.ok_or_else(|| {
                    builder.fatal(
                        Code::Syntax,
                        "not YAML: an alias without its anchor",
                        span.clone(),
                    )
                })?;
                builder.alias(target, span)?;
                continue;
            }
            Event::Scalar(value, style, anchor, tag) => {
                let tag = tag.map(|tag| written(&tag));
                let has_properties = anchor > 0 || tag.is_some();
                let start = if has_properties {
                    pieces::skip_properties(text, span.clone())
                } else {
                    span.start
                };
                (anchor, builder.scalar(span, tag, start, (&value, style_of(style)))?)
            }
            Event::SequenceStart(anchor, tag) => {
                (anchor, builder.array(span, tag.map(|tag| written(&tag)))?)
            }
            Event::MappingStart(anchor, tag) => {
                (anchor, builder.object(span, tag.map(|tag| written(&tag)))?)
            }
            Event::SequenceEnd | Event::MappingEnd => {
                builder.close()?;
                continue;
            }
        };
        if anchor > 0 {
            anchors.insert(anchor, id);
        }
    }
    Ok(())
}

fn bytes(offsets: &Offsets<'_>, span: Span) -> Range<usize> {
    let start = offsets.byte(span.start.index());
    start..offsets.byte(span.end.index()).max(start)
}

fn style_of(style: ScalarStyle) -> Style {
    match style {
        ScalarStyle::Plain => Style::Plain,
        ScalarStyle::SingleQuoted => Style::SingleQuoted,
        ScalarStyle::DoubleQuoted => Style::DoubleQuoted,
        ScalarStyle::Literal => Style::Literal,
        ScalarStyle::Folded => Style::Folded,
    }
}

/// The tag as its author wrote it: `!Sub`, `!!str`, `!` or `!<...>`.
fn written(tag: &Tag) -> Box<str> {
    let text = match (tag.handle.as_str(), tag.suffix.as_str()) {
        ("tag:yaml.org,2002:", suffix) => format!("!!{suffix}"),
        ("", "!") | ("!", "") => "!".to_owned(),
        ("!", suffix) => format!("!{suffix}"),
        (handle, suffix) => match format!("{handle}{suffix}").strip_prefix("tag:yaml.org,2002:") {
            Some(core) => format!("!!{core}"),
            None => format!("!<{handle}{suffix}>"),
        },
    };
    text.into()
}

fn syntax(text: &str, offsets: &Offsets<'_>, error: &ScanError, builder: &Builder<'_>) -> Fatal {
    let mut at = offsets.byte(error.marker().index());
    let mut help = None;
    if error.info() == "recursion limit exceeded" {
        // The scanner's own limit on brackets, met while it looks ahead.
        return builder.too_deep(at..at);
    }
    if error.info().contains("tab") {
        at = tab_indentation(text, at).unwrap_or(at);
        help = Some("indent with spaces: YAML takes no tabs there".to_owned());
    } else if error.info().contains("mapping values are not allowed") {
        help = Some(
            "put the value in quotes when it contains `: `, or mend the indentation".to_owned(),
        );
    }
    at = at.min(text.trim_end().len());
    let length = text.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
    let message = format!("not YAML: {}", error.info());
    let mut finding = builder.fatal(Code::Syntax, message, at..at + length);
    finding.help = help;
    finding
}

/// The first tab in the indentation of a line, from the line of `at` on.
fn tab_indentation(text: &str, at: usize) -> Option<usize> {
    let mut start = text.get(..at)?.rfind('\n').map_or(0, |at| at + 1);
    for line in text.get(start..)?.split_inclusive('\n') {
        let blanks = line.len() - line.trim_start_matches([' ', '\t']).len();
        if let Some(tab) = line.get(..blanks)?.find('\t') {
            return Some(start + tab);
        }
        start += line.len();
    }
    None
}
