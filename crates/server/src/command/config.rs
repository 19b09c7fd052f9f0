//! `vestibule config`: every setting with its value and its origin.

use super::exit::Exit;
use super::failure::Failure;
use crate::config::{self, Environment, Flags};

/// Print each setting with its value and where it came from
#[derive(Debug, clap::Args)]
#[command(after_help = "\
What it prints can be used as a settings file.

Examples:
  vestibule config
  vestibule config --listen 0.0.0.0:80 > gateway.toml")]
pub(super) struct Config {
    #[command(flatten)]
    flags: Flags,
}

impl Config {
    /// Runs the command.
    pub(super) fn run(
        self,
        environment: &Environment,
        output: &mut super::cli::Output<'_>,
    ) -> Result<Exit, Failure> {
        let loaded = config::load(&self.flags, environment)?;
        output.warn(&loaded.warnings);
        output.print(&config::print(&loaded.settings));
        Ok(Exit::Ok)
    }
}
