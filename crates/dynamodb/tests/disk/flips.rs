//! A bit that the disk turned, and files that end too early: the store is refused by the name of its file, a read that meets the
//! damage is an error, or `data check` names it. An item is never "not there" without that, but for what a power cut could have
//! torn too: the last two writes of a log. A text that has another letter by now is seen by nobody: pages have no checksums.
//!
//! Source: inferred (AWS has no such disks).

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;
use vestibule_dynamodb::{Action, Embedded, data};

use crate::disk::say;
use crate::fixture::{EVENTS, ITEMS, Store, folder, rounds};
use crate::victim::{item, options};

/// Items of the table `items`.
const COUNT: usize = 60;

/// What came of a damage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum End {
    /// The store does not open, and says which file.
    Refused,
    /// Something could not be read.
    Failed,
    /// `data check` names it.
    Found,
    /// Everything is as it was: the place was not in use.
    Harmless,
    /// An item has another text, and nobody can tell.
    Changed,
    /// Items are not there, from this one on, and nobody says so.
    MissingFrom(usize),
    /// Others than the last ones are not there.
    Missing,
}

/// Makes of small numbers numbers of all sizes.
fn spread(seed: u64) -> usize {
    let mixed = (seed + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    usize::try_from((mixed ^ (mixed >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 16).unwrap()
}

/// A copy of a store with some pages: all in its files, or most in its log, as after kill -9.
async fn stored(at: &Path, is_in_log: bool) {
    let source = folder();
    let store = Store::open(&options(source.path()));
    store.tables.ensure_table(ITEMS, None).await.unwrap();
    store.tables.ensure_table(EVENTS, None).await.unwrap();
    for id in 0..COUNT {
        store.put(&item(&format!("item-{id}"))).await;
    }
    if is_in_log {
        copy(source.path(), at);
        return;
    }
    drop(store);
    copy(source.path(), at);
}

fn copy(from: &Path, to: &Path) {
    for name in ["format", "tables.db", "tables.db-wal", "state.db", "state.db-wal"] {
        if from.join(name).exists() {
            fs::copy(from.join(name), to.join(name)).unwrap();
        }
    }
}

/// Opens a store and reads everything; says what came of the damage in one of its files.
fn end(at: &Path, damaged: &str) -> End {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let check = || data::check(at).map_or(true, |checked| !checked.findings.is_empty());
    let is_found = check();
    let (tables, state) = match Embedded::open(&options(at)) {
        Ok(handles) => handles,
        Err(error) => {
            let name = at.join(damaged).display().to_string();
            assert!(error.to_string().contains(&name), "{error}");
            assert!(is_found, "not found by a check: {error}");
            return End::Refused;
        }
    };
    let store = Store { tables, state };
    let seen: Option<Vec<Value>> = (0..COUNT).map(|id| get(&runtime, &store, id)).collect();
    let count = r#"{"TableName":"items","Select":"COUNT"}"#;
    let scan = runtime.block_on(store.reply(Action::Scan, count));
    drop(store);
    let (Some(seen), true) = (seen, scan.is_success()) else { return End::Failed };
    if is_found || check() {
        return End::Found;
    }
    let scanned: Value = serde_json::from_slice(&scan.body).unwrap();
    let there = seen.iter().take_while(|item| !item.is_null()).count();
    let is_missing = |item: &Value| item.is_null();
    if seen.iter().skip(there).all(is_missing) && scanned["Count"] == there {
        let right = |(id, found): (usize, &Value)| *found == put(id);
        let is_changed = !seen.iter().take(there).enumerate().all(right);
        return match (there == COUNT, is_changed) {
            (false, _) => End::MissingFrom(there),
            (true, true) => End::Changed,
            (true, false) => End::Harmless,
        };
    }
    End::Missing
}

/// Returns an item, null when it is not there, nothing when it cannot be read.
fn get(runtime: &tokio::runtime::Runtime, store: &Store, id: usize) -> Option<Value> {
    let get = format!(r#"{{"TableName":"items","Key":{{"id":{{"S":"item-{id}"}}}}}}"#);
    let reply = runtime.block_on(store.reply(Action::GetItem, &get));
    let mut answer: Value = serde_json::from_slice(&reply.body).unwrap();
    reply.is_success().then(|| answer["Item"].take())
}

fn put(id: usize) -> Value {
    serde_json::from_str(&item(&format!("item-{id}"))).unwrap()
}

/// Damages one file of a store again and again; says how often what came of it.
fn ends(name: &str, is_in_log: bool, damage: impl Fn(&mut Vec<u8>, usize)) -> BTreeMap<End, u32> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let whole = folder();
    runtime.block_on(stored(whole.path(), is_in_log));
    let bytes = fs::read(whole.path().join(name)).unwrap();
    let mut ends: BTreeMap<End, u32> = BTreeMap::new();
    for seed in 0..rounds(25) {
        let at = folder();
        copy(whole.path(), at.path());
        let mut damaged = bytes.clone();
        damage(&mut damaged, spread(seed));
        fs::write(at.path().join(name), damaged).unwrap();
        *ends.entry(end(at.path(), name)).or_default() += 1;
    }
    ends
}

/// Turns a bit.
fn flip(bytes: &mut [u8], random: usize) {
    let bit = random % (bytes.len() * 8);
    bytes[bit / 8] ^= 1 << (bit % 8);
}

/// Ends a file at any of its bytes.
fn cut(bytes: &mut Vec<u8>, random: usize) {
    bytes.truncate(random % bytes.len());
}

#[test]
fn a_bit_that_turns_in_the_file_hides_no_item() {
    let ends = ends("tables.db", false, |bytes, random| flip(bytes, random));
    say(&format!("turned bits of the file: {ends:?}"));
    let hides = |end: &End| matches!(end, End::Missing | End::MissingFrom(_));
    assert!(!ends.keys().any(hides), "{ends:?}");
    assert!(ends.contains_key(&End::Found), "{ends:?}");
}

#[test]
fn a_file_that_ends_too_early_is_refused_or_found() {
    let ends = ends("tables.db", false, cut);
    say(&format!("files that end too early: {ends:?}"));
    assert!(
        ends.keys().all(|end| [End::Refused, End::Failed, End::Found].contains(end)),
        "{ends:?}"
    );
}

#[test]
fn a_bit_that_turns_in_the_log_undoes_the_last_writes_at_most() {
    let ends = ends("tables.db-wal", true, |bytes, random| flip(bytes, random));
    say(&format!("turned bits of the log: {ends:?}"));
    let is_told = |end: &End| match end {
        // The last two writes could be torn: nobody can tell.
        End::MissingFrom(first) => *first >= COUNT - 2,
        end => [End::Refused, End::Harmless].contains(end),
    };
    assert!(ends.keys().all(is_told), "{ends:?}");
    assert!(ends.contains_key(&End::Refused), "{ends:?}");
}

/// What a log has lost at its end it may never have had: what is before it is there, and nothing by halves.
#[test]
fn a_log_that_ends_too_early_is_the_store_of_an_earlier_moment() {
    let ends = ends("tables.db-wal", true, cut);
    say(&format!("logs that end too early: {} moments", ends.len()));
    let is_moment = |end: &End| matches!(end, End::MissingFrom(_) | End::Harmless | End::Failed);
    assert!(ends.keys().all(is_moment), "{ends:?}");
}
