//! A context for tests: keys and their values.

use std::borrow::Cow;

use vestibule_iam::{Facts, Values};

/// Keys in lower case, and their values.
#[derive(Clone, Debug, Default)]
pub(crate) struct Context(Vec<(String, Vec<String>)>);

impl Context {
    /// With a key and its values.
    pub(crate) fn with(mut self, key: &str, values: &[&str]) -> Context {
        let values = values.iter().map(|value| (*value).to_owned()).collect();
        self.0.push((key.to_ascii_lowercase(), values));
        self
    }
}

impl Facts for Context {
    fn values(&self, key: &str) -> Option<Values<'_>> {
        let (_, values) = self.0.iter().find(|(name, _)| name == key)?;
        Some(values.iter().map(|value| Cow::Borrowed(value.as_str())).collect())
    }
}
