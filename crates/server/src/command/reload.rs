//! Reads the definitions again, and what the settings file says of callers, keys and functions, when one of their files changes or
//! SIGHUP asks for it, and replaces what is served. What has an error replaces nothing. Addresses, store, all other settings and
//! seeds stay as they were at the start.

use std::convert::Infallible;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout;
use vestibule_dynamodb::{State, Tables};
use vestibule_gateway::{Clock, Gateway};

use super::cli::Output;
use super::failure::Failure;
use super::serve::consequence;
use crate::admin::Readiness;
use crate::aws::Aws;
use crate::config::{self, Environment, Flags, Resolved};
use crate::credentials::Identities;
use crate::limits::{CHANGE_QUIET, ERROR_CONFIRMED, NAMED_FILES_MAX, RELOADS_MAX};
use crate::serve::{self, Contents, FilesRead, Progress, Served, SystemClock, Watch};
use crate::signal::Hangups;
use crate::startup;

/// What a reload replaces, and what it needs for that.
#[derive(Debug)]
pub(super) struct Reloads {
    /// As they were at the start.
    pub(super) settings: Arc<Resolved>,
    pub(super) sources: Sources,
    pub(super) identities: Arc<Identities>,
    pub(super) gateway: Arc<Gateway>,
    pub(super) store: (Tables, State),
    pub(super) readiness: Arc<Readiness>,
    /// The AWS endpoints, unless they are off.
    pub(super) aws: Option<Arc<Aws>>,
    pub(super) clock: Arc<SystemClock>,
    pub(super) hangups: Hangups,
    /// None when files are not watched.
    pub(super) watch: Option<Watch>,
    /// Where the data plane answers.
    pub(super) base_url: String,
    /// What is served now.
    pub(super) current: Current,
}

/// Where settings come from beside their file.
#[derive(Clone, Debug)]
pub(super) struct Sources {
    pub(super) flags: Flags,
    pub(super) environment: Environment,
}

/// A version of the definitions that is served.
#[derive(Debug)]
pub(super) struct Current {
    contents: Contents,
    /// Those of the last version that was read, be it one with errors.
    files: FilesRead,
    /// Those of them that the settings are made of.
    settings_files: Vec<PathBuf>,
    stages: Vec<startup::Stage>,
}

impl Current {
    /// The version that `served` is.
    pub(super) fn of(served: &Served) -> Current {
        let (contents, files) = (served.contents.clone(), served.files.clone());
        let settings_files = served.settings_files.clone();
        Current { contents, files, settings_files, stages: served.stages() }
    }
}

/// Settings and definitions as they were read, or what is wrong with the settings.
struct Version {
    served: Result<Served, Box<config::Error>>,
    files: FilesRead,
}

impl Version {
    /// Reads it. `known` are the files that settings were made of before: they are looked at first, so that no change is missed.
    fn read(
        settings: &Resolved,
        sources: &Sources,
        identities: &Identities,
        known: Vec<PathBuf>,
    ) -> Version {
        let mut files = FilesRead::default();
        files.note(known);
        match config::load(&sources.flags, &sources.environment) {
            Ok(loaded) => {
                let settings = settings.with_sections_of(loaded.settings);
                let served = serve::load_after(files, &settings, identities);
                Version { files: served.files.clone(), served: Ok(served) }
            }
            Err(error) => Version { served: Err(Box::new(error)), files },
        }
    }

    fn is_nothing(&self) -> bool {
        self.served.as_ref().map_or(true, Served::is_nothing)
    }
}

/// A version that was read again.
struct Again {
    version: Version,
    changed: Vec<PathBuf>,
    took: Duration,
}

impl Reloads {
    /// Reloads as often as it is asked to.
    pub(super) async fn follow(mut self, output: &mut Output<'_>) -> Infallible {
        loop {
            let is_asked = tokio::select! {
                () = self.hangups.next() => true,
                () = happened(self.watch.as_ref()) => false,
            };
            let changed = self.current.files.changed();
            if !is_asked && changed.is_empty() {
                continue;
            }
            match self.read(changed).await {
                Ok(again) => self.take(again, output).await,
                Err(failure) => output.complain_of(&failure),
            }
        }
    }

    /// Reads until nothing changes in the meantime: what is half written is not spoken of.
    async fn read(&mut self, mut changed: Vec<PathBuf>) -> Result<Again, Failure> {
        let start = self.clock.elapsed();
        let mut reads = 0;
        loop {
            reads += 1;
            let (settings, sources) = (Arc::clone(&self.settings), self.sources.clone());
            let identities = Arc::clone(&self.identities);
            let known = self.current.settings_files.clone();
            let read = move || Version::read(&settings, &sources, &identities, known);
            let reading = tokio::task::spawn_blocking(read);
            let version =
                reading.await.map_err(|error| Failure::system("reload", &error.into()))?;
            if let Some(watch) = &mut self.watch {
                watch.follow(&version.files).map_err(|error| Failure::watch(&error))?;
            }
            // Nobody waits for what is not served. A file that is being written is empty for a moment.
            let is_being_written = version.is_nothing()
                && timeout(ERROR_CONFIRMED, touched(self.watch.as_ref())).await.is_ok();
            let meanwhile = version.files.changed();
            let is_settled = meanwhile.is_empty() && !is_being_written;
            if is_settled || reads >= RELOADS_MAX {
                let took = self.clock.elapsed().saturating_sub(start);
                return Ok(Again { version, changed, took });
            }
            changed.extend(meanwhile);
            tokio::time::sleep(CHANGE_QUIET).await;
        }
    }

    /// Serves a version without errors, and says so.
    async fn take(&mut self, again: Again, output: &mut Output<'_>) {
        let Again { version: Version { served, files }, changed, took } = again;
        let mut served = match served {
            Ok(served) => served,
            Err(error) => {
                self.current.files.update(files);
                output.complain_of(&Failure::Settings(error));
                return output.complain("what was served before is still served\n");
            }
        };
        self.current.files = files;
        if served.is_nothing() {
            return output.findings(&served.diagnostics, "what was served before is still served");
        }
        let mut progress = Progress::new(false);
        let filled = serve::fill(&self.store, &served.tables, &[], &mut progress).await;
        let tables = match filled {
            Ok((tables, _)) => tables,
            Err(error) => return output.complain_of(&error.into()),
        };
        output.findings(&served.diagnostics, &consequence(&served));
        let next = Current::of(&served);
        self.readiness.serve(served.site.deployment_ids(), Vec::new());
        self.gateway.serve(std::mem::take(&mut served.site));
        if let Some(aws) = &self.aws {
            aws.replace_principals(Arc::clone(&served.principals));
        }
        // Whoever edits a definition wants to see what it answers now.
        if self.watch.is_some()
            && let Err(error) = self.gateway.flush_cache(|_, _| true).await
        {
            tracing::warn!("cached answers are not flushed: {error}");
        }
        let created =
            tables.iter().filter(|table| table.state == startup::TableState::Created).count();
        let changes = next.contents.changes_since(&self.current.contents, created);
        output.print(&line(changed, took, &changes));
        output.print(&startup::moved(&self.base_url, &self.current.stages, &next.stages));
        self.current = next;
    }
}

/// Waits for the first sign of a change; without a watch, for ever.
async fn touched(watch: Option<&Watch>) {
    match watch {
        Some(watch) => watch.touched().await,
        None => std::future::pending().await,
    }
}

/// Waits for a change; without a watch, for ever.
async fn happened(watch: Option<&Watch>) {
    match watch {
        Some(watch) => watch.happened().await,
        None => std::future::pending().await,
    }
}

/// `reloaded api.yaml in 12 ms: 2 methods changed, 1 added`
fn line(mut changed: Vec<PathBuf>, took: Duration, changes: &str) -> String {
    changed.sort();
    changed.dedup();
    let further = changed.len().saturating_sub(NAMED_FILES_MAX);
    let named = changed.iter().take(NAMED_FILES_MAX).map(|path| path.display().to_string());
    let mut files = named.collect::<Vec<_>>().join(", ");
    if further > 0 {
        files.push_str(&format!(" and {further} more"));
    }
    let files = if files.is_empty() { "the definitions" } else { &files };
    format!(
        "reloaded {} in {} ms: {changes}\n",
        vestibule_restapi::one_line(files),
        took.as_millis()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_names_a_few_files() {
        let took = Duration::from_micros(12_900);
        let of = |files: &[&str]| {
            line(files.iter().map(PathBuf::from).collect(), took, "nothing changed")
        };
        assert_eq!(of(&[]), "reloaded the definitions in 12 ms: nothing changed\n");
        assert_eq!(of(&["b", "a", "b"]), "reloaded a, b in 12 ms: nothing changed\n");
        assert_eq!(
            of(&["a", "b", "c", "d", "\n"]),
            "reloaded \\n, a, b and 2 more in 12 ms: nothing changed\n"
        );
    }
}
