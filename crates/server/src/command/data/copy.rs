//! `vestibule data copy`: tables and items of one store in another, and whether both have the same.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use vestibule_dynamodb::copy::{
    self, CopyError, CopyEvent, CopyOptions, CopyStore, Difference, JOURNAL_FILE, Manner, Phase,
    TableCompared,
};
use vestibule_dynamodb::data;
use vestibule_restapi::printable;

use super::super::cli::{Output, counted};
use super::super::exit::Exit;
use super::super::failure::Failure;
use super::super::serve::{connect, identities};
use super::one_store::is_one_store;
use super::{failure, folder_of, shown};
use crate::config::{self, CopyFlags, Environment, LogFormat, LogLevel, Resolved, Store};
use crate::credentials::Identities;
use crate::limits::CLOSE_TIMEOUT;
use crate::log::{self, Style};
use crate::serve::{self, Progress, SystemClock, SystemWorld};
use crate::signal::Signals;

/// Copy tables and items to another store, and compare both
#[derive(Debug, clap::Args)]
#[command(after_help = "\
A STORE is `embedded` (the folder of --data, which no other process may use), `aws`, or
URLs, as for --dynamodb. Tables are made where they are missing, with keys, indexes,
billing, tags, time to live and stream. Tables that have items are refused. Then both
stores are read and compared: number of items, and a checksum of what is in them.

A copy that was stopped goes on where it was when the same command is run again, without
--restart. How far it is stands in `copy.json` in the data folder, between two URLs in
`vestibule-copy.json`.
Copy while nobody writes to either store: what changes meanwhile is found as a difference.
docs/data.md.

Exit codes: 0 both have the same, 1 they differ, 2 it could not run or was stopped.

Examples:
  vestibule data copy --from embedded --to http://10.0.0.1:8000
  vestibule data copy --from embedded --to aws --region eu-west-1 --table orders
  vestibule data copy --from aws --to embedded --data ./copy --verify-only")]
pub(super) struct Copy {
    /// Where the tables are
    #[arg(long, value_name = "STORE")]
    from: String,
    /// Where they are to be
    #[arg(long, value_name = "STORE")]
    to: String,
    /// A table to copy, may be repeated; without it all, and the program's own
    #[arg(long = "table", value_name = "NAME")]
    tables: Vec<String>,
    /// Put items over those that tables at the target have
    #[arg(long)]
    overwrite: bool,
    /// Begin anew where a copy was stopped
    #[arg(long)]
    restart: bool,
    /// Compare both stores and write nothing
    #[arg(long)]
    verify_only: bool,
    /// The file that says how far the copy is
    #[arg(long, value_name = "FILE")]
    progress: Option<PathBuf>,
    /// Seconds for which a store that does not answer is asked again
    #[arg(long, value_name = "SECONDS", default_value_t = 60,
          value_parser = clap::value_parser!(u64).range(0..=86_400))]
    wait: u64,
    #[command(flatten)]
    flags: CopyFlags,
}

/// The file between two stores on the network.
const JOURNAL_OF_REMOTES: &str = "vestibule-copy.json";

/// Items after which a line says how far it is, where no bar does.
const ITEMS_A_LINE: u64 = 100_000;

impl Copy {
    /// Runs the command.
    pub(super) fn run(
        self,
        environment: &Environment,
        output: &mut Output<'_>,
    ) -> Result<Exit, Failure> {
        self.refuse_contradictions()?;
        let from = config::store("--from", &self.from, environment)?;
        let to = config::store("--to", &self.to, environment)?;
        let loaded = config::load(&self.flags.0, environment)?;
        output.warn(&loaded.warnings);
        let settings = loaded.settings;
        if is_one_store(&from, &to, settings.region.value.as_str()) {
            let store = match self.from == self.to {
                true => format!("`{}`", printable(&self.from)),
                false => format!("`{}` alias `{}`", printable(&self.from), printable(&self.to)),
            };
            return Err(self.run_of(false).failed(&CopyError::Same { store }));
        }
        if from == Store::Embedded {
            data::find(folder_of(&settings)?).map_err(failure)?;
        }
        let style = Style {
            level: LogLevel::Warn,
            format: LogFormat::Text,
            is_coloured: output.is_coloured(),
        };
        log::start(style);
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
        let runtime = runtime.map_err(|error| Failure::system("start threads", &error))?;
        let ended = runtime.block_on(self.copied(&settings, &from, &to, output));
        runtime.shutdown_timeout(CLOSE_TIMEOUT);
        let compared = ended?;
        self.tell(&compared, &settings, &from, output);
        let is_alike = compared.iter().all(TableCompared::is_alike);
        Ok(if is_alike { Exit::Ok } else { Exit::Findings })
    }

    fn refuse_contradictions(&self) -> Result<(), Failure> {
        let said = [
            ("--overwrite", self.overwrite),
            ("--restart", self.restart),
            ("--progress", self.progress.is_some()),
        ];
        match said.iter().find(|(_, is_said)| *is_said && self.verify_only) {
            Some((flag, _)) => Err(Failure::Usage {
                message: format!("`--verify-only` copies nothing, and `{flag}` is about copying"),
                help: Some("leave one of them out".to_owned()),
            }),
            None => Ok(()),
        }
    }

    async fn copied(
        &self,
        settings: &Resolved,
        from: &Store,
        to: &Store,
        output: &mut Output<'_>,
    ) -> Result<Vec<TableCompared>, Failure> {
        let mut signals =
            Signals::catch().map_err(|error| Failure::system("catch signals", &error))?;
        let clock = Arc::new(SystemClock::new());
        let identities = identities(settings);
        connect(&identities, settings)?;
        let opened = async {
            let from = open(from, settings, &identities, &clock).await?;
            Ok::<_, Failure>((from, open(to, settings, &identities, &clock).await?))
        };
        let (from, to) = tokio::select! {
            opened = opened => opened?,
            _ = signals.next() => return Err(self.run_of(false).stopped()),
        };
        let manner = Manner {
            silent_wait: Duration::from_secs(self.wait),
            ..Manner::new(Arc::new(SystemWorld(clock)))
        };
        let mut teller = Teller::new(output);
        let done = async {
            let report = |event: CopyEvent<'_>| teller.take(event);
            if self.verify_only {
                return copy::compare(&from, &to, &manner, &self.tables, report).await;
            }
            let options = CopyOptions {
                tables: self.tables.clone(),
                overwrites: self.overwrite,
                is_new: self.restart,
                journal: self.journal(&from, &to),
            };
            copy::copy(&from, &to, &manner, &options, report).await
        };
        let ended = tokio::select! {
            done = done => Some(done),
            _ = signals.next() => None,
        };
        teller.bar.end();
        let run = self.run_of(teller.is_begun);
        match ended {
            Some(done) => done.map_err(|error| run.failed(&error)),
            None => Err(run.stopped()),
        }
    }

    /// What was being done when it ended.
    fn run_of(&self, is_begun: bool) -> Run {
        match (self.verify_only, is_begun, self.restart) {
            (true, _, _) => Run::Comparing,
            (false, false, _) => Run::Beginning,
            (false, true, false) => Run::Copying,
            (false, true, true) => Run::CopyingAnew,
        }
    }

    fn journal(&self, from: &CopyStore, to: &CopyStore) -> PathBuf {
        let folder = from.tables.folder().or_else(|| to.tables.folder());
        let usual = folder.map(|folder| folder.join(JOURNAL_FILE));
        let usual = usual.unwrap_or_else(|| PathBuf::from(JOURNAL_OF_REMOTES));
        self.progress.clone().unwrap_or(usual)
    }

    /// Prints what was found, and what is not in tables.
    fn tell(
        &self,
        compared: &[TableCompared],
        settings: &Resolved,
        from: &Store,
        output: &mut Output<'_>,
    ) {
        let mut text: String = compared.iter().map(row).collect();
        let (from_text, to_text) = (printable(&self.from), printable(&self.to));
        text.push_str(&match self.verify_only {
            true => format!("compared `{from_text}` with `{to_text}`: "),
            false => format!("copied `{from_text}` to `{to_text}`: "),
        });
        let tables = counted(compared.len(), "table");
        let items = counted_items(compared.iter().map(|one| one.source.items).sum());
        text.push_str(&match compared.iter().filter(|one| !one.is_alike()).count() {
            0 => format!("{tables}, {items}, the same in both\n"),
            differ => format!("{tables}, {items}, {} not the same\n", counted(differ, "table")),
        });
        output.print(&text);
        if !self.verify_only && !compared.iter().all(TableCompared::is_alike) {
            output.caution(
                "source and target differ after the copy",
                "see that nobody writes to either, delete what only the target has, and copy again with `--restart --overwrite`",
            );
        }
        if *from == Store::Embedded
            && self.tables.is_empty()
            && !self.verify_only
            && let Ok(data) = folder_of(settings)
            && let Some(keys) = serve::issuer_folder(data)
        {
            let keys = shown(&keys);
            output.remark(&format!(
                "the keys of local user pools are in no table: copy the folder {keys} into the data folder of each gateway"
            ));
        }
    }
}

/// Opens a store, and says which it is.
async fn open(
    store: &Store,
    settings: &Resolved,
    identities: &Identities,
    clock: &Arc<SystemClock>,
) -> Result<CopyStore, Failure> {
    let ((tables, state), name) = match store {
        Store::Embedded => {
            let data = folder_of(settings)?;
            let opened = serve::open_folder(settings)?;
            let path = std::path::absolute(data).unwrap_or_else(|_| data.to_owned());
            (opened, format!("embedded {}", shown(&path)))
        }
        Store::Remote(place) => {
            let region = &settings.region.value;
            let name = match place.is_aws() {
                true => format!("`{place}` in `{region}`"),
                false => format!("`{place}`"),
            };
            (serve::open_remote(place, settings, identities, clock).await?, name)
        }
    };
    Ok(CopyStore { tables, state, name })
}

/// What a run does, which says how it is gone on with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Run {
    /// It looks at both stores before a copy, and has noted and written nothing.
    Beginning,
    /// It copies, or goes on with a copy.
    Copying,
    /// It has begun a copy anew, as `--restart` says.
    CopyingAnew,
    /// It compares, and writes nothing.
    Comparing,
}

impl Run {
    /// It ended by itself.
    fn failed(self, error: &CopyError) -> Failure {
        let help = match self {
            Run::Beginning | Run::Comparing => "run the same command again when that is mended",
            Run::Copying => {
                "run the same command again when that is mended: it goes on where it was"
            }
            Run::CopyingAnew => {
                "run the same command without `--restart` when that is mended: it goes on where it was"
            }
        };
        let help = error.may_go_on().then(|| help.to_owned());
        Failure::Store { message: error.to_string(), help }
    }

    /// A signal ended it.
    fn stopped(self) -> Failure {
        let (message, help) = match self {
            Run::Beginning => {
                ("the copy was stopped before it was begun", "run the same command again")
            }
            Run::Copying => (
                "the copy was stopped by a signal",
                "run the same command again: it goes on where it was",
            ),
            Run::CopyingAnew => (
                "the copy was stopped by a signal",
                "run the same command without `--restart`: it goes on where it was",
            ),
            Run::Comparing => (
                "the comparison was stopped by a signal",
                "run the same command again: it reads both stores from the begin",
            ),
        };
        Failure::Store { message: message.to_owned(), help: Some(help.to_owned()) }
    }
}

/// What was found of a table, a line and one more for each item that is known to differ.
fn row(compared: &TableCompared) -> String {
    let TableCompared { table, source, target, is_missing, differences, is_cut } = compared;
    let (table, items) = (printable(table), counted_items(source.items));
    if *is_missing {
        return format!("`{table}`: {items} at the source, no such table at the target\n");
    }
    if compared.is_alike() {
        return format!("`{table}`: {items}, checksum {:032x}\n", source.checksum);
    }
    let mut text = match source.items == target.items {
        true => format!("`{table}`: {items} in both, not the same\n"),
        false => format!("`{table}`: {items} at the source, {} at the target\n", target.items),
    };
    for difference in differences {
        let (what, key) = match difference {
            Difference::Missing(key) => ("not at the target", key),
            Difference::Surplus(key) => ("only at the target", key),
            Difference::Unlike(key) => ("not the same", key),
        };
        text.push_str(&format!("  {what}: {}\n", printable(key)));
    }
    if *is_cut {
        text.push_str("  not looked at further: more items than can be held may differ\n");
    }
    text
}

fn counted_items(items: u64) -> String {
    if items == 1 { "1 item".to_owned() } else { format!("{items} items") }
}

/// Tells how far a copy is: a bar on a terminal, else a line now and then.
struct Teller<'o, 's> {
    output: &'o mut Output<'s>,
    bar: Progress,
    is_terminal: bool,
    /// What was told last.
    told: u64,
    /// Whether the copy has noted that it is begun.
    is_begun: bool,
}

impl<'o, 's> Teller<'o, 's> {
    fn new(output: &'o mut Output<'s>) -> Teller<'o, 's> {
        let is_terminal = output.is_stderr_terminal();
        Teller { output, bar: Progress::new(is_terminal), is_terminal, told: 0, is_begun: false }
    }

    fn take(&mut self, event: CopyEvent<'_>) {
        match event {
            CopyEvent::Begun => self.is_begun = true,
            CopyEvent::Note(note) => {
                self.bar.end();
                self.output.remark(&printable(note));
            }
            CopyEvent::Over { .. } => {
                self.bar.end();
                self.told = 0;
            }
            CopyEvent::Progress { phase, table, done, total } => {
                let doing = match phase {
                    Phase::Copying => "copying",
                    Phase::Comparing => "comparing",
                };
                let doing = format!("{doing} `{}`", printable(table));
                self.bar.show(&doing, done, total);
                if !self.is_terminal && done / ITEMS_A_LINE > self.told / ITEMS_A_LINE {
                    let total = total.max(done);
                    self.output.explain(&format!("{doing}: {done} of {total} items\n"));
                }
                self.told = done;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use vestibule_dynamodb::copy::Contents;

    use super::*;

    #[test]
    fn what_was_found_is_a_line_a_table() {
        let contents = |items, checksum| Contents { items, checksum };
        let compared = TableCompared {
            table: "items".to_owned(),
            source: contents(1, 0xab),
            target: contents(1, 0xab),
            is_missing: false,
            differences: Vec::new(),
            is_cut: false,
        };
        let alike = "`items`: 1 item, checksum 000000000000000000000000000000ab\n";
        assert_eq!(row(&compared), alike);
        let missing = TableCompared { is_missing: true, ..compared.clone() };
        assert_eq!(row(&missing), "`items`: 1 item at the source, no such table at the target\n");
        let differ = TableCompared {
            target: contents(2, 0),
            differences: vec![
                Difference::Missing("{\"id\":{\"S\":\"\u{1b}\"}}".to_owned()),
                Difference::Surplus("{}".to_owned()),
                Difference::Unlike("{}".to_owned()),
            ],
            is_cut: true,
            ..compared.clone()
        };
        let expected = "\
`items`: 1 item at the source, 2 at the target
  not at the target: {\"id\":{\"S\":\"\\u{1b}\"}}
  only at the target: {}
  not the same: {}
  not looked at further: more items than can be held may differ
";
        assert_eq!(row(&differ), expected);
        let same_number = TableCompared { target: contents(1, 0), ..compared };
        assert_eq!(row(&same_number), "`items`: 1 item in both, not the same\n");
    }

    // Source: inferred.
    #[test]
    fn what_is_to_be_done_about_a_run_that_ended_is_what_its_command_does() {
        let silent = CopyError::Broken { table: "items".to_owned(), reason: "r".to_owned() };
        let again = "run the same command again";
        for (run, failed, message, stopped) in [
            (
                Run::Beginning,
                "run the same command again when that is mended",
                "the copy was stopped before it was begun",
                again,
            ),
            (
                Run::Copying,
                "run the same command again when that is mended: it goes on where it was",
                "the copy was stopped by a signal",
                "run the same command again: it goes on where it was",
            ),
            (
                Run::CopyingAnew,
                "run the same command without `--restart` when that is mended: it goes on where it was",
                "the copy was stopped by a signal",
                "run the same command without `--restart`: it goes on where it was",
            ),
            (
                Run::Comparing,
                "run the same command again when that is mended",
                "the comparison was stopped by a signal",
                "run the same command again: it reads both stores from the begin",
            ),
        ] {
            let help_of = |failure| match failure {
                Failure::Store { message, help } => (message, help.unwrap()),
                other => panic!("{other:?}"),
            };
            assert_eq!(help_of(run.failed(&silent)).1, failed);
            assert_eq!(help_of(run.stopped()), (message.to_owned(), stopped.to_owned()));
        }
    }
}
