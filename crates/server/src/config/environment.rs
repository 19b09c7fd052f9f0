//! What the environment says about settings. The variables are handed in as a map: only `main`
//! asks the system for them. An empty variable counts as absent, as AWS's tools have it.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};

use vestibule_restapi::closest;

use super::error::Error;
use super::layers::{Given, Layer, Piece};
use super::origin::Origin;
use super::raw::{SETTINGS, Setting, Shape};
use super::value::ValueError;

/// How every variable of ours begins.
const PREFIX: &str = "VESTIBULE_";

/// The variables of a process's environment.
#[derive(Debug, Clone, Default)]
pub struct Environment(BTreeMap<OsString, OsString>);

/// A variable that looks like a setting and is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// The variable.
    pub name: String,
    /// A known variable that is written much like it.
    pub near: Option<String>,
}

impl FromIterator<(OsString, OsString)> for Environment {
    fn from_iter<I: IntoIterator<Item = (OsString, OsString)>>(variables: I) -> Self {
        Self(variables.into_iter().collect())
    }
}

impl Environment {
    /// Tells whether the variable is there and not empty.
    pub fn has(&self, name: &str) -> bool {
        self.value(name).is_some()
    }

    /// Returns the text of a variable that is there and not empty.
    pub(super) fn text(&self, name: &str) -> Result<Option<&str>, Error> {
        match self.value(name) {
            None => Ok(None),
            Some(value) => match value.to_str() {
                Some(text) => Ok(Some(text)),
                None => Err(Error::VariableNotText { name: name.to_owned() }),
            },
        }
    }

    /// Returns a variable that is there and not empty.
    pub(crate) fn value(&self, name: &str) -> Option<&OsStr> {
        self.0.get(OsStr::new(name)).map(OsString::as_os_str).filter(|value| !value.is_empty())
    }

    /// Reads what the environment says, and what it seems to want to say.
    pub(super) fn read(&self) -> Result<(Layer, Vec<Warning>), Error> {
        let mut layer = Layer::default();
        for setting in SETTINGS {
            if let Some(given) = self.given(setting)? {
                layer.set(setting, given);
            }
        }
        Ok((layer, self.warnings()))
    }

    fn given(&self, setting: &'static Setting) -> Result<Option<Given>, Error> {
        for name in setting.variables() {
            let Some(value) = self.value(name) else { continue };
            let Some(text) = value.to_str() else {
                return Err(Error::VariableNotText { name: name.to_owned() });
            };
            let origin = Origin::Environment(name);
            let pieces = pieces(setting, text, &origin)?;
            return Ok(Some(Given { pieces, origin }));
        }
        Ok(None)
    }

    fn warnings(&self) -> Vec<Warning> {
        let known = || SETTINGS.iter().map(|setting| setting.variable);
        // Without their common beginning: with it every name is near every other.
        let tails = || known().filter_map(|name| name.strip_prefix(PREFIX));
        self.0
            .keys()
            .filter_map(|name| name.to_str())
            .filter(|name| !is_service_link(name))
            .filter_map(|name| Some((name, name.strip_prefix(PREFIX)?)))
            .filter(|(name, _)| known().all(|known| known != *name))
            .map(|(name, tail)| Warning {
                name: name.to_owned(),
                near: closest(tail, tails()).map(|near| format!("{PREFIX}{near}")),
            })
            .collect()
    }
}

/// Kubernetes sets such variables in every pod beside a service named `vestibule`.
fn is_service_link(name: &str) -> bool {
    name == "VESTIBULE_PORT"
        || name.starts_with("VESTIBULE_PORT_")
        || name.starts_with("VESTIBULE_SERVICE_")
}

fn pieces(setting: &'static Setting, text: &str, origin: &Origin) -> Result<Vec<Piece>, Error> {
    let plain = |text: String| Piece::text(text, origin.clone());
    Ok(match setting.shape {
        Shape::Text | Shape::Switch | Shape::Number | Shape::Path => vec![plain(text.to_owned())],
        Shape::Paths => std::env::split_paths(text)
            .map(|path| plain(path.to_string_lossy().into_owned()))
            .collect(),
        Shape::Names => text.split_whitespace().map(|name| plain(name.to_owned())).collect(),
        Shape::Pairs => text
            .split_whitespace()
            .map(|word| pair(setting, word, origin))
            .collect::<Result<_, _>>()?,
    })
}

/// Returns the pair that `word` says.
pub(super) fn pair(setting: &'static Setting, word: &str, origin: &Origin) -> Result<Piece, Error> {
    Piece::pair(word, origin.clone()).ok_or_else(|| Error::Value {
        setting,
        text: word.to_owned(),
        origin: origin.clone(),
        error: ValueError { reason: "no `=` in it", help: "write it like `name=value`" },
    })
}

#[cfg(test)]
mod tests {
    use std::os::unix::ffi::OsStringExt;

    use super::super::{Flags, load};
    use super::*;

    fn message(name: &str, value: &str) -> String {
        let environment = [(name.into(), value.into())].into_iter().collect();
        load(&Flags::default(), &environment).unwrap_err().message()
    }

    #[test]
    fn a_variable_that_is_not_utf8_is_refused() {
        let variable = ("AWS_REGION".into(), OsString::from_vec(vec![0xff]));
        let environment: Environment = [variable].into_iter().collect();
        let error = load(&Flags::default(), &environment).unwrap_err();
        assert_eq!(error, Error::VariableNotText { name: "AWS_REGION".to_owned() });
    }

    #[test]
    fn lists_end_at_their_limits() {
        assert_eq!(
            message("VESTIBULE_SEED", &vec!["x"; 1_001].join(":")),
            "`x` for `VESTIBULE_SEED`: more than 1,000 files"
        );
        assert_eq!(
            message("VESTIBULE_ADMIN_HOSTS", &vec!["a"; 101].join(" ")),
            "`a` for `VESTIBULE_ADMIN_HOSTS`: more than 100 names"
        );
    }
}
