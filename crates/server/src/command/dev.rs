//! `vestibule dev`: `serve` that reads the definitions again when they change.

use super::cli::Output;
use super::exit::Exit;
use super::failure::Failure;
use super::serve;
use crate::config::{Environment, Flags};

/// Serve REST APIs and read their definitions again when they change
#[derive(Debug, clap::Args)]
#[command(after_help = "\
It is `serve` with `--watch`: save a definition, a template or a file that one names, and the
next request is answered by it. What has an error is shown and replaces nothing.

Examples:
  vestibule dev openapi.yaml tables.yaml --seed items.json
  vestibule dev template.yaml --ephemeral --allow-partial")]
pub(super) struct Dev {
    #[command(flatten)]
    flags: Flags,
}

impl Dev {
    /// Runs the command until the program is told to end.
    pub(super) fn run(
        self,
        environment: &Environment,
        output: &mut Output<'_>,
    ) -> Result<Exit, Failure> {
        serve::start("dev", &self.flags, environment, output)
    }
}
