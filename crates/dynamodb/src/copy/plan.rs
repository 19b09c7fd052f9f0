//! What is to be copied, and whether it may be: found out before anything is written.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::definition::{Definition, describe};
use super::end::{Asked, CopyStore, End, Manner};
use super::error::{CopyError, NO_TABLE};
use super::journal::Journal;
use super::pages::{META, Segment};
use crate::action::Action;
use crate::bootstrap::{difference, list, text};
use crate::limits::COPY_FINDINGS;
use crate::side::Side;

/// One table and both of its places.
#[derive(Debug)]
pub(super) struct Planned {
    pub(super) name: Arc<str>,
    pub(super) source: Asked,
    pub(super) target: Asked,
    pub(super) definition: Definition,
    /// Whether it is at the target already.
    pub(super) is_there: bool,
}

/// What speaks against a copy; the first are kept, the rest are counted.
#[derive(Debug, Default)]
pub(super) struct Findings {
    kept: Vec<String>,
    more: usize,
}

impl Findings {
    fn add(&mut self, finding: String) {
        if self.kept.len() < COPY_FINDINGS {
            self.kept.push(finding);
        } else {
            self.more += 1;
        }
    }

    pub(super) fn into_result(mut self) -> Result<(), CopyError> {
        if self.kept.is_empty() {
            return Ok(());
        }
        if self.more > 0 {
            self.kept.push(format!("and {} more", self.more));
        }
        Err(CopyError::Refused { findings: self.kept })
    }
}

/// Both stores.
#[derive(Debug)]
pub(super) struct Ends<'s> {
    pub(super) from: &'s CopyStore,
    pub(super) to: &'s CopyStore,
    pub(super) manner: &'s Manner,
}

impl Ends<'_> {
    /// Looks at the tables that are chosen, or at all, in both stores. `note` takes what is not copied.
    pub(super) async fn plan(
        &self,
        chosen: &[String],
        findings: &mut Findings,
        note: &mut impl FnMut(String),
    ) -> Result<Vec<Planned>, CopyError> {
        let mut planned = Vec::new();
        for (side, name) in self.names(chosen, findings).await? {
            let source = self.from.asked(side, End::Source, self.manner);
            let target = self.to.asked(side, End::Target, self.manner);
            let Some(described) = describe(&source, &name).await? else {
                findings.add(format!("table `{name}` is not at the source any more"));
                continue;
            };
            check_status(End::Source, &name, &described, findings);
            let definition = Definition::read(&source, &name, &described, note).await?;
            let there = describe(&target, &name).await?;
            if let Some(there) = &there {
                check_status(End::Target, &name, there, findings);
                let places = ["at the source", "at the target"];
                if let Some(difference) = difference(&described, there, places) {
                    findings.add(format!("table `{name}` differs: {difference}: delete or rename it at the target, or leave it out by naming others with `--table`"));
                }
            }
            let (name, is_there) = (name.into(), there.is_some());
            planned.push(Planned { name, source, target, definition, is_there });
        }
        Ok(planned)
    }

    /// The tables to copy in their order: users' by name, then the program's own.
    async fn names(
        &self,
        chosen: &[String],
        findings: &mut Findings,
    ) -> Result<Vec<(Side, String)>, CopyError> {
        let mut names = Vec::new();
        for side in [Side::Tables, Side::State] {
            let is_asked_for = chosen.is_empty() || chosen.iter().any(|name| side.owns(name));
            if is_asked_for {
                let asked = self.from.asked(side, End::Source, self.manner);
                let found = table_names(&asked).await?;
                names.extend(found.into_iter().map(|name| (side, name)));
            }
        }
        for name in chosen {
            if !names.iter().any(|(_, found)| found == name) {
                findings.add(format!("there is no table `{name}` at the source"));
            }
        }
        names.retain(|(_, name)| chosen.is_empty() || chosen.contains(name));
        Ok(names)
    }
}

impl Planned {
    /// Refuses a table that has items at the target, and one whose progress is of another time.
    pub(super) async fn check(
        &self,
        journal: &Journal,
        overwrites: bool,
        findings: &mut Findings,
    ) -> Result<(), CopyError> {
        let name = &self.name;
        let begun = journal.entry(name);
        let has_items_there = begun.is_some_and(|entry| entry.items > 0);
        if has_items_there && !self.is_there && !self.is_made_by_its_store() {
            findings.add(format!("table `{name}` was begun, and is not at the target any more: begin anew with `--restart`"));
        }
        // What is there of a table that nothing was sent to is somebody else's, also when the copy has made the table.
        let is_free = begun.is_some_and(|entry| entry.is_sent || entry.is_copied());
        let is_asked = self.is_there && !overwrites && !is_free;
        if is_asked && has_items(self.segment(End::Target)).await? {
            findings.add(format!("table `{name}` has items at the target: delete them, or put the source's over them with `--overwrite`, or leave it out by naming others with `--table`"));
        }
        Ok(())
    }

    /// The whole of the table at one end.
    pub(super) fn segment(&self, end: End) -> Segment {
        let asked = match end {
            End::Source => self.source.clone(),
            End::Target => self.target.clone(),
        };
        Segment { asked, table: Arc::clone(&self.name), number: 0, of: 1 }
    }

    /// Whether the store makes the table when something is first written to it.
    pub(super) fn is_made_by_its_store(&self) -> bool {
        &*self.name == META
    }
}

/// Returns all tables of one side by name.
async fn table_names(asked: &Asked) -> Result<Vec<String>, CopyError> {
    let side = asked.door.side();
    let mut names = Vec::new();
    let mut body = Map::new();
    loop {
        let request = Value::Object(body.clone());
        let mut page = asked.demand(Action::ListTables, NO_TABLE, &request).await?;
        let found = list(&page, "TableNames").iter().filter_map(Value::as_str);
        names.extend(found.filter(|name| side.owns(name)).map(str::to_owned));
        match page.get_mut("LastEvaluatedTableName").map(Value::take).filter(Value::is_string) {
            Some(last) => body.insert("ExclusiveStartTableName".to_owned(), last),
            None => break,
        };
    }
    names.sort_unstable();
    Ok(names)
}

fn check_status(end: End, name: &str, described: &Value, findings: &mut Findings) {
    let status = text(described, "TableStatus");
    // An index is being made, or a setting is being changed: items are read and written.
    if !["ACTIVE", "UPDATING"].contains(&status.as_str()) {
        findings
            .add(format!("table `{name}` is `{status}` at the {end}: wait until it is `ACTIVE`"));
    }
}

async fn has_items(whole: Segment) -> Result<bool, CopyError> {
    let mut after = None;
    loop {
        let page = whole.glance(after.as_ref()).await?;
        if !page.items.is_empty() {
            return Ok(true);
        }
        let Some(next) = page.next else { return Ok(false) };
        after = Some(next);
    }
}
