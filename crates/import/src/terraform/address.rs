//! Addresses and references as Terraform writes them: `module.a["x"].aws_s3_bucket.b[0].arn`, `var.c.d`, `each.value.e`.

use std::collections::HashSet;

/// A step of a traversal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part<'r> {
    /// `.name`
    Name(&'r str),
    /// What stands between brackets: `0`, or `"x"` with its quotes.
    Key(&'r str),
}

impl Part<'_> {
    /// The name, or the key as the value it stands for.
    pub(super) fn decoded(&self) -> String {
        match self {
            Part::Name(name) => (*name).to_owned(),
            Part::Key(key) => decoded(key),
        }
    }
}

/// What a reference begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Subject<'r> {
    /// `TYPE.NAME[KEY]`, of a data source behind `data.`.
    Resource { is_data: bool, kind: &'r str, name: &'r str, key: Option<&'r str> },
    /// `module.NAME[KEY].OUTPUT`
    Output { call: &'r str, key: Option<&'r str>, output: &'r str },
    /// `var.NAME`
    Variable(&'r str),
    /// `each.key` and `count.index`
    Key,
    /// `each.value`
    Value,
    /// `local.NAME`, `path.module` and whatever else a plan has no values of.
    Other,
}

/// The parts of a traversal; none of what is no traversal.
pub(super) fn parts(text: &str) -> Option<Vec<Part<'_>>> {
    let mut parts = vec![];
    let mut rest = text;
    while !rest.is_empty() {
        if let Some(inside) = rest.strip_prefix('[') {
            let end = bracket_end(inside)?;
            parts.push(Part::Key(inside.get(..end)?));
            rest = inside.get(end + 1..)?;
        } else {
            let name = if parts.is_empty() { rest } else { rest.strip_prefix('.')? };
            let end = name.find(['.', '[']).unwrap_or(name.len());
            parts.push(Part::Name(name.get(..end).filter(|name| !name.is_empty())?));
            rest = name.get(end..)?;
        }
    }
    Some(parts)
}

/// Where the bracket closes; a quoted key may hold brackets of its own.
fn bracket_end(inside: &str) -> Option<usize> {
    let mut is_quoted = false;
    let mut is_escaped = false;
    for (at, character) in inside.char_indices() {
        match character {
            _ if is_escaped => is_escaped = false,
            '\\' if is_quoted => is_escaped = true,
            '"' => is_quoted = !is_quoted,
            ']' if !is_quoted => return Some(at),
            _ => {}
        }
    }
    None
}

/// What a reference names first, and the parts behind it.
pub(super) fn subject<'p, 'r>(parts: &'p [Part<'r>]) -> Option<(Subject<'r>, &'p [Part<'r>])> {
    let (first, rest) = parts.split_first()?;
    let Part::Name(first) = *first else { return None };
    match (first, rest) {
        ("var", [Part::Name(name), rest @ ..]) => Some((Subject::Variable(name), rest)),
        ("each", [Part::Name("key"), rest @ ..]) | ("count", [Part::Name("index"), rest @ ..]) => {
            Some((Subject::Key, rest))
        }
        ("each", [Part::Name("value"), rest @ ..]) => Some((Subject::Value, rest)),
        ("module", [Part::Name(call), Part::Key(key), Part::Name(output), rest @ ..]) => {
            Some((Subject::Output { call, key: Some(key), output }, rest))
        }
        ("module", [Part::Name(call), Part::Name(output), rest @ ..]) => {
            Some((Subject::Output { call, key: None, output }, rest))
        }
        ("data", [Part::Name(kind), Part::Name(name), rest @ ..]) => {
            let (key, rest) = keyed(rest);
            Some((Subject::Resource { is_data: true, kind, name, key }, rest))
        }
        ("local" | "path" | "terraform" | "self" | "module" | "data", _) => {
            Some((Subject::Other, &[]))
        }
        (kind, [Part::Name(name), rest @ ..]) => {
            let (key, rest) = keyed(rest);
            Some((Subject::Resource { is_data: false, kind, name, key }, rest))
        }
        _ => None,
    }
}

fn keyed<'p, 'r>(parts: &'p [Part<'r>]) -> (Option<&'r str>, &'p [Part<'r>]) {
    match parts {
        [Part::Key(key), rest @ ..] => (Some(key), rest),
        rest => (None, rest),
    }
}

/// The value of a key: the text between quotes, or the number as it is written.
pub(super) fn decoded(key: &str) -> String {
    let Some(quoted) = key.strip_prefix('"').and_then(|key| key.strip_suffix('"')) else {
        return key.to_owned();
    };
    let mut text = String::with_capacity(quoted.len());
    let mut characters = quoted.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => text.extend(characters.next().map(|escaped| match escaped {
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                other => other,
            })),
            other => text.push(other),
        }
    }
    text
}

/// The references of an expression that are not the beginning of the one before: Terraform lists each with all that it
/// passes through, the longest first.
pub(super) fn longest<'r>(references: impl IntoIterator<Item = &'r str>) -> Vec<&'r str> {
    let mut longest: Vec<&str> = vec![];
    let mut seen = HashSet::new();
    let mut above = "";
    for reference in references {
        let rest = above.strip_prefix(reference);
        let is_shorter = rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']));
        above = reference;
        if !is_shorter && seen.insert(reference) {
            longest.push(reference);
        }
    }
    longest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_traversal_has_names_and_keys() {
        let parts = parts(r#"module.a["x].y\""].b[0].c"#).unwrap();
        let expected = [
            Part::Name("module"),
            Part::Name("a"),
            Part::Key(r#""x].y\"""#),
            Part::Name("b"),
            Part::Key("0"),
            Part::Name("c"),
        ];
        assert_eq!(parts, expected);
        assert_eq!(expected[2].decoded(), "x].y\"");
        assert_eq!(super::parts("a..b"), None);
        assert_eq!(super::parts("a[\"b"), None);
        assert_eq!(super::parts("a[0]b"), None);
    }

    #[test]
    fn a_reference_begins_with_a_subject() {
        let of = |text: &'static str| {
            let parts = parts(text).unwrap();
            subject(&parts).map(|(subject, rest)| (subject, rest.len()))
        };
        let resource = |is_data, kind, name, key| Subject::Resource { is_data, kind, name, key };
        assert_eq!(of("aws_a.b[0].id"), Some((resource(false, "aws_a", "b", Some("0")), 1)));
        assert_eq!(of("data.aws_a.b"), Some((resource(true, "aws_a", "b", None), 0)));
        assert_eq!(of("var.a.b[1]"), Some((Subject::Variable("a"), 2)));
        assert_eq!(of("each.value.a"), Some((Subject::Value, 1)));
        assert_eq!(of("count.index"), Some((Subject::Key, 0)));
        let output = Subject::Output { call: "m", key: Some("\"k\""), output: "id" };
        assert_eq!(of("module.m[\"k\"].id"), Some((output, 0)));
        assert_eq!(of("module.m"), Some((Subject::Other, 0)));
        assert_eq!(of("local.a.b"), Some((Subject::Other, 0)));
        assert_eq!(of("aws_a"), None);
    }

    #[test]
    fn what_a_reference_passes_through_is_not_another() {
        let references =
            ["aws_a.b[0].id", "aws_a.b[0]", "aws_a.b", "aws_a.bc", "each.key", "aws_a.b[0].id"];
        assert_eq!(longest(references), ["aws_a.b[0].id", "aws_a.bc", "each.key"]);
    }
}
