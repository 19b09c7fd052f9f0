//! What can be wrong with settings, each with its place and its remedy.

use std::path::PathBuf;

use super::origin::{Excerpt, Origin};
use super::raw::{Sensitivity, Setting};
use super::sections::SectionError;
use super::value::ValueError;
use crate::limits::{QUOTED_CHARS_MAX, SETTINGS_FILE_BYTES_MAX};

/// Why the settings cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Error {
    /// The settings file cannot be read.
    Unreadable {
        /// The file as named.
        path: PathBuf,
        /// The system's reason in a few words.
        reason: String,
    },
    /// The settings file is longer than [`SETTINGS_FILE_BYTES_MAX`].
    TooLong {
        /// The file as named.
        path: PathBuf,
    },
    /// The settings file is not UTF-8 text.
    NotText {
        /// The file as named.
        path: PathBuf,
    },
    /// The settings file is not TOML.
    Syntax {
        /// The parser's reason.
        reason: String,
        /// Where.
        excerpt: Box<Excerpt>,
    },
    /// The settings file does not say `version`.
    VersionMissing {
        /// The file as named.
        path: PathBuf,
    },
    /// The settings file is of a version this program does not know.
    VersionUnknown {
        /// Where.
        excerpt: Box<Excerpt>,
    },
    /// A key of the settings file is no setting.
    UnknownKey {
        /// The key.
        key: String,
        /// A setting that is written much like it.
        near: Option<&'static str>,
        /// Where.
        excerpt: Box<Excerpt>,
    },
    /// A value of the settings file has the wrong TOML type.
    WrongType {
        /// Whose value.
        setting: &'static Setting,
        /// What it must be.
        expected: &'static str,
        /// What it is.
        found: &'static str,
        /// Where.
        excerpt: Box<Excerpt>,
    },
    /// Something in a section of the settings file.
    Section(SectionError),
    /// A variable of the environment is not UTF-8 text.
    VariableNotText {
        /// Its name.
        name: String,
    },
    /// A variable of the environment that is no setting does not mean anything.
    Variable {
        /// Its name.
        name: String,
        /// What is wrong.
        reason: &'static str,
        /// What would be right.
        help: &'static str,
    },
    /// A value does not mean anything.
    Value {
        /// Whose value.
        setting: &'static Setting,
        /// The value as it was written.
        text: String,
        /// Where it was written.
        origin: Origin,
        /// What is wrong with it.
        error: ValueError,
    },
    /// `data` and `ephemeral` are both said.
    DataAndEphemeral {
        /// Who said `data`.
        data: Origin,
        /// Who said `ephemeral`.
        ephemeral: Origin,
    },
    /// `dynamodb` names a store that is not forgotten at the end, and `ephemeral` is said.
    RemoteAndEphemeral {
        /// Who said `dynamodb`.
        dynamodb: Origin,
        /// Who said `ephemeral`.
        ephemeral: Origin,
    },
    /// Of `tls_certificate` and `tls_key` one alone is said.
    HalfOfTls {
        /// The one that is said.
        given: &'static Setting,
        /// Who said it.
        origin: Origin,
        /// The other.
        missing: &'static Setting,
    },
    /// Of two of AWS's variables that belong together one alone is said.
    HalfOfCredentials {
        /// The one that is said.
        given: &'static str,
        /// The other.
        missing: &'static str,
    },
    /// Two listeners have one address.
    SameAddress {
        /// The setting of the one.
        first: &'static Setting,
        /// The setting of the other.
        second: &'static Setting,
        /// The address.
        address: std::net::SocketAddr,
    },
}

impl Error {
    /// Returns what is wrong, in one line.
    pub fn message(&self) -> String {
        match self {
            Self::Unreadable { path, reason } => {
                format!("cannot read the settings file `{}`: {reason}", path.display())
            }
            Self::TooLong { path } => format!(
                "the settings file `{}` is longer than {SETTINGS_FILE_BYTES_MAX} bytes",
                path.display()
            ),
            Self::NotText { path } => {
                format!("the settings file `{}` is not UTF-8 text", path.display())
            }
            Self::Syntax { reason, .. } => format!("not TOML: {reason}"),
            Self::VersionMissing { path } => {
                format!("the settings file `{}` does not say its version", path.display())
            }
            Self::VersionUnknown { .. } => "unknown version of the settings file".to_owned(),
            Self::UnknownKey { key, .. } => format!("unknown setting `{key}`"),
            Self::WrongType { setting, expected, found, .. } => {
                format!("`{}` must be {expected}, this is {found}", setting.name)
            }
            Self::Section(SectionError { message, .. }) => message.clone(),
            Self::VariableNotText { name } => format!("the variable `{name}` is not UTF-8 text"),
            // Its value may have a key in it.
            Self::Variable { name, reason, .. } => format!("the variable `{name}`: {reason}"),
            Self::Value { setting, text, origin, error } => {
                value_message(setting, text, origin, error)
            }
            Self::DataAndEphemeral { data, ephemeral } => {
                format!("`data` ({data}) and `ephemeral` ({ephemeral}) contradict each other")
            }
            Self::RemoteAndEphemeral { dynamodb, ephemeral } => {
                format!(
                    "`dynamodb` ({dynamodb}) and `ephemeral` ({ephemeral}) contradict each other"
                )
            }
            Self::HalfOfTls { given, origin, missing } => {
                format!("`{}` ({origin}) is said without `{}`", given.name, missing.name)
            }
            Self::HalfOfCredentials { given, missing } => {
                format!("`{given}` is set without `{missing}`")
            }
            Self::SameAddress { first, second, address } => {
                format!("`{}` and `{}` are both `{address}`", first.name, second.name)
            }
        }
    }

    /// Returns what to do about it.
    pub fn help(&self) -> Option<String> {
        match self {
            Self::Unreadable { .. } => Some("name another with `--config`".to_owned()),
            Self::TooLong { .. } | Self::NotText { .. } | Self::Syntax { .. } => None,
            Self::VersionMissing { .. } => Some("begin it with `version = 1`".to_owned()),
            Self::VersionUnknown { .. } => Some("write `version = 1`".to_owned()),
            Self::UnknownKey { near, .. } => Some(near.map_or_else(
                || "`vestibule config` lists the settings".to_owned(),
                |near| format!("did you mean `{near}`?"),
            )),
            Self::WrongType { .. } => None,
            Self::Section(SectionError { help, .. }) => help.clone(),
            Self::VariableNotText { .. } => Some("set it to plain text or unset it".to_owned()),
            Self::Variable { help, .. } => Some((*help).to_owned()),
            Self::Value { error, .. } => Some(error.help.to_owned()),
            Self::DataAndEphemeral { .. } => Some("say one of them".to_owned()),
            Self::RemoteAndEphemeral { .. } => {
                Some("only the embedded store is forgotten at the end: say one of them".to_owned())
            }
            Self::HalfOfTls { missing, .. } => {
                Some(format!("say both or neither: give `{}` too", missing.flag_text()))
            }
            Self::HalfOfCredentials { .. } => Some("set both or neither".to_owned()),
            Self::SameAddress { second, .. } => {
                Some(format!("give `{}` another port, or `off`", second.flag_text()))
            }
        }
    }

    /// Returns the place in the settings file, where there is one. The line of a secret is not
    /// shown.
    pub fn excerpt(&self) -> Option<&Excerpt> {
        match self {
            Self::Syntax { excerpt, .. }
            | Self::VersionUnknown { excerpt }
            | Self::UnknownKey { excerpt, .. } => Some(excerpt),
            Self::WrongType { setting, excerpt, .. }
            | Self::Value { setting, origin: Origin::File(excerpt), .. } => {
                match setting.sensitivity {
                    Sensitivity::Public => Some(excerpt),
                    Sensitivity::Guarded | Sensitivity::Secret => None,
                }
            }
            Self::Section(SectionError { excerpt, .. }) => excerpt.as_deref(),
            Self::Unreadable { .. }
            | Self::TooLong { .. }
            | Self::NotText { .. }
            | Self::VersionMissing { .. }
            | Self::VariableNotText { .. }
            | Self::Variable { .. }
            | Self::Value { .. }
            | Self::DataAndEphemeral { .. }
            | Self::RemoteAndEphemeral { .. }
            | Self::HalfOfTls { .. }
            | Self::HalfOfCredentials { .. }
            | Self::SameAddress { .. } => None,
        }
    }
}

fn value_message(setting: &Setting, text: &str, origin: &Origin, error: &ValueError) -> String {
    let named = match origin {
        Origin::Flag(flag) => *flag,
        Origin::Environment(name) => *name,
        Origin::File(_) | Origin::Default => setting.name,
    };
    let cut = match text.char_indices().nth(QUOTED_CHARS_MAX) {
        Some((end, _)) => format!("{}...", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    };
    match setting.sensitivity {
        Sensitivity::Public => format!("`{cut}` for `{named}`: {}", error.reason),
        Sensitivity::Guarded | Sensitivity::Secret => {
            format!("the value for `{named}`: {}", error.reason)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::raw::LISTEN;
    use super::*;

    static PASSWORD: Setting = Setting {
        name: "password",
        sensitivity: Sensitivity::Secret,
        flag: super::super::raw::Flag::Long { flag: "--password", value: "TEXT" },
        variable: "VESTIBULE_PASSWORD",
        also: &[],
        shape: super::super::raw::Shape::Text,
        default: "",
        in_file: true,
        summary: "",
        detail: "",
        example: "",
    };

    fn bad(setting: &'static Setting, origin: Origin) -> Error {
        let error = ValueError { reason: "too short", help: "make it longer" };
        Error::Value { setting, text: "hunter2".to_owned(), origin, error }
    }

    #[test]
    fn a_secret_is_not_repeated_in_an_error() {
        let origin = Origin::Environment("VESTIBULE_X");
        let public = bad(&LISTEN, origin.clone());
        assert_eq!(public.message(), "`hunter2` for `VESTIBULE_X`: too short");
        assert_eq!(bad(&PASSWORD, origin).message(), "the value for `VESTIBULE_X`: too short");
    }

    #[test]
    fn a_long_value_is_cut() {
        let error = ValueError { reason: "too long", help: "make it shorter" };
        let origin = Origin::Flag("--listen");
        let text = "é".repeat(QUOTED_CHARS_MAX + 1);
        let message = Error::Value { setting: &LISTEN, text, origin, error }.message();
        assert_eq!(message, format!("`{}...` for `--listen`: too long", "é".repeat(100)));
    }

    #[test]
    fn the_line_of_a_secret_is_not_shown() {
        let excerpt = Excerpt::new("f", "password = \"hunter2\"", 11..20);
        let origin = Origin::File(Box::new(excerpt.clone()));
        assert_eq!(bad(&LISTEN, origin.clone()).excerpt(), Some(&excerpt));
        assert_eq!(bad(&PASSWORD, origin).excerpt(), None);
    }
}
