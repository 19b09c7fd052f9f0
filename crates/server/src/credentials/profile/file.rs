//! The form of AWS's shared files: sections in brackets, `name = value` lines, and lines that go on from the one before. As AWS's SDKs
//! read it: their own test cases are run below.

use std::collections::BTreeMap;

use super::Properties;

/// What counts as white space here.
const WHITE: [char; 2] = [' ', '\t'];

/// Which of the two files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::credentials) enum Kind {
    /// Its profiles are called `[profile NAME]`, but for `[default]`.
    Config,
    /// Its profiles are called `[NAME]`.
    Credentials,
}

/// The section that a line stands in.
struct Section {
    /// The profile that it is of; none of another kind of section, or one with a name that is none.
    profile: Option<String>,
    /// The property that a further line goes on from, and whether that is a group of further ones.
    property: Option<(String, bool)>,
}

/// The profiles of a file by name. What is no section of a profile is left out.
///
/// # Errors
/// The first line that is none, with its number and none of its words.
pub(super) fn parse(text: &str, kind: Kind) -> Result<BTreeMap<String, Properties>, String> {
    let mut profiles = BTreeMap::<String, Properties>::new();
    // `[profile default]` counts, and `[default]` beside it does not.
    let has_prefixed_default = kind == Kind::Config
        && text.lines().filter_map(heading).any(|name| words(name) == ("profile", "default"));
    let mut section: Option<Section> = None;
    for (index, line) in text.lines().enumerate() {
        let wrong = |what: &str| format!("line {}: {what}", index + 1);
        if line.trim_matches(WHITE).is_empty() || line.starts_with(['#', ';']) {
            continue;
        }
        if line.starts_with('[') {
            let heading =
                heading(line).ok_or_else(|| wrong("a section that does not end with `]`"))?;
            let is_hidden = has_prefixed_default && words(heading) == ("", "default");
            let profile = profile(heading, kind).filter(|_| !is_hidden);
            if let Some(profile) = &profile {
                profiles.entry(profile.clone()).or_default();
            }
            section = Some(Section { profile, property: None });
            continue;
        }
        let section = section.as_mut().ok_or_else(|| wrong("it stands in no section"))?;
        let properties = section.profile.as_ref().and_then(|profile| profiles.get_mut(profile));
        if line.starts_with(WHITE) {
            go_on(section, properties, line).map_err(wrong)?;
        } else {
            let (name, value) = property(line).map_err(wrong)?;
            if let Some(properties) = properties.filter(|_| is_identifier(&name)) {
                properties.insert(name.clone(), value.to_owned());
            }
            section.property = Some((name, value.is_empty()));
        }
    }
    Ok(profiles)
}

/// Takes a line that goes on from the one before.
fn go_on(
    section: &Section,
    properties: Option<&mut Properties>,
    line: &str,
) -> Result<(), &'static str> {
    let (name, is_group) = section.property.as_ref().ok_or("it goes on from no other line")?;
    if *is_group {
        property(line)?;
    }
    if let Some(value) = properties.and_then(|properties| properties.get_mut(name)) {
        value.push('\n');
        value.push_str(line.trim_matches(WHITE));
    }
    Ok(())
}

/// What stands in the brackets of a section's line; none of another line.
fn heading(line: &str) -> Option<&str> {
    let line = line.split(['#', ';']).next().unwrap_or_default();
    line.trim_matches(WHITE).strip_prefix('[')?.strip_suffix(']')
}

/// The word before a name, and the name.
fn words(heading: &str) -> (&str, &str) {
    let heading = heading.trim_matches(WHITE);
    match heading.split_once(WHITE) {
        Some((prefix, name)) => (prefix, name.trim_matches(WHITE)),
        None => ("", heading),
    }
}

/// The profile that a section is of.
fn profile(heading: &str, kind: Kind) -> Option<String> {
    let name = match (kind, words(heading)) {
        (Kind::Config, ("profile", name)) => name,
        (Kind::Config, ("", "default")) => "default",
        (Kind::Credentials, ("", name)) => name,
        (Kind::Config | Kind::Credentials, _) => return None,
    };
    is_identifier(name).then(|| name.to_owned())
}

/// The name, in lower case, and the value of a line.
fn property(line: &str) -> Result<(String, &str), &'static str> {
    let line = without_comment(line).trim_matches(WHITE);
    let (name, value) = line.split_once('=').ok_or("it has no `=`")?;
    let (name, value) = (name.trim_matches(WHITE), value.trim_matches(WHITE));
    if name.is_empty() {
        return Err("it has no name before its `=`");
    }
    Ok((name.to_ascii_lowercase(), value))
}

/// A comment begins behind white space.
fn without_comment(line: &str) -> &str {
    let starts = line.match_indices(['#', ';']);
    let mut starts = starts.map(|(at, _)| at).filter(|at| {
        let before = line.get(..*at).unwrap_or_default();
        before.ends_with(char::is_whitespace)
    });
    starts.next().and_then(|at| line.get(..at)).unwrap_or(line)
}

fn is_identifier(name: &str) -> bool {
    let is_of_name = |b: u8| b.is_ascii_alphanumeric() || b"_-/.%@:+".contains(&b);
    name.bytes().all(is_of_name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    /// The profiles of both files as JSON, or the first error.
    fn read(input: &Value) -> Result<Value, String> {
        let mut profiles = BTreeMap::<String, Properties>::new();
        for (file, kind) in [("configFile", Kind::Config), ("credentialsFile", Kind::Credentials)] {
            let text = input.get(file).and_then(Value::as_str).unwrap_or_default();
            for (name, properties) in parse(text, kind)? {
                profiles.entry(name).or_default().extend(properties);
            }
        }
        Ok(serde_json::to_value(profiles).unwrap())
    }

    // Source: AWS's own test cases of the files, as the package aws-runtime 1.10.2 has them (Apache-2.0). What is said of a line
    // that is none is ours.
    #[test]
    fn aws_own_cases_are_read_as_aws_reads_them() {
        let cases: Value = serde_json::from_str(include_str!("parser-tests.json")).unwrap();
        let cases = cases["tests"].as_array().unwrap();
        assert_eq!(cases.len(), 65);
        for case in cases {
            let expected = case["output"].get("config").map(|config| &config["profiles"]);
            let read = read(&case["input"]);
            assert_eq!(read.as_ref().ok(), expected, "{}: {read:?}", case["name"]);
        }
    }

    // Source: inferred (ours): whatever is left of a file is read, or its line named.
    #[test]
    fn what_breaks_off_is_read_or_named() {
        let cases: Value = serde_json::from_str(include_str!("parser-tests.json")).unwrap();
        for case in cases["tests"].as_array().unwrap() {
            let text = case["input"]["configFile"].as_str().unwrap_or_default();
            for (end, _) in text.char_indices() {
                let begun = text.get(..end).unwrap();
                for kind in [Kind::Config, Kind::Credentials] {
                    if let Err(why) = parse(begun, kind) {
                        let lines = begun.lines().count();
                        let named = (1..=lines).any(|n| why.starts_with(&format!("line {n}: ")));
                        assert!(named, "{why}: {begun:?}");
                    }
                }
            }
        }
    }

    // Source: inferred (ours).
    #[test]
    fn a_line_that_is_none_is_named_by_its_number_and_not_shown() {
        for (text, why) in [
            ("hunter2 = 1", "line 1: it stands in no section"),
            ("[default\nhunter2 = 1", "line 1: a section that does not end with `]`"),
            ("[default]\n\nhunter2", "line 3: it has no `=`"),
            ("[default]\n= hunter2", "line 2: it has no name before its `=`"),
            ("[default]\n hunter2", "line 2: it goes on from no other line"),
            ("[default]\ns3 =\n hunter2", "line 3: it has no `=`"),
        ] {
            assert_eq!(parse(text, Kind::Config).unwrap_err(), why);
        }
    }
}
