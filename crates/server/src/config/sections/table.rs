//! Reading sections: every key is asked for or refused, and what is wrong names its place.

use std::borrow::Cow;
use std::cell::RefCell;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};
use vestibule_restapi::{Place, closest};
use zeroize::Zeroizing;

use super::super::environment::Environment;
use super::super::error::Error;
use super::super::file;
use super::super::origin::{Excerpt, Origin};
use super::super::value::ValueError;
use super::SECRETS;
use crate::limits::{QUOTED_CHARS_MAX, SECRET_FILE_BYTES_MAX, SECTION_ENTRIES_MAX};

const MASK: &str = "***";

/// What a section is read with.
#[derive(Clone, Copy)]
pub(in super::super) struct Context<'c> {
    pub(in super::super) file: &'c file::File<'c>,
    pub(in super::super) environment: &'c Environment,
    /// The folder of the settings file, against which its paths are read.
    pub(in super::super) folder: &'c Path,
    /// The files of secrets that were read.
    pub(in super::super) files: &'c RefCell<Vec<PathBuf>>,
}

/// What is wrong with a section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SectionError {
    /// In one line.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// Where; none of a secret's line.
    pub excerpt: Option<Box<Excerpt>>,
}

/// A text of a section.
#[derive(Debug, Clone)]
pub(super) struct Text {
    /// The key it stands at, with those it lies in: `users[0].name`.
    key: String,
    pub(super) value: String,
    excerpt: Box<Excerpt>,
}

/// A table of a section, whose keys are asked for one by one.
pub(super) struct Table<'c> {
    /// Its own key.
    key: String,
    entries: Vec<(&'c Spanned<Cow<'c, str>>, &'c Spanned<DeValue<'c>>)>,
    /// The line it begins in, which may have a secret.
    line: Origin,
    span: std::ops::Range<usize>,
    asked: Vec<&'static str>,
    context: Context<'c>,
}

/// What stands directly in a section.
pub(super) struct Entries<'c> {
    name: &'static str,
    value: &'c Spanned<DeValue<'c>>,
    context: Context<'c>,
}

impl<'c> Context<'c> {
    pub(super) fn excerpt(&self, span: std::ops::Range<usize>) -> Box<Excerpt> {
        self.file.excerpt(span)
    }

    fn error(&self, message: String, help: Option<String>, at: std::ops::Range<usize>) -> Error {
        Error::Section(SectionError { message, help, excerpt: Some(self.excerpt(at)) })
    }

    fn wrong_type(&self, key: &str, expected: &str, value: &Spanned<DeValue<'_>>) -> Error {
        let found = file::type_of(value.get_ref());
        let line = self.line(value.span());
        let message = format!("`{key}` ({line}) must be {expected}, this is {found}");
        // The value may be a secret.
        Error::Section(SectionError { message, help: None, excerpt: None })
    }

    /// Such as `vestibule.toml:12`.
    fn line(&self, at: std::ops::Range<usize>) -> Origin {
        Origin::File(self.excerpt(at))
    }

    fn text(&self, key: String, value: &Spanned<DeValue<'_>>) -> Result<Text, Error> {
        match value.get_ref().as_str() {
            Some(text) => {
                Ok(Text { key, value: text.to_owned(), excerpt: self.excerpt(value.span()) })
            }
            None => Err(self.wrong_type(&key, "a string", value)),
        }
    }

    fn table(&self, key: String, value: &'c Spanned<DeValue<'c>>) -> Result<Table<'c>, Error> {
        let Some(table) = value.get_ref().as_table() else {
            return Err(self.wrong_type(&key, "a table", value));
        };
        let (line, span, asked) = (self.line(value.span()), value.span(), Vec::new());
        Ok(Table { entries: in_order(table), key, line, span, asked, context: *self })
    }

    fn bounded<T>(&self, key: &str, of: &Spanned<DeValue<'_>>, found: &[T]) -> Result<(), Error> {
        if found.len() <= SECTION_ENTRIES_MAX {
            return Ok(());
        }
        let message = format!("`{key}` has more than {SECTION_ENTRIES_MAX} entries");
        Err(self.error(message, None, of.span()))
    }
}

/// The parser sorts by name; the first error is the first in the file.
fn in_order<'c>(
    table: &'c DeTable<'c>,
) -> Vec<(&'c Spanned<Cow<'c, str>>, &'c Spanned<DeValue<'c>>)> {
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    entries
}

impl<'c> Entries<'c> {
    pub(super) fn of(
        name: &'static str,
        value: &'c Spanned<DeValue<'c>>,
        context: Context<'c>,
    ) -> Entries<'c> {
        Entries { name, value, context }
    }

    /// The names of a table of strings, and the strings.
    pub(super) fn texts(self) -> Result<Vec<(Text, Text)>, Error> {
        let named = self.named()?;
        let text =
            |(name, value): (Text, _)| Ok((name.clone(), self.context.text(name.key, value)?));
        named.into_iter().map(text).collect()
    }

    /// The names of a table of tables, `[name."key"]`, and the tables.
    pub(super) fn tables(self) -> Result<Vec<(Text, Table<'c>)>, Error> {
        let named = self.named()?;
        let table =
            |(name, value): (Text, _)| Ok((name.clone(), self.context.table(name.key, value)?));
        named.into_iter().map(table).collect()
    }

    /// The tables of a list: `[[name]]`.
    pub(super) fn list(self) -> Result<Vec<Table<'c>>, Error> {
        list(self.name.to_owned(), self.value, self.context)
    }

    fn named(&self) -> Result<Vec<(Text, &'c Spanned<DeValue<'c>>)>, Error> {
        let Entries { name, value, context } = self;
        let Some(table) = value.get_ref().as_table() else {
            return Err(context.wrong_type(name, "a table", value));
        };
        let entries = in_order(table);
        context.bounded(name, value, &entries)?;
        let named = |(key, value): (&'c Spanned<Cow<'c, str>>, _)| {
            let text = key.get_ref().to_string();
            let excerpt = context.excerpt(key.span());
            (Text { key: format!("{name}.{text}"), value: text, excerpt }, value)
        };
        Ok(entries.into_iter().map(named).collect())
    }
}

fn list<'c>(
    key: String,
    value: &'c Spanned<DeValue<'c>>,
    context: Context<'c>,
) -> Result<Vec<Table<'c>>, Error> {
    let Some(items) = value.get_ref().as_array() else {
        return Err(context.wrong_type(&key, "an array of tables", value));
    };
    context.bounded(&key, value, items)?;
    let table = |(at, item)| context.table(format!("{key}[{at}]"), item);
    items.iter().enumerate().map(table).collect()
}

impl<'c> Table<'c> {
    /// The text at `key`, if there is one.
    pub(super) fn text(&mut self, key: &'static str) -> Result<Option<Text>, Error> {
        let Some(value) = self.value(key) else { return Ok(None) };
        self.context.text(self.below(key), value).map(Some)
    }

    /// The text at `key`.
    pub(super) fn required_text(&mut self, key: &'static str) -> Result<Text, Error> {
        self.text(key)?.ok_or_else(|| self.wrong(&format!("lacks `{key}`"), None))
    }

    /// The texts of the list at `key`; none without it.
    pub(super) fn texts(&mut self, key: &'static str) -> Result<Vec<Text>, Error> {
        let Some(value) = self.value(key) else { return Ok(Vec::new()) };
        let below = self.below(key);
        let Some(items) = value.get_ref().as_array() else {
            return Err(self.context.wrong_type(&below, "an array of strings", value));
        };
        self.context.bounded(&below, value, items)?;
        let text = |(at, item)| self.context.text(format!("{below}[{at}]"), item);
        items.iter().enumerate().map(text).collect()
    }

    /// The tables of the list at `key`; none without it.
    pub(super) fn list(&mut self, key: &'static str) -> Result<Vec<Table<'c>>, Error> {
        let below = self.below(key);
        self.value(key).map_or(Ok(Vec::new()), |value| list(below, value, self.context))
    }

    /// The paths of the list at `key`, against the folder of the settings file; none without it.
    pub(super) fn paths(&mut self, key: &'static str) -> Result<Vec<PathBuf>, Error> {
        let texts = self.texts(key)?;
        Ok(texts.iter().map(|text| self.context.folder.join(&text.value)).collect())
    }

    /// Where it begins, for findings about what is served.
    pub(super) fn definition(&self) -> Place {
        self.context.file.place(self.span.clone())
    }

    /// `true` or `false` at `key`, if there is one of them.
    pub(super) fn switch(&mut self, key: &'static str) -> Result<Option<bool>, Error> {
        let Some(value) = self.value(key) else { return Ok(None) };
        match value.get_ref().as_bool() {
            Some(is_true) => Ok(Some(is_true)),
            None => Err(self.context.wrong_type(&self.below(key), "`true` or `false`", value)),
        }
    }

    /// The table at `key`, if there is one.
    pub(super) fn table(&mut self, key: &'static str) -> Result<Option<Table<'c>>, Error> {
        let below = self.below(key);
        self.value(key).map(|value| self.context.table(below, value)).transpose()
    }

    /// The number of requests a second at `key`, if there is one; -1 is no limit.
    pub(super) fn rate(&mut self, key: &'static str) -> Result<Option<f64>, Error> {
        let Some(value) = self.value(key) else { return Ok(None) };
        let number: Option<f64> = match value.get_ref() {
            DeValue::Integer(number) if number.radix() == 10 => number.as_str().parse().ok(),
            DeValue::Float(number) => number.as_str().parse().ok(),
            _ => None,
        };
        let Some(rate) = number else {
            return Err(self.context.wrong_type(&self.below(key), "a number", value));
        };
        if rate.is_finite() && (rate >= 0.0 || rate == -1.0) {
            return Ok(Some(rate));
        }
        let message = format!("`{rate}` for `{}`: not a rate", self.below(key));
        let help = "write requests a second, 0 or more, or -1 for no limit";
        Err(self.context.error(message, Some(help.to_owned()), value.span()))
    }

    /// The whole number at `key`, if there is one.
    pub(super) fn whole(&mut self, key: &'static str) -> Result<Option<u32>, Error> {
        let Some(value) = self.value(key) else { return Ok(None) };
        let number = value.get_ref().as_integer().filter(|number| number.radix() == 10);
        let Some(number) = number.map(|number| number.as_str()) else {
            return Err(self.context.wrong_type(&self.below(key), "a whole number", value));
        };
        number.parse().map(Some).map_err(|_| {
            let message = format!("`{number}` for `{}`: not a number of requests", self.below(key));
            let help = format!("write 0 to {}", u32::MAX);
            self.context.error(message, Some(help), value.span())
        })
    }

    /// Where it begins, such as `vestibule.toml:12`.
    pub(super) fn place(&self) -> String {
        self.line.to_string()
    }

    /// The path at `key`, against the folder of the settings file.
    pub(super) fn path(&mut self, key: &'static str) -> Result<Option<(Text, PathBuf)>, Error> {
        let text = self.text(key)?;
        Ok(text.map(|text| {
            let path = self.context.folder.join(&text.value);
            (text, path)
        }))
    }

    /// The secret at `key`, or where `{key}_env` or `{key}_file` says that it is; none without any of them. White space around
    /// it does not count.
    pub(super) fn secret(
        &mut self,
        key: &'static str,
        key_env: &'static str,
        key_file: &'static str,
    ) -> Result<Option<Zeroizing<String>>, Error> {
        let written = self.text(key)?.map(|text| Zeroizing::new(text.value));
        let variable = self.text(key_env)?;
        let file = self.path(key_file)?;
        let found = match (written, variable, file) {
            (None, None, None) => return Ok(None),
            (Some(secret), None, None) => secret,
            (None, Some(name), None) => self.of_environment(&name)?,
            (None, None, Some((name, path))) => {
                let found = of_file(&name, &path)?;
                self.context.files.borrow_mut().push(path);
                found
            }
            _ => {
                let says = format!("says more than one of `{key}`, `{key_env}` and `{key_file}`");
                return Err(self.wrong(&says, Some("say one of them".to_owned())));
            }
        };
        if found.trim().is_empty() {
            return Err(self.wrong(&format!("has an empty `{key}`"), None));
        }
        Ok(Some(Zeroizing::new(found.trim().to_owned())))
    }

    fn of_environment(&self, name: &Text) -> Result<Zeroizing<String>, Error> {
        match self.context.environment.text(&name.value)? {
            Some(text) => Ok(Zeroizing::new(text.to_owned())),
            None => Err(name.wrong(
                format!("`{}`: the environment has no variable `{}`", name.key, name.value),
                Some("set it, or name another".to_owned()),
            )),
        }
    }

    /// Refuses what nobody asked for.
    pub(super) fn finish(self) -> Result<(), Error> {
        let unknown = self
            .entries
            .iter()
            .find(|(key, _)| !self.asked.iter().any(|asked| *asked == key.get_ref()));
        let Some((key, _)) = unknown else { return Ok(()) };
        let help = match closest(key.get_ref(), self.asked.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("it has {}", quoted(&self.asked)),
        };
        let message = format!("unknown key `{}` in `{}`", key.get_ref(), self.key);
        Err(self.context.error(message, Some(help), key.span()))
    }

    /// What is wrong with the whole table: it `says` this.
    pub(super) fn wrong(&self, says: &str, help: Option<String>) -> Error {
        let message = format!("`{}` ({}) {says}", self.key, self.line);
        Error::Section(SectionError { message, help, excerpt: None })
    }

    fn below(&self, key: &str) -> String {
        format!("{}.{key}", self.key)
    }

    fn value(&mut self, key: &'static str) -> Option<&'c Spanned<DeValue<'c>>> {
        self.asked.push(key);
        self.entries.iter().find(|(known, _)| known.get_ref() == key).map(|(_, value)| *value)
    }
}

fn of_file(name: &Text, path: &Path) -> Result<Zeroizing<String>, Error> {
    let unreadable = |reason: String| {
        name.wrong(format!("`{}`: cannot read `{}`: {reason}", name.key, path.display()), None)
    };
    let file = File::open(path).map_err(|error| unreadable(file::reason(&error)))?;
    let mut text = Zeroizing::new(String::new());
    let read = file.take(SECRET_FILE_BYTES_MAX + 1).read_to_string(&mut text);
    read.map_err(|error| unreadable(file::reason(&error)))?;
    if text.len() as u64 > SECRET_FILE_BYTES_MAX {
        return Err(unreadable(format!("it is longer than {SECRET_FILE_BYTES_MAX} bytes")));
    }
    Ok(text)
}

impl Text {
    /// What is wrong with it.
    pub(super) fn invalid(&self, error: ValueError) -> Error {
        let cut: String = self.value.chars().take(QUOTED_CHARS_MAX).collect();
        let dots = if cut.len() < self.value.len() { "..." } else { "" };
        let message = format!("`{cut}{dots}` for `{}`: {}", self.key, error.reason);
        self.wrong(message, Some(error.help.to_owned()))
    }

    /// The same in words of the caller's.
    pub(super) fn wrong(&self, message: String, help: Option<String>) -> Error {
        Error::Section(SectionError { message, help, excerpt: Some(self.excerpt.clone()) })
    }
}

fn quoted(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// A value as it may be shown.
pub(super) fn shown(value: &DeValue<'_>) -> toml::Value {
    match value {
        DeValue::String(text) => text.to_string().into(),
        DeValue::Integer(number) => number.to_string().parse().map_or_else(
            |_| toml::Value::from(number.to_string()),
            |number: i64| toml::Value::Integer(number),
        ),
        DeValue::Float(number) => number.to_string().parse().map_or_else(
            |_| toml::Value::from(number.to_string()),
            |number: f64| toml::Value::Float(number),
        ),
        DeValue::Boolean(is_true) => (*is_true).into(),
        DeValue::Datetime(time) => (*time).into(),
        DeValue::Array(items) => {
            toml::Value::Array(items.iter().map(|item| shown(item.get_ref())).collect())
        }
        DeValue::Table(table) => {
            let entry = |(key, value): (&Spanned<Cow<'_, str>>, &Spanned<DeValue<'_>>)| {
                let name = key.get_ref().to_string();
                match SECRETS.contains(&&*name) {
                    true => (name, MASK.into()),
                    false => (name, shown(value.get_ref())),
                }
            };
            toml::Value::Table(table.iter().map(entry).collect())
        }
    }
}
