//! The flags of every command that takes settings, made from the settings' entries.

use clap::{Arg, ArgAction, ArgMatches, Command};

use super::environment::pair;
use super::error::Error;
use super::layers::{Given, Layer, Piece};
use super::origin::Origin;
use super::raw::{Flag, SETTINGS, Setting, Shape};

/// What the command line says about settings.
#[derive(Debug, Clone, Default)]
pub struct Flags {
    words: Vec<(&'static Setting, Vec<String>)>,
}

impl Flags {
    fn add(&mut self, matches: &ArgMatches, settings: impl Iterator<Item = &'static Setting>) {
        for setting in settings {
            if let Some(words) = matches.get_many::<String>(setting.name) {
                self.words.push((setting, words.cloned().collect()));
            }
        }
    }

    /// Reads what the flags say.
    pub(super) fn read(&self) -> Result<Layer, Error> {
        let mut layer = Layer::default();
        for (setting, words) in &self.words {
            let origin = Origin::Flag(setting.flag_text());
            let pieces = words
                .iter()
                .map(|word| match setting.shape {
                    Shape::Pairs => pair(setting, word, &origin),
                    Shape::Text
                    | Shape::Switch
                    | Shape::Number
                    | Shape::Path
                    | Shape::Paths
                    | Shape::Names => Ok(Piece::text(word.clone(), origin.clone())),
                })
                .collect::<Result<_, _>>()?;
            layer.set(setting, Given { pieces, origin });
        }
        Ok(layer)
    }
}

/// Settings about listening and about the log, which such a command has no use for.
const OF_LISTENERS: &[&str] = &[
    "shared",
    "shared_password",
    "shared_when_lost",
    "gateways",
    "listen",
    "tls_certificate",
    "tls_key",
    "trusted_proxies",
    "account_limit",
    "rate_limit_headers",
    "cache_mb",
    "cache_statuses",
    "admin",
    "admin_hosts",
    "aws",
    "aws_hosts",
    "access_keys",
    "watch",
    "log",
    "log_format",
    "trace",
    "access_log",
    "access_log_format",
    "access_log_max_mb",
    "access_log_files",
    "drain_seconds",
    "drain_delay_seconds",
];

macro_rules! some_flags {
    ($(#[$about:meta])* $name:ident, $settings:ident) => {
        $(#[$about])*
        #[derive(Debug, Clone, Default)]
        pub struct $name(pub Flags);

        impl clap::FromArgMatches for $name {
            fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
                let mut flags = Self::default();
                flags.update_from_arg_matches(matches)?;
                Ok(flags)
            }

            fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
                self.0.add(matches, $settings());
                Ok(())
            }
        }

        impl clap::Args for $name {
            fn augment_args(command: Command) -> Command {
                $settings().fold(command, |command, setting| command.arg(argument(setting)))
            }

            fn augment_args_for_update(command: Command) -> Command {
                Self::augment_args(command)
            }
        }
    };
}

some_flags! {
    /// The flags of a command that answers one request and listens nowhere.
    OneRequestFlags, of_one_request
}

some_flags! {
    /// The flags of a command that works on the data folder alone.
    DataFlags, of_data
}

some_flags! {
    /// The flags of a command that asks a running program.
    AdminFlags, of_admin
}

fn of_admin() -> impl Iterator<Item = &'static Setting> {
    SETTINGS.iter().copied().filter(|setting| ["config", "admin"].contains(&setting.name))
}

some_flags! {
    /// The flags of a command that works on two stores.
    CopyFlags, of_copy
}

fn of_copy() -> impl Iterator<Item = &'static Setting> {
    let wanted =
        ["config", "data", "region", "account", "backend_ca", "dynamodb_attempts", "endpoints"];
    SETTINGS.iter().copied().filter(move |setting| wanted.contains(&setting.name))
}

fn of_data() -> impl Iterator<Item = &'static Setting> {
    SETTINGS.iter().copied().filter(|setting| ["config", "data"].contains(&setting.name))
}

fn of_one_request() -> impl Iterator<Item = &'static Setting> {
    SETTINGS.iter().copied().filter(|setting| !OF_LISTENERS.contains(&setting.name))
}

impl clap::FromArgMatches for Flags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut flags = Self::default();
        flags.update_from_arg_matches(matches)?;
        Ok(flags)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        self.add(matches, SETTINGS.iter().copied());
        Ok(())
    }
}

impl clap::Args for Flags {
    fn augment_args(command: Command) -> Command {
        SETTINGS.iter().fold(command, |command, setting| command.arg(argument(setting)))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

fn argument(setting: &'static Setting) -> Arg {
    let argument = Arg::new(setting.name).help(help(setting));
    let argument = match setting.flag {
        Flag::Long { flag, value } => argument.long(flag.trim_start_matches('-')).value_name(value),
        Flag::Positional { value } => argument.value_name(value),
    };
    match setting.shape {
        Shape::Text | Shape::Number | Shape::Path => argument.action(ArgAction::Set),
        Shape::Switch => argument
            .action(ArgAction::Set)
            .num_args(0..=1)
            .require_equals(true)
            .default_missing_value("true"),
        Shape::Paths | Shape::Names | Shape::Pairs => argument.action(ArgAction::Append),
    }
}

fn help(setting: &Setting) -> String {
    let repeats = match (setting.shape, &setting.flag) {
        (Shape::Paths | Shape::Names | Shape::Pairs, Flag::Long { .. }) => ", may be repeated",
        _ => "",
    };
    let default = match (setting.shape, setting.default) {
        (Shape::Switch, _) | (_, "") => String::new(),
        (_, default) => format!(" [default: {default}]"),
    };
    format!("{}{repeats}{default}", setting.summary)
}
