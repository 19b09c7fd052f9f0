//! Query and Scan without a limit, or with a large one, read from the engine in small pages.
//!
//! The engine collects as many items as the limit says before it cuts the page at 1 MB. So such a
//! request is read in inner pages until 1 MB of items is evaluated or the end is
//! reached, and answered as one page. Consumed capacity cannot be summed from parts that are
//! rounded up: a request that asks for it is read once more, with the number of items as its limit.

use dynoxide::actions::query::{self, QueryRequest, QueryResponse};
use dynoxide::actions::scan::{self, ScanRequest, ScanResponse};
use dynoxide::storage::Storage;
use dynoxide::types::ConsumedCapacity;
use dynoxide::{DynoxideError, Item};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::expressions::Expressions;
use super::keyed::ready;
use crate::expression::{self, Names, Step};
use crate::limits;

/// A request that reads page by page.
pub(super) trait Paged: DeserializeOwned + Expressions {
    type Page: Page + Serialize;

    /// Whether a filter may name what an index keeps, and nothing else.
    const FILTERS_THE_INDEX: bool;

    fn table(&self) -> &str;
    fn index(&self) -> Option<&str>;
    fn attributes_to_get(&self) -> Option<Vec<String>>;
    fn names(&mut self) -> &mut Names;
    /// Returns the request for items with all their attributes.
    fn of_whole_items(self) -> Self;

    fn limit(&self) -> Option<usize>;
    fn wants_capacity(&self) -> bool;
    fn is_strong(&self) -> bool;
    fn limited(self, limit: usize) -> Self;
    /// Returns the request for one inner page, which tells its capacity.
    fn inner(self, limit: usize, from: Option<Item>) -> Self;
    fn run(self, storage: &Storage) -> Result<Self::Page, DynoxideError>;
}

/// What a page of a Query and of a Scan have in common.
pub(super) trait Page {
    fn parts(&mut self) -> Parts<'_>;
}

pub(super) struct Parts<'p> {
    items: &'p mut Option<Vec<Item>>,
    count: &'p mut usize,
    scanned: &'p mut usize,
    last_key: &'p mut Option<Item>,
    capacity: &'p mut Option<ConsumedCapacity>,
}

/// Does the request; `again` reads it anew for each inner page, as the engine takes it by value.
pub(super) fn read<Q: Paged>(
    storage: &Storage,
    request: Q,
    again: impl Fn() -> Option<Q>,
) -> Result<Q::Page, DynoxideError> {
    let limit = request.limit();
    if limit.is_some_and(|limit| limit <= limits::INNER_PAGE_ITEMS) {
        let mut page = request.run(storage)?;
        correct(&mut page, limit);
        return Ok(page);
    }
    if request.wants_capacity() {
        // Both readings see the same items.
        let snapshot = Snapshot::begin(storage)?;
        let page = with_capacity(storage, request, again)?;
        snapshot.end()?;
        return Ok(page);
    }
    in_pages(storage, request, again)
}

/// Leaves of the items of a page what the paths name.
pub(super) fn project(page: &mut impl Page, paths: &[Vec<Step>]) {
    for item in page.parts().items.iter_mut().flatten() {
        *item = expression::project(item, paths);
    }
}

/// A transaction that reads: all that is read in it is of one moment. It ends when dropped.
struct Snapshot<'s>(rusqlite::Transaction<'s>);

impl<'s> Snapshot<'s> {
    fn begin(storage: &'s Storage) -> Result<Snapshot<'s>, DynoxideError> {
        Ok(Snapshot(storage.conn().unchecked_transaction()?))
    }

    fn end(self) -> Result<(), DynoxideError> {
        Ok(self.0.commit()?)
    }
}

fn with_capacity<Q: Paged>(
    storage: &Storage,
    request: Q,
    again: impl Fn() -> Option<Q>,
) -> Result<Q::Page, DynoxideError> {
    let Some(first) = again() else { return request.run(storage) };
    let mut counted = in_pages(storage, first, again)?;
    let counted = counted.parts();
    let (is_end, limit) = (counted.last_key.is_none(), (*counted.scanned).max(1));
    let mut page = request.limited(limit).run(storage)?;
    correct(&mut page, Some(limit));
    let parts = page.parts();
    // The engine names the last key of any page that its limit ends.
    if is_end && *parts.scanned == limit {
        *parts.last_key = None;
    }
    Ok(page)
}

fn in_pages<Q: Paged>(
    storage: &Storage,
    request: Q,
    again: impl Fn() -> Option<Q>,
) -> Result<Q::Page, DynoxideError> {
    let mut progress = Progress::new(request.is_strong(), request.limit());
    let mut whole = progress.take(request, None, storage)?;
    while !progress.is_full() {
        let Some(from) = whole.parts().last_key.take() else { break };
        let Some(next) = again() else { break };
        let mut page = progress.take(next, Some(from), storage)?;
        append(&mut whole, &mut page);
    }
    Ok(whole)
}

/// The engine counts the item that no longer fits into the page as scanned.
fn correct(page: &mut impl Page, limit: Option<usize>) {
    let parts = page.parts();
    let is_cut = parts.last_key.is_some() && limit.is_none_or(|limit| *parts.scanned < limit);
    if is_cut {
        *parts.scanned = parts.scanned.saturating_sub(1);
    }
}

fn append(whole: &mut impl Page, page: &mut impl Page) {
    let (whole, page) = (whole.parts(), page.parts());
    if let (Some(items), Some(more)) = (whole.items, page.items.take()) {
        items.extend(more);
    }
    *whole.count += *page.count;
    *whole.scanned += *page.scanned;
    *whole.last_key = page.last_key.take();
}

/// How much is evaluated, and how many items the next inner page may have.
struct Progress {
    bytes_a_unit: f64,
    bytes: f64,
    items: usize,
    /// Items that the request wants at most.
    most: usize,
    limit: usize,
    is_cut: bool,
}

/// AWS: one read unit is 4 KB read strongly, or 8 KB read eventually.
const STRONG_UNIT_BYTES: f64 = 4096.0;

impl Progress {
    fn new(is_strong: bool, most: Option<usize>) -> Progress {
        let bytes_a_unit = STRONG_UNIT_BYTES * if is_strong { 1.0 } else { 2.0 };
        let most = most.unwrap_or(usize::MAX);
        let limit = limits::FIRST_INNER_PAGE_ITEMS.min(most);
        Progress { bytes_a_unit, bytes: 0.0, items: 0, most, limit, is_cut: false }
    }

    /// Reads one inner page and counts it.
    fn take<Q: Paged>(
        &mut self,
        request: Q,
        from: Option<Item>,
        storage: &Storage,
    ) -> Result<Q::Page, DynoxideError> {
        let mut page = request.inner(self.limit, from).run(storage)?;
        correct(&mut page, Some(self.limit));
        let parts = page.parts();
        let units = parts.capacity.take().map_or(0.0, |used| used.capacity_units);
        self.is_cut = parts.last_key.is_some() && *parts.scanned < self.limit;
        self.items += *parts.scanned;
        self.bytes += units * self.bytes_a_unit;
        self.limit = self.next_limit().min(self.most.saturating_sub(self.items));
        Ok(page)
    }

    /// The engine cut the page at its 1 MB, or the pages together have come so far.
    fn is_full(&self) -> bool {
        self.is_cut || self.limit == 0
    }

    /// As many items of the mean size as fit into the rest of the page.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "an estimate between 0 and the inner page's limit"
    )]
    fn next_limit(&self) -> usize {
        let left = limits::PAGE_BYTES as f64 - self.bytes;
        let mean = (self.bytes / self.items.max(1) as f64).max(1.0);
        (left / mean).clamp(0.0, limits::INNER_PAGE_ITEMS as f64) as usize
    }
}

macro_rules! paged {
    ($request:ident, $page:ident, $action:ident, $filters_the_index:literal) => {
        impl Paged for $request {
            type Page = $page;

            const FILTERS_THE_INDEX: bool = $filters_the_index;

            fn table(&self) -> &str {
                &self.table_name
            }

            fn index(&self) -> Option<&str> {
                self.index_name.as_deref()
            }

            fn attributes_to_get(&self) -> Option<Vec<String>> {
                self.attributes_to_get.clone()
            }

            fn names(&mut self) -> &mut Names {
                &mut self.expression_attribute_names
            }

            fn of_whole_items(mut self) -> $request {
                self.projection_expression = None;
                self.attributes_to_get = None;
                self.select = Some("ALL_ATTRIBUTES".to_owned());
                self
            }

            fn limit(&self) -> Option<usize> {
                self.limit
            }

            fn wants_capacity(&self) -> bool {
                self.return_consumed_capacity.as_deref().is_some_and(|mode| mode != "NONE")
            }

            fn is_strong(&self) -> bool {
                self.consistent_read == Some(true)
            }

            fn limited(mut self, limit: usize) -> $request {
                self.limit = Some(limit);
                self
            }

            fn inner(mut self, limit: usize, from: Option<Item>) -> $request {
                self.limit = Some(limit);
                self.return_consumed_capacity = Some("TOTAL".to_owned());
                if from.is_some() {
                    self.exclusive_start_key = from;
                    self.exclusive_start_key_raw = None;
                }
                self
            }

            fn run(self, storage: &Storage) -> Result<$page, DynoxideError> {
                ready($action::execute(storage, self))
            }
        }

        impl Page for $page {
            fn parts(&mut self) -> Parts<'_> {
                Parts {
                    items: &mut self.items,
                    count: &mut self.count,
                    scanned: &mut self.scanned_count,
                    last_key: &mut self.last_evaluated_key,
                    capacity: &mut self.consumed_capacity,
                }
            }
        }
    };
}

paged!(QueryRequest, QueryResponse, query, true);
paged!(ScanRequest, ScanResponse, scan, false);
