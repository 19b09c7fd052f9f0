//! A copy from its begin to its end, and a comparison alone.

use std::path::PathBuf;

use super::compare::{self, TableCompared};
use super::definition::describe;
use super::end::{CopyStore, Manner};
use super::error::CopyError;
use super::items;
use super::journal::{Entry, Journal};
use super::pages::segments;
use super::plan::{Ends, Findings, Planned};
use super::settings;
use crate::action::Action;
use crate::bootstrap::wait_for;

/// What is to be copied, and how.
#[derive(Debug, Clone)]
pub struct CopyOptions {
    /// The tables, by name. All, the program's own too, when it is empty.
    pub tables: Vec<String>,
    /// Whether items are put over those that the target has.
    pub overwrites: bool,
    /// Whether a copy that was begun is not gone on with, as far as it is of these tables.
    pub is_new: bool,
    /// The file that says how far the copy is.
    pub journal: PathBuf,
}

/// What is being done with a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Its items are put into the target.
    Copying,
    /// Both sides are read.
    Comparing,
}

/// What a copy tells while it runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CopyEvent<'e> {
    /// How far it is with a table.
    Progress {
        /// What is being done.
        phase: Phase,
        /// The table.
        table: &'e str,
        /// Items that are done, of both sides when it compares.
        done: u64,
        /// Items that there are, as far as the source knows: AWS counts every six hours.
        total: u64,
    },
    /// It is done with this table.
    Over {
        /// What was being done.
        phase: Phase,
        /// The table.
        table: &'e str,
    },
    /// Nothing spoke against it, and the journal says from here on how far it is.
    Begun,
    /// Something that is not copied, or not as it is.
    Note(&'e str),
}

/// Copies tables and items, compares both sides, and goes on with a copy that was begun.
///
/// # Errors
///
/// [`CopyError`] says whether the same call goes on where this one stopped. Differences are no errors.
pub async fn copy(
    from: &CopyStore,
    to: &CopyStore,
    manner: &Manner,
    options: &CopyOptions,
    mut report: impl FnMut(CopyEvent<'_>),
) -> Result<Vec<TableCompared>, CopyError> {
    let (path, from_name, to_name) = (&*options.journal, &*from.name, &*to.name);
    let mut journal = match options.is_new {
        true => Journal::begin_anew(path, from_name, to_name, &options.tables)?,
        false => Journal::open(path, from_name, to_name)?,
    };
    let ends = Ends { from, to, manner };
    let mut planned = plan(&ends, options, &journal, &mut report).await?;
    begin(&planned, &mut journal)?;
    report(CopyEvent::Begun);
    for table in &mut planned {
        make(table, &mut journal).await?;
    }
    for table in &mut planned {
        copy_items(table, &mut journal, &mut report).await?;
        if table.is_made_by_its_store() {
            table.is_there = describe(&table.target, &table.name).await?.is_some();
        }
    }
    let mut compared = Vec::new();
    for table in &planned {
        let found = compare_one(table, &mut report).await?;
        let note = &mut |text: String| report(CopyEvent::Note(&text));
        let is_ours = journal.entry(&table.name).is_some_and(|entry| entry.is_created);
        if !is_ours && !table.is_made_by_its_store() {
            settings::tell_unlike(table, note).await?;
        }
        if found.is_alike() {
            if is_ours {
                settings::settle(table, note).await?;
            }
            journal.note(&table.name, |entry| entry.is_compared = true)?;
        }
        compared.push(found);
    }
    journal.end()?;
    Ok(compared)
}

/// Compares the tables of two stores, and writes nothing.
///
/// # Errors
///
/// [`CopyError`]. Differences are none.
pub async fn compare(
    from: &CopyStore,
    to: &CopyStore,
    manner: &Manner,
    tables: &[String],
    mut report: impl FnMut(CopyEvent<'_>),
) -> Result<Vec<TableCompared>, CopyError> {
    if from.name == to.name {
        return Err(CopyError::Same { store: from.name.clone() });
    }
    let ends = Ends { from, to, manner };
    let mut findings = Findings::default();
    let planned = ends.plan(tables, &mut findings, &mut |_| {}).await?;
    findings.into_result()?;
    let mut compared = Vec::new();
    for table in &planned {
        compared.push(compare_one(table, &mut report).await?);
    }
    Ok(compared)
}

/// Finds out everything that speaks against the copy.
async fn plan(
    ends: &Ends<'_>,
    options: &CopyOptions,
    journal: &Journal,
    report: &mut impl FnMut(CopyEvent<'_>),
) -> Result<Vec<Planned>, CopyError> {
    if ends.from.name == ends.to.name {
        return Err(CopyError::Same { store: ends.from.name.clone() });
    }
    let mut findings = Findings::default();
    let note = &mut |text: String| report(CopyEvent::Note(&text));
    let planned = ends.plan(&options.tables, &mut findings, note).await?;
    for table in &planned {
        table.check(journal, options.overwrites, &mut findings).await?;
    }
    findings.into_result()?;
    Ok(planned)
}

/// Begins with the tables that are not begun.
fn begin(planned: &[Planned], journal: &mut Journal) -> Result<(), CopyError> {
    let fresh = planned.iter().filter(|table| journal.entry(&table.name).is_none());
    let entry = |table: &Planned| (table.name.to_string(), Entry::new(segments(&table.source)));
    let fresh: Vec<(String, Entry)> = fresh.map(entry).collect();
    if fresh.is_empty() { Ok(()) } else { journal.begin(fresh) }
}

/// Makes a table where it is missing, also one that was there when it was begun.
async fn make(table: &mut Planned, journal: &mut Journal) -> Result<(), CopyError> {
    if table.is_there || table.is_made_by_its_store() {
        return Ok(());
    }
    // Before it is made: afterwards nobody could tell whose table it is.
    journal.note(&table.name, |entry| {
        entry.is_created = true;
        entry.is_sent = false;
    })?;
    let create = &table.definition.create;
    match table.target.ask(Action::CreateTable, &table.name, create).await? {
        Ok(_) => {}
        // It was not there a moment ago: it was made, and the answer was lost.
        Err(refusal) if refusal.kind == "ResourceInUseException" => {}
        Err(refusal) => {
            return Err(table.target.refused(Action::CreateTable, &table.name, &refusal));
        }
    }
    let active = wait_for(&table.target.door, &table.name).await;
    active.map_err(|error| table.target.not_ensured(&table.name, error))?;
    table.is_there = true;
    Ok(())
}

async fn copy_items(
    table: &Planned,
    journal: &mut Journal,
    report: &mut impl FnMut(CopyEvent<'_>),
) -> Result<(), CopyError> {
    if journal.entry(&table.name).is_none_or(Entry::is_copied) {
        return Ok(());
    }
    let (phase, name, total) = (Phase::Copying, &*table.name, table.definition.items);
    let mut tell = |done| report(CopyEvent::Progress { phase, table: name, done, total });
    items::copy(table, journal, &mut tell).await?;
    report(CopyEvent::Over { phase, table: name });
    Ok(())
}

async fn compare_one(
    table: &Planned,
    report: &mut impl FnMut(CopyEvent<'_>),
) -> Result<TableCompared, CopyError> {
    let (phase, name, total) = (Phase::Comparing, &*table.name, table.definition.items * 2);
    let mut tell = |done| report(CopyEvent::Progress { phase, table: name, done, total });
    let compared = compare::compare(table, &mut tell).await?;
    report(CopyEvent::Over { phase, table: name });
    Ok(compared)
}
