//! Conditional writes of many tasks at once have one order: a recorded history is checked by a
//! search for an order in which a single item could have done the same.
//!
//! Source: Wing and Gong, "Testing and Verifying Concurrent Objects" (1993): linearizability;
//! AWS docs: conditional writes and strongly consistent reads.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::Value;
use vestibule_dynamodb::{Action, Location, Options, Tables};

use crate::fixture::{ITEMS, Store, folder, rounds};

const TASKS: u64 = 6;
/// Each of them does this many operations on each item.
const OPERATIONS: u64 = 12;
/// Items of the test that anybody runs; `VESTIBULE_CRASH_ROUNDS` asks for more.
const FEW: u64 = 25;

/// What an operation did to the item's value, which is 0 while there is no item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Did {
    /// Read this value.
    Read(u64),
    /// Replaced the one by the other.
    Swap(u64, u64),
    /// Found that the value was not this.
    Refused(u64),
    /// Added one and saw this after it.
    Added(u64),
    /// Deleted the item where the value was this.
    Deleted(u64),
}

impl Did {
    /// Returns the value after it, when it could have done what it did with this value before.
    fn after(self, value: u64) -> Option<u64> {
        match self {
            Did::Read(seen) => (seen == value).then_some(value),
            Did::Swap(old, new) => (old == value).then_some(new),
            Did::Refused(expected) => (expected != value).then_some(value),
            Did::Added(new) => (new == value + 1).then_some(new),
            Did::Deleted(old) => (old == value).then_some(0),
        }
    }
}

/// One operation, between two moments of one clock.
#[derive(Debug, Clone, Copy)]
struct Operation {
    begun: u64,
    ended: u64,
    did: Did,
}

/// Returns whether the operations have an order that is true to time and to a single value.
fn is_linear(history: &[Operation]) -> bool {
    fn search(
        history: &[Operation],
        done: u128,
        value: u64,
        seen: &mut HashSet<(u128, u64)>,
    ) -> bool {
        if done.count_ones() as usize == history.len() {
            return true;
        }
        if !seen.insert((done, value)) {
            return false;
        }
        let open = |at: &usize| done & (1 << at) == 0;
        // Whatever begins after another one of the rest has ended cannot be the next.
        let first_end = (0..history.len()).filter(open).map(|at| history[at].ended).min().unwrap();
        (0..history.len()).filter(open).filter(|at| history[*at].begun < first_end).any(|at| {
            let next = history[at].did.after(value);
            next.is_some_and(|next| search(history, done | (1 << at), next, seen))
        })
    }
    search(history, 0, 0, &mut HashSet::new())
}

#[test]
fn the_checker_knows_what_is_linear() {
    let operation = |begun, ended, did| Operation { begun, ended, did };
    assert!(is_linear(&[operation(0, 1, Did::Swap(0, 7)), operation(2, 3, Did::Read(7))]));
    assert!(is_linear(&[operation(0, 3, Did::Swap(0, 7)), operation(1, 2, Did::Read(0))]));
    assert!(!is_linear(&[operation(0, 1, Did::Swap(0, 7)), operation(2, 3, Did::Read(0))]));
    assert!(!is_linear(&[operation(0, 3, Did::Added(1)), operation(1, 2, Did::Added(1))]));
    assert!(!is_linear(&[operation(0, 3, Did::Swap(0, 1)), operation(1, 2, Did::Swap(0, 2))]));
    assert!(!is_linear(&[operation(0, 1, Did::Refused(0))]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn conditional_writes_of_many_tasks_have_one_order() {
    let folder = folder();
    let store = Store::open(&Options::new(Location::Directory(folder.path().to_owned())));
    store.tables.ensure_table(ITEMS, None).await.unwrap();
    let clock = Arc::new(AtomicU64::new(0));
    for item in 0..rounds(FEW) {
        let tasks: Vec<_> = (0..TASKS)
            .map(|task| {
                let (tables, clock) = (store.tables.clone(), Arc::clone(&clock));
                tokio::spawn(async move { operate(&tables, &clock, item, task).await })
            })
            .collect();
        let mut history = Vec::new();
        for task in tasks {
            history.extend(task.await.unwrap());
        }
        assert_eq!(history.len() as u64, TASKS * OPERATIONS);
        assert!(is_linear(&history), "item {item}: {history:?}");
    }
}

/// What is moved between accounts is in one of them at each moment: whoever reads all in a transaction sees the same sum.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn transactions_of_several_items_are_seen_whole() {
    const ACCOUNTS: u64 = 6;
    const EACH: u64 = 3;
    let folder = folder();
    let store = Store::open(&Options::new(Location::Directory(folder.path().to_owned())));
    store.tables.ensure_table(ITEMS, None).await.unwrap();
    for account in 0..ACCOUNTS {
        store.put(&format!(r#"{{"id":{{"S":"{account}"}},"n":{{"N":"{EACH}"}}}}"#)).await;
    }
    let transfers = rounds(FEW);
    let movers = (0..TASKS).map(|task| {
        let tables = store.tables.clone();
        tokio::spawn(async move {
            let mut moved = 0;
            for number in 0..transfers {
                let from = (task + number) % ACCOUNTS;
                // Towards the first: the others are empty before long.
                let body = transfer(from, u64::from(from == 0));
                let reply = tables.call(Action::TransactWriteItems, body.into()).await.unwrap();
                moved += u64::from(reply.is_success());
            }
            moved
        })
    });
    let movers: Vec<_> = movers.collect();
    let gets = (0..ACCOUNTS)
        .map(|id| format!(r#"{{"Get":{{"TableName":"items","Key":{{"id":{{"S":"{id}"}}}}}}}}"#));
    let all = format!(r#"{{"TransactItems":[{}]}}"#, gets.collect::<Vec<_>>().join(","));
    let mut is_over = false;
    while !is_over {
        // Once more after the last transfer.
        is_over = movers.iter().all(tokio::task::JoinHandle::is_finished);
        let read = store.reply(Action::TransactGetItems, &all).await;
        let read: Value = serde_json::from_slice(&read.body).unwrap();
        let number = |at: &Value| at["Item"]["n"]["N"].as_str().unwrap().parse::<u64>().unwrap();
        let sum: u64 = read["Responses"].as_array().unwrap().iter().map(number).sum();
        assert_eq!(sum, ACCOUNTS * EACH, "{read}");
    }
    let mut moved = 0;
    for mover in movers {
        moved += mover.await.unwrap();
    }
    // Some found their account empty, and not all.
    assert!(moved > 0 && moved < TASKS * transfers, "{moved}");
}

/// Moves one from an account that has one.
fn transfer(from: u64, to: u64) -> String {
    let of = |id: u64, update: &str, more: &str| {
        format!(
            r#"{{"Update":{{"TableName":"items","Key":{{"id":{{"S":"{id}"}}}},"UpdateExpression":"{update}","ExpressionAttributeValues":{{":one":{{"N":"1"}}}}{more}}}}}"#
        )
    };
    let taken = of(from, "SET n = n - :one", r#","ConditionExpression":"n >= :one""#);
    let given = of(to, "SET n = n + :one", "");
    format!(r#"{{"TransactItems":[{taken},{given}]}}"#)
}

/// Does operations one after another, each on what the one before has seen.
async fn operate(tables: &Tables, clock: &AtomicU64, item: u64, task: u64) -> Vec<Operation> {
    let mut operations = Vec::new();
    let mut seen = 0;
    for number in 0..OPERATIONS {
        let (kind, new) = ((task + number) % 4, 1_000 * (task + 1) + 10 * number);
        let (action, body) = request(item, kind, seen, new);
        let begun = clock.fetch_add(1, Ordering::SeqCst);
        let reply = tables.call(action, body.into()).await.unwrap();
        let ended = clock.fetch_add(1, Ordering::SeqCst);
        let answer: Value = serde_json::from_slice(&reply.body).unwrap();
        let value = |at: &str| {
            answer.pointer(at).and_then(Value::as_str).map_or(0, |text| text.parse().unwrap())
        };
        let reads = ["/Item/n/N", "/Items/0/n/N", "/Responses/0/Item/n/N"];
        let read = || reads.into_iter().map(value).max().unwrap_or(0);
        let did = match (reply.status, kind) {
            (200, 0) => Did::Read(read()),
            (200, 1) => Did::Swap(seen, new),
            (200, 2) => Did::Added(value("/Attributes/n/N")),
            (200, _) => Did::Deleted(seen),
            _ => {
                let kind = answer["__type"].as_str().unwrap();
                let (_, kind) = kind.split_once('#').unwrap();
                let refusals = ["ConditionalCheckFailedException", "TransactionCanceledException"];
                assert!(refusals.contains(&kind), "{answer}");
                Did::Refused(seen)
            }
        };
        seen = match did {
            Did::Read(value) | Did::Swap(_, value) | Did::Added(value) => value,
            Did::Deleted(_) => 0,
            Did::Refused(_) => seen,
        };
        operations.push(Operation { begun, ended, did });
    }
    operations
}

/// A read, a swap, an addition or a deletion.
fn request(item: u64, kind: u64, seen: u64, new: u64) -> (Action, String) {
    let key = format!(r#""TableName":"items","Key":{{"id":{{"S":"{item}"}}}}"#);
    let condition = match seen {
        0 => r#""ConditionExpression":"attribute_not_exists(id)""#.to_owned(),
        _ => format!(
            r#""ConditionExpression":"n = :seen","ExpressionAttributeValues":{{":seen":{{"N":"{seen}"}}}}"#
        ),
    };
    match kind {
        // Each way to read an item sees it as the others do.
        0 => match new / 10 % 4 {
            0 => (Action::GetItem, format!(r#"{{{key},"ConsistentRead":true}}"#)),
            1 => {
                (Action::TransactGetItems, format!(r#"{{"TransactItems":[{{"Get":{{{key}}}}}]}}"#))
            }
            2 => (
                Action::ExecuteStatement,
                format!(r#"{{"Statement":"SELECT * FROM items WHERE id = '{item}'"}}"#),
            ),
            _ => (
                Action::Query,
                format!(
                    r#"{{"TableName":"items","ConsistentRead":true,"KeyConditionExpression":"id = :id","ExpressionAttributeValues":{{":id":{{"S":"{item}"}}}}}}"#
                ),
            ),
        },
        // A transaction takes part too, where it is alone as where it is with others.
        1 if new.is_multiple_of(20) => (
            Action::TransactWriteItems,
            format!(
                r#"{{"TransactItems":[{{"Put":{{"TableName":"items","Item":{{"id":{{"S":"{item}"}},"n":{{"N":"{new}"}}}},{condition}}}}}]}}"#
            ),
        ),
        1 => (
            Action::PutItem,
            format!(
                r#"{{"TableName":"items","Item":{{"id":{{"S":"{item}"}},"n":{{"N":"{new}"}}}},{condition}}}"#
            ),
        ),
        2 => (
            Action::UpdateItem,
            format!(
                r#"{{{key},"UpdateExpression":"ADD n :one","ExpressionAttributeValues":{{":one":{{"N":"1"}}}},"ReturnValues":"UPDATED_NEW"}}"#
            ),
        ),
        _ => (Action::DeleteItem, format!("{{{key},{condition}}}")),
    }
}
