//! Reading `vestibule.toml`: the only place that reads a file for settings.
//! It knows which keys and TOML types there may be; what the values mean is `resolved`'s.

use std::cell::RefCell;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::environment::Environment;
use super::error::Error;
use super::layers::{Given, Layer, Piece};
use super::origin::{Excerpt, Origin};
use super::raw::{SETTINGS, Setting, Shape};
use super::sections::{Context, SECTIONS, Sections};
use vestibule_restapi::{Document, Place, closest};

use crate::limits::{FILES_MAX, SETTINGS_FILE_BYTES_MAX};

/// Reads the settings file at `path`; nothing when `path` is only the default and no file is
/// there.
pub(super) fn read(
    path: &Path,
    is_default: bool,
    environment: &Environment,
) -> Result<Option<(Layer, Sections)>, Error> {
    let unreadable =
        |error: std::io::Error| Error::Unreadable { path: path.to_owned(), reason: reason(&error) };
    let file = match std::fs::File::open(path) {
        Err(error) if is_default && error.kind() == std::io::ErrorKind::NotFound => {
            return Ok(None);
        }
        opened => opened.map_err(unreadable)?,
    };
    let mut bytes = Vec::new();
    let read =
        file.take(SETTINGS_FILE_BYTES_MAX + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if read as u64 > SETTINGS_FILE_BYTES_MAX {
        return Err(Error::TooLong { path: path.to_owned() });
    }
    let source = String::from_utf8(bytes).map_err(|_| Error::NotText { path: path.to_owned() })?;
    parse(path, &source, environment).map(Some)
}

pub(super) fn reason(error: &std::io::Error) -> String {
    use std::io::ErrorKind;
    match error.kind() {
        ErrorKind::NotFound => "no such file".to_owned(),
        ErrorKind::PermissionDenied => "permission denied".to_owned(),
        ErrorKind::IsADirectory => "it is a folder".to_owned(),
        _ => error.to_string(),
    }
}

fn parse(path: &Path, source: &str, environment: &Environment) -> Result<(Layer, Sections), Error> {
    let name = path.display().to_string();
    let file = File { document: Document::new(name.clone(), source), name, source };
    let table = DeTable::parse(source).map_err(|error| Error::Syntax {
        reason: error.message().lines().next().unwrap_or("unreadable").to_owned(),
        excerpt: file.excerpt(error.span().unwrap_or(source.len()..source.len())),
    })?;
    let table = table.get_ref();
    match table.get("version") {
        None => return Err(Error::VersionMissing { path: path.to_owned() }),
        Some(version) if is_one(version.get_ref()) => {}
        Some(version) => {
            return Err(Error::VersionUnknown { excerpt: file.excerpt(version.span()) });
        }
    }
    // The parser sorts by name; the first error is the first in the file.
    let mut entries: Vec<_> = table.iter().filter(|(key, _)| key.get_ref() != "version").collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    let (mut layer, mut sections) = (Layer::default(), Sections::default());
    let folder = path.parent().unwrap_or(Path::new(""));
    let files = RefCell::default();
    let context = Context { file: &file, environment, folder, files: &files };
    for (key, value) in entries {
        if sections.read(key, value, context)? {
            continue;
        }
        let setting = file.setting(key)?;
        layer.set(setting, file.given(setting, key, value)?);
    }
    sections.files = files.into_inner();
    Ok((layer, sections))
}

fn is_one(value: &DeValue<'_>) -> bool {
    value.as_integer().is_some_and(|number| number.radix() == 10 && number.as_str() == "1")
}

/// The settings file, for showing places in it.
pub(super) struct File<'s> {
    name: String,
    source: &'s str,
    document: Arc<Document>,
}

impl File<'_> {
    pub(super) fn excerpt(&self, span: std::ops::Range<usize>) -> Box<Excerpt> {
        Box::new(Excerpt::new(&self.name, self.source, span))
    }

    /// A place for findings about what is served.
    pub(super) fn place(&self, span: std::ops::Range<usize>) -> Place {
        Place::new(&self.document, span, "")
    }

    fn setting(&self, key: &Spanned<std::borrow::Cow<'_, str>>) -> Result<&'static Setting, Error> {
        let sections = || SECTIONS.iter().map(|section| section.name);
        let known = || SETTINGS.iter().filter(|setting| setting.in_file);
        known().find(|setting| setting.name == key.get_ref()).copied().ok_or_else(|| {
            Error::UnknownKey {
                key: key.get_ref().to_string(),
                near: closest(key.get_ref(), known().map(|setting| setting.name).chain(sections())),
                excerpt: self.excerpt(key.span()),
            }
        })
    }

    fn given(
        &self,
        setting: &'static Setting,
        key: &Spanned<std::borrow::Cow<'_, str>>,
        value: &Spanned<DeValue<'_>>,
    ) -> Result<Given, Error> {
        let pieces = match setting.shape {
            Shape::Text | Shape::Path | Shape::Switch | Shape::Number => {
                vec![self.piece(setting, setting.shape, value)?]
            }
            Shape::Paths | Shape::Names => self.list(setting, value)?,
            Shape::Pairs => self.pairs(setting, value)?,
        };
        Ok(Given { pieces, origin: Origin::File(self.excerpt(key.span())) })
    }

    // No list or table may have more entries than `FILES_MAX`: what is past it is not read, the
    // first of it is refused later.
    fn list(
        &self,
        setting: &'static Setting,
        value: &Spanned<DeValue<'_>>,
    ) -> Result<Vec<Piece>, Error> {
        let Some(items) = value.get_ref().as_array() else {
            return Err(self.wrong_type(setting, "an array of strings", value));
        };
        let items = items.iter().take(FILES_MAX + 1);
        items.map(|item| self.piece(setting, Shape::Text, item)).collect()
    }

    fn pairs(
        &self,
        setting: &'static Setting,
        value: &Spanned<DeValue<'_>>,
    ) -> Result<Vec<Piece>, Error> {
        let Some(table) = value.get_ref().as_table() else {
            return Err(self.wrong_type(setting, "a table of strings", value));
        };
        let mut entries: Vec<_> = table.iter().collect();
        entries.sort_by_key(|(name, _)| name.span().start);
        let pair = |(name, value): (&Spanned<std::borrow::Cow<'_, str>>, &Spanned<DeValue<'_>>)| {
            let piece = self.piece(setting, Shape::Text, value)?;
            Ok(Piece {
                name: name.get_ref().to_string(),
                origin: Origin::File(self.excerpt(name.span().start..value.span().end)),
                ..piece
            })
        };
        entries.into_iter().take(FILES_MAX + 1).map(pair).collect()
    }

    fn piece(
        &self,
        setting: &'static Setting,
        shape: Shape,
        value: &Spanned<DeValue<'_>>,
    ) -> Result<Piece, Error> {
        let (expected, text) = match shape {
            Shape::Switch => {
                ("`true` or `false`", value.get_ref().as_bool().map(|is_true| is_true.to_string()))
            }
            Shape::Number => (
                "a whole number",
                value
                    .get_ref()
                    .as_integer()
                    .filter(|number| number.radix() == 10)
                    .map(|number| number.as_str().to_owned()),
            ),
            Shape::Text | Shape::Path | Shape::Paths | Shape::Names | Shape::Pairs => {
                ("a string", value.get_ref().as_str().map(str::to_owned))
            }
        };
        let origin = Origin::File(self.excerpt(value.span()));
        text.map(|text| Piece::text(text, origin))
            .ok_or_else(|| self.wrong_type(setting, expected, value))
    }

    fn wrong_type(
        &self,
        setting: &'static Setting,
        expected: &'static str,
        value: &Spanned<DeValue<'_>>,
    ) -> Error {
        let found = type_of(value.get_ref());
        Error::WrongType { setting, expected, found, excerpt: self.excerpt(value.span()) }
    }
}

/// What a value is called.
pub(super) fn type_of(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "a boolean",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "an array",
        DeValue::Table(_) => "a table",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_bytes(bytes: &[u8]) -> Result<Option<(Layer, Sections)>, Error> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("vestibule.toml");
        std::fs::write(&path, bytes).unwrap();
        read(&path, false, &Environment::default())
    }

    fn message(bytes: &[u8]) -> String {
        let message = read_bytes(bytes).unwrap_err().message();
        // The folder is another each time.
        match message.split_once("`/") {
            Some((head, tail)) => {
                format!("{head}`F{}", tail.split_once("/vestibule.toml").unwrap().1)
            }
            None => message,
        }
    }

    #[test]
    fn a_file_past_1_mib_is_refused() {
        let mut bytes = b"version = 1\n#".to_vec();
        bytes.resize(1024 * 1024, b'x');
        assert!(read_bytes(&bytes).unwrap().is_some());
        bytes.push(b'x');
        assert_eq!(message(&bytes), "the settings file `F` is longer than 1048576 bytes");
    }

    #[test]
    fn a_file_that_is_not_utf8_is_refused() {
        assert_eq!(message(b"version = 1 # \xff"), "the settings file `F` is not UTF-8 text");
    }

    #[test]
    fn a_deep_file_is_refused() {
        let deep = format!("version = 1\nstage = {}", "[".repeat(100_000));
        assert_eq!(
            message(deep.as_bytes()),
            "not TOML: cannot recurse further; max recursion depth met"
        );
        let deep = format!("version = 1\n{}x = 1", "a.".repeat(100_000));
        assert_eq!(message(deep.as_bytes()), "not TOML: recursion limit");
    }

    #[test]
    fn an_endless_list_is_not_read_to_its_end() {
        let long = format!("version = 1\nseed = [{}]", r#""x","#.repeat(200_000));
        let (layer, _) = read_bytes(long.as_bytes()).unwrap().unwrap();
        assert_eq!(layer.get(&super::super::raw::SEED).unwrap().pieces.len(), FILES_MAX + 1);
    }
}
