//! `vestibule data`: the data folder backed up, restored and checked, whether or not the program runs; and tables copied from
//! one store to another.

mod copy;
mod one_store;

use std::path::{Path, PathBuf};

use vestibule_dynamodb::data::{self, DataError};
use vestibule_gateway::Clock;
use vestibule_restapi::printable;

use self::copy::Copy;
use super::cli::{Output, counted};
use super::exit::Exit;
use super::failure::Failure;
use crate::config::{self, DataFlags, Environment, Resolved, Storage};
use crate::serve::SystemClock;

/// Back up, restore or check the data folder, copy tables to another store
#[derive(Debug, clap::Args)]
pub(super) struct Data {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    Backup(Backup),
    Restore(Restore),
    Check(Check),
    Copy(Box<Copy>),
}

/// Copy the store as it is now into a new folder, also while it is served
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The copy is of one moment, both of tables and of the program's own state, and is
checked and durable before it has its name. It holds all items and the keys of local
user pools: guard it like the data folder. docs/data.md.

Exit codes: 0 the backup is there, 2 it is not.

Example:
  vestibule data backup /backups/monday --data /var/lib/vestibule")]
struct Backup {
    /// The folder to make
    #[arg(value_name = "DIR")]
    into: PathBuf,
    #[command(flatten)]
    flags: DataFlags,
}

/// Make a backup the store of the data folder
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The program must not run on the data folder. Each file of the backup must be what was
backed up. A restore that fails leaves the store as it was, unless it says that it is
decided: then the backup is the store, and the next start ends what is left to do.

Exit codes: 0 it is restored, 2 it is not, or is decided and not ended.

Example:
  vestibule data restore /backups/monday --data /var/lib/vestibule --replace")]
struct Restore {
    /// The backup
    #[arg(value_name = "DIR")]
    from: PathBuf,
    /// Replace the store that is there, which is gone then
    #[arg(long)]
    replace: bool,
    #[command(flatten)]
    flags: DataFlags,
}

/// Look whether every file is whole and every row is the item that its key says
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Reads everything and changes nothing, also while the store is served.

Exit codes: 0 nothing is wrong, 1 something is, 2 it could not be checked.

Examples:
  vestibule data check --data /var/lib/vestibule
  vestibule data check /backups/monday")]
struct Check {
    /// A backup to check in place of the data folder
    #[arg(value_name = "DIR")]
    backup: Option<PathBuf>,
    #[command(flatten)]
    flags: DataFlags,
}

impl Data {
    /// Runs the command.
    pub(super) fn run(
        self,
        environment: &Environment,
        output: &mut Output<'_>,
    ) -> Result<Exit, Failure> {
        match self.command {
            Command::Backup(backup) => backup.run(environment, output),
            Command::Restore(restore) => restore.run(environment, output),
            Command::Check(check) => check.run(environment, output),
            Command::Copy(copy) => copy.run(environment, output),
        }
    }
}

impl Backup {
    fn run(self, environment: &Environment, output: &mut Output<'_>) -> Result<Exit, Failure> {
        let folder = folder(&self.flags, environment, output)?;
        let seconds = std::time::Duration::from_millis(SystemClock::new().epoch_ms());
        let made = httpdate::fmt_http_date(std::time::UNIX_EPOCH + seconds);
        let done = data::backup(&folder, &self.into, &made).map_err(failure)?;
        let (into, files) = (shown(&self.into), counted(done.files, "file"));
        output.print(&format!("backed up to {into}: {files}, {}\n", bytes(done.bytes)));
        Ok(Exit::Ok)
    }
}

impl Restore {
    fn run(self, environment: &Environment, output: &mut Output<'_>) -> Result<Exit, Failure> {
        let folder = folder(&self.flags, environment, output)?;
        let done = data::restore(&self.from, &folder, self.replace).map_err(failure)?;
        let (into, files) = (shown(&folder), counted(done.files, "file"));
        let replaced = if done.is_replaced { ", the store that was there is replaced" } else { "" };
        let bytes = bytes(done.bytes);
        output.print(&format!("restored to {into}: {files}, {bytes}{replaced}\n"));
        Ok(Exit::Ok)
    }
}

impl Check {
    fn run(self, environment: &Environment, output: &mut Output<'_>) -> Result<Exit, Failure> {
        let folder = match &self.backup {
            Some(backup) => backup.clone(),
            None => folder(&self.flags, environment, output)?,
        };
        let found = data::check(&folder).map_err(failure)?;
        let mut text = String::new();
        for finding in &found.findings {
            text.push_str(&format!("{}\n", printable(&finding.to_string())));
        }
        if found.further > 0 {
            text.push_str(&format!("and {} more\n", found.further));
        }
        let (tables, items) = (counted(found.tables, "table"), found.items);
        let items = if items == 1 { "1 item".to_owned() } else { format!("{items} items") };
        let is_sound = found.findings.is_empty();
        let wrong = found.findings.len() as u64 + found.further;
        text.push_str(&match is_sound {
            true => format!("{}: {tables}, {items}, nothing is wrong\n", shown(&folder)),
            false => format!("{}: {tables}, {items}, {wrong} wrong\n", shown(&folder)),
        });
        output.print(&text);
        Ok(if is_sound { Exit::Ok } else { Exit::Findings })
    }
}

/// Returns the data folder that the settings name.
fn folder(
    flags: &DataFlags,
    environment: &Environment,
    output: &mut Output<'_>,
) -> Result<PathBuf, Failure> {
    let loaded = config::load(&flags.0, environment)?;
    output.warn(&loaded.warnings);
    folder_of(&loaded.settings).map(Path::to_owned)
}

fn folder_of(settings: &Resolved) -> Result<&Path, Failure> {
    match settings.storage() {
        Storage::Folder(path) => Ok(path),
        Storage::Ephemeral => Err(Failure::Store {
            message: "the settings say `ephemeral`: there is no data folder".to_owned(),
            help: Some("name one with `--data`, which is stronger".to_owned()),
        }),
    }
}

fn failure(error: DataError) -> Failure {
    Failure::Store { message: error.to_string(), help: None }
}

fn shown(path: &Path) -> String {
    format!("`{}`", printable(&path.display().to_string()))
}

/// Such as `412 bytes` and `1.3 MB`.
fn bytes(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{:.1} KB", bytes as f64 / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} MB", bytes as f64 / 1e6),
        _ => format!("{:.1} GB", bytes as f64 / 1e9),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_a_unit_that_fits() {
        let shown = [0, 999, 1_000, 1_300_000, 2_000_000_000].map(bytes);
        assert_eq!(shown, ["0 bytes", "999 bytes", "1.0 KB", "1.3 MB", "2.0 GB"]);
    }
}
