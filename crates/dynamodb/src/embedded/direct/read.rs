//! A connection of its own to one of the engine's files, which reads rows.
//!
//! Opened to read alone, so that it waits for no writer, which the engine's handles do.
//! Keeps what is known of each table, which holds until a table changes: then the handle is
//! opened anew, as an engine is. SQL and the form of keys are the engine's own.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::key_range::View;
use super::page::Reader;
use super::page_request::PageRequest;
use super::table::Table;
use super::{item, page, page_request, request};
use crate::embedded::engine_fault::EngineFault;
use crate::limits;
use crate::wire::{Arns, Draft};

/// What GetItem answers when there is no such item.
const NO_ITEM: &[u8] = b"{}";

/// One connection to one of the engine's files.
pub(in crate::embedded) struct Direct {
    connection: Connection,
    tables: Vec<Table>,
    partition: String,
    sort: String,
    draft: Draft,
    arns: Arns,
}

impl Direct {
    /// Opens the file, which must exist.
    pub(in crate::embedded) fn open(path: &Path, arns: Arns) -> Result<Direct, EngineFault> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)?;
        // What is busy is left to the engine, which may wait.
        connection.busy_timeout(Duration::ZERO)?;
        connection.set_prepared_statement_cache_capacity(limits::POINT_TABLES);
        let (tables, draft) = (Vec::new(), Draft::default());
        let (partition, sort) = (String::new(), String::new());
        Ok(Direct { connection, tables, partition, sort, draft, arns })
    }

    /// Returns the successful answer to a GetItem, or nothing when the engine must answer.
    pub(in crate::embedded) fn answer(&mut self, body: &[u8]) -> Option<Vec<u8>> {
        let read = request::parse(text(body)?)?;
        let at = self.place(read.table)?;
        let Direct { connection, tables, partition, sort, draft, .. } = self;
        let Table { select, keys, .. } = tables.get(at)?;
        keys.as_ref()?.write(&read.key, partition, sort)?;
        // A failure here is the engine's to meet again, and to word.
        let mut statement = connection.prepare_cached(select).ok()?;
        let mut rows = statement.query((partition.as_str(), sort.as_str())).ok()?;
        match rows.next().ok()? {
            Some(row) => item::write(row.get_ref(0).ok()?.as_str().ok()?, draft),
            None => Some(NO_ITEM.to_vec()),
        }
    }

    /// Returns the successful answer to a Query, or nothing when the engine must answer, or when it has more than `bytes_most` bytes.
    pub(in crate::embedded) fn query(&mut self, body: &[u8], bytes_most: usize) -> Option<Vec<u8>> {
        self.page(page_request::query(text(body)?)?, bytes_most, page::query)
    }

    /// Returns the successful answer to a Scan, or nothing when the engine must answer.
    pub(in crate::embedded) fn scan(&mut self, body: &[u8]) -> Option<Vec<u8>> {
        self.page(page_request::scan(text(body)?)?, usize::MAX, page::scan)
    }

    fn page(
        &mut self,
        request: PageRequest<'_>,
        bytes_most: usize,
        read: fn(&mut Reader<'_>, &View<'_>, &PageRequest<'_>) -> Option<Vec<u8>>,
    ) -> Option<Vec<u8>> {
        let at = self.place(request.table)?;
        let Direct { connection, tables, draft, arns, .. } = self;
        let view = View::of(tables.get(at)?, &request)?;
        read(&mut Reader { connection, draft, arns, bytes_most }, &view, &request)
    }

    #[cfg(test)]
    pub(super) fn tables_known(&self) -> usize {
        self.tables.len()
    }

    /// Returns where the table of this name is kept.
    fn place(&mut self, name: &str) -> Option<usize> {
        if let Some(at) = self.tables.iter().position(|table| table.name == name) {
            return Some(at);
        }
        let table = Table::read(&self.connection, name)?;
        if self.tables.len() >= limits::POINT_TABLES {
            self.tables.clear();
        }
        self.tables.push(table);
        Some(self.tables.len() - 1)
    }
}

/// A body of a length that AWS takes.
fn text(body: &[u8]) -> Option<&str> {
    if body.len() > limits::BODY_BYTES {
        return None;
    }
    std::str::from_utf8(body).ok()
}
