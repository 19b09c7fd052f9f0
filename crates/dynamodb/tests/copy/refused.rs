//! What speaks against a copy is said before anything is written. Source of all: inferred.

use serde_json::json;
use vestibule_dynamodb::Action;
use vestibule_dynamodb::copy::{self, CopyError, CopyOptions};

use crate::fixture::{Folder, counts, embedded, fill, get, manner, put, remote, table};

#[tokio::test]
async fn everything_that_is_wrong_is_said_at_once() {
    let folder = Folder::new();
    let (from, (to, target)) = (embedded(), remote().await);
    for name in ["free", "full", "other"] {
        table(&from, name, json!({})).await;
    }
    table(&to, "full", json!({})).await;
    put(&to, "full", json!({ "id": { "S": "a" } })).await;
    let keys = json!({
        "AttributeDefinitions": [{ "AttributeName": "name", "AttributeType": "N" }],
        "KeySchema": [{ "AttributeName": "name", "KeyType": "HASH" }],
    });
    table(&to, "other", keys).await;
    target.rule(|_, _, _| crate::network::Fate::Done);
    let tables = ["free", "full", "other", "none"].map(str::to_owned).to_vec();
    let options = CopyOptions { tables, ..folder.options() };
    let refused = copy::copy(&from, &to, &manner(), &options, |_| {}).await.unwrap_err();
    assert_eq!(
        refused.to_string(),
        "the copy is refused, nothing was written:
there is no table `none` at the source
table `other` differs: KeySchema: `id` HASH S at the source, `name` HASH N at the target: delete or rename it at the target, or leave it out by naming others with `--table`
table `full` has items at the target: delete them, or put the source's over them with `--overwrite`, or leave it out by naming others with `--table`"
    );
    assert!(!refused.may_go_on());
    for action in [Action::CreateTable, Action::BatchWriteItem, Action::PutItem] {
        assert_eq!(target.count(action), 0);
    }
    assert!(!folder.journal().exists());
}

#[tokio::test]
async fn tables_that_are_chosen_are_copied_alone() {
    let (from, (to, _)) = (embedded(), remote().await);
    table(&from, "one", json!({})).await;
    table(&from, "two", json!({})).await;
    fill(&from, "two", 3, 1).await;
    let folder = Folder::new();
    let options = CopyOptions { tables: vec!["two".to_owned()], ..folder.options() };
    let compared = copy::copy(&from, &to, &manner(), &options, |_| {}).await.unwrap();
    assert_eq!(counts(&compared), [("two", 3, 3, true)]);
}

#[tokio::test]
async fn items_of_the_target_are_overwritten_when_that_is_said() {
    let (from, (to, _)) = (embedded(), remote().await);
    table(&from, "items", json!({})).await;
    table(&to, "items", json!({})).await;
    fill(&from, "items", 3, 2).await;
    fill(&to, "items", 4, 1).await;
    let folder = Folder::new();
    let options = CopyOptions { overwrites: true, ..folder.options() };
    let compared = copy::copy(&from, &to, &manner(), &options, |_| {}).await.unwrap();
    assert_eq!(counts(&compared)[0], ("items", 3, 4, false));
    let expected = json!({ "id": { "S": "1" }, "text": { "S": "xx" } });
    assert_eq!(get(&to, "items", "1").await, expected);
    // It is not over: whoever mends the target and runs it again has it compared.
    assert!(folder.journal().exists());
}

#[tokio::test]
async fn a_store_is_not_copied_into_itself() {
    let (from, to) = (embedded(), embedded());
    let refused = Folder::new().copy(&from, &to).await.unwrap_err();
    assert!(matches!(refused, CopyError::Same { .. }));
    assert_eq!(
        refused.to_string(),
        "source and target are one store, embedded `/data`: name another for one of them"
    );
}
