//! Query and Scan past the engine: the rows of a plain one, as they are stored, up to the end of its page.

use std::collections::HashMap;
use std::ops::Range;

use dynoxide::storage::{QueryParams, ScanParams};
use dynoxide::storage_backend::sql_builders::{self, SqlParam};
use dynoxide::types::{
    ConsumedCapacity, consumed_capacity, consumed_capacity_with_secondary_indexes,
    read_capacity_units_with_consistency,
};
use rusqlite::{Connection, params_from_iter};

use super::condition::Bounds;
use super::item::{self, Added};
use super::key_range::{KeyRange, View};
use super::page_request::{PageRequest, Select};
use super::request::{Key, KeyPart};
use crate::limits;
use crate::wire::{Arns, Draft, to_sorted_json};

/// The items of a page, which are in a draft, one behind the other.
#[derive(Debug, Default)]
struct Items {
    count: usize,
    /// As AWS counts items.
    bytes: usize,
    last: Range<usize>,
    /// Whether there may be more behind the page.
    has_more: bool,
}

/// What it takes to read a page, of at most so many bytes.
pub(super) struct Reader<'h> {
    pub(super) connection: &'h Connection,
    pub(super) draft: &'h mut Draft,
    pub(super) arns: &'h Arns,
    pub(super) bytes_most: usize,
}

/// Reads the page that a Query asks for. Where the engine must answer, there is none.
pub(super) fn query(
    reader: &mut Reader<'_>,
    view: &View<'_>,
    request: &PageRequest<'_>,
) -> Option<Vec<u8>> {
    let range = KeyRange::of(view, request)?;
    let compared: Vec<&str> = range.bounds.iter().flat_map(Bounds::values).collect();
    let (sql, values) = statement(view, &range, &compared, !request.is_backward);
    let items = rows(reader, &sql, &values, request.limit, Order::OfQuery)?;
    answer(view, request, &items, reader)
}

/// Reads the page that a Scan of a table asks for. Where the engine must answer, there is none.
pub(super) fn scan(
    reader: &mut Reader<'_>,
    view: &View<'_>,
    request: &PageRequest<'_>,
) -> Option<Vec<u8>> {
    let start = scan_start(view, &request.start)?;
    let start = start.as_ref();
    let params = ScanParams {
        // Rows are read one by one, as far as they are wanted.
        limit: None,
        exclusive_start_pk: start.map(|(partition, _)| partition.as_str()),
        exclusive_start_sk: start.map(|(_, sort)| sort.as_str()),
        segment: None,
        total_segments: None,
        exclusive_start_base_pk: None,
        exclusive_start_base_sk: None,
    };
    let (sql, values) = sql_builders::scan_items(&view.table.name, &params);
    let items = rows(reader, &sql, &values, request.limit, Order::OfScan)?;
    answer(view, request, &items, reader)
}

/// Reads a start key as it is stored; nothing where the engine may refuse it.
fn scan_start(view: &View<'_>, parts: &[KeyPart<'_>]) -> Option<Option<(String, String)>> {
    let key = match *parts {
        [] => return Some(None),
        [first] => Key { first, second: None },
        [first, second] if first.name != second.name => Key { first, second: Some(second) },
        _ => return None,
    };
    let (mut partition, mut sort) = (String::new(), String::new());
    view.table.keys.as_ref()?.write(&key, &mut partition, &mut sort)?;
    Some(Some((partition, sort)))
}

fn statement<'r>(
    view: &View<'_>,
    range: &'r KeyRange,
    compared: &'r [&'r str],
    forward: bool,
) -> (String, Vec<SqlParam<'r>>) {
    let start = range.start.as_ref();
    let params = QueryParams {
        sk_condition: range.bounds.as_ref().map(Bounds::sql),
        sk_params: compared,
        forward,
        // Rows are read one by one, as far as they are wanted.
        limit: None,
        exclusive_start_sk: start.map(|start| start.sort.as_str()),
        exclusive_start_base_pk: start.map(|start| start.table_partition.as_str()),
        exclusive_start_base_sk: start.map(|start| start.table_sort.as_str()),
    };
    let (table, partition) = (&view.table.name, &range.partition);
    match view.index {
        None => sql_builders::query_items(table, partition, &params),
        Some(index) if index.is_global => {
            sql_builders::query_gsi_items(table, &index.name, partition, &params)
        }
        Some(index) => sql_builders::query_lsi_items(table, &index.name, partition, &params),
    }
}

/// The order that the members of sets of numbers are answered in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    /// By their values, as they are stored.
    OfQuery,
    /// One of the engine's own.
    OfScan,
}

/// Where the engine's statements have the item.
const ITEM_COLUMN: usize = 2;

/// Reads items into the draft. A failure is the engine's to meet again, and to word.
fn rows(
    reader: &mut Reader<'_>,
    sql: &str,
    values: &[SqlParam<'_>],
    limit: Option<usize>,
    order: Order,
) -> Option<Items> {
    let Reader { connection, draft, bytes_most, .. } = reader;
    draft.restart(limits::PAGE_BEGUN_BYTES, limits::POINT_KEPT_BYTES);
    let mut statement = connection.prepare_cached(sql).ok()?;
    let mut rows = statement.query(params_from_iter(values)).ok()?;
    let mut items = Items::default();
    while let Some(row) = rows.next().ok()? {
        let stored = row.get_ref(ITEM_COLUMN).ok()?.as_str().ok()?;
        let end = draft.out.len();
        if items.count > 0 {
            draft.out.push(b',');
        }
        let start = draft.out.len();
        let Added { bytes, has_number_set } = item::append(stored, draft)?;
        if has_number_set && order == Order::OfScan {
            return None;
        }
        if items.count > 0 && items.bytes + bytes > limits::PAGE_BYTES {
            draft.out.truncate(end);
            items.has_more = true;
            break;
        }
        if draft.out.len() > *bytes_most {
            return None;
        }
        items.count += 1;
        items.bytes += bytes;
        items.last = start..draft.out.len();
        if limit == Some(items.count) {
            items.has_more = true;
            break;
        }
    }
    Some(items)
}

/// Writes the answer, its members in order.
fn answer(
    view: &View<'_>,
    request: &PageRequest<'_>,
    items: &Items,
    reader: &Reader<'_>,
) -> Option<Vec<u8>> {
    let Reader { draft, arns, .. } = reader;
    let mut out = Vec::with_capacity(draft.out.len() + limits::PAGE_FRAME_BYTES);
    out.push(b'{');
    if let Some(capacity) = capacity(view, request, items.bytes) {
        out.extend_from_slice(br#""ConsumedCapacity":"#);
        out.extend(to_sorted_json(&capacity, arns).ok()?);
        out.push(b',');
    }
    let count = items.count.to_string();
    out.extend_from_slice(br#""Count":"#);
    out.extend_from_slice(count.as_bytes());
    if request.select != Some(Select::Count) {
        out.extend_from_slice(br#","Items":["#);
        out.extend_from_slice(&draft.out);
        out.push(b']');
    }
    if items.has_more {
        let last = std::str::from_utf8(draft.out.get(items.last.clone())?).ok()?;
        out.extend_from_slice(br#","LastEvaluatedKey":"#);
        out.extend(item::key_of(last, &view.key_names())?);
    }
    out.extend_from_slice(br#","ScannedCount":"#);
    out.extend_from_slice(count.as_bytes());
    out.push(b'}');
    Some(out)
}

fn capacity(view: &View<'_>, request: &PageRequest<'_>, bytes: usize) -> Option<ConsumedCapacity> {
    let mode = Some(request.capacity?.to_owned());
    let table = &view.table.name;
    let units = read_capacity_units_with_consistency(bytes, request.is_strong);
    let Some(index) = view.index else { return consumed_capacity(table, units, &mode) };
    let (of_index, none) = (HashMap::from([(index.name.clone(), units)]), HashMap::new());
    let (global, local) = if index.is_global { (&of_index, &none) } else { (&none, &of_index) };
    consumed_capacity_with_secondary_indexes(table, 0.0, global, local, &mode)
}
