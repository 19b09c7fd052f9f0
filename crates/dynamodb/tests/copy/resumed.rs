//! A copy that stopped goes on where it was. Source of all: inferred.

use std::time::Duration;

use serde_json::{Value, json};
use vestibule_dynamodb::Action;
use vestibule_dynamodb::copy::{self, CopyOptions, CopyStore, Manner};

use crate::fixture::{Folder, counts, done, embedded, fill, get, manner, over, put, remote, table};
use crate::network::{Backed, Fate, Rule};

fn dies_late(action: Action, number: usize, _: &str) -> Fate {
    match action {
        Action::BatchWriteItem if number >= 30 => Fate::Gone,
        _ => Fate::Done,
    }
}

fn hasty() -> Manner {
    Manner { silent_wait: Duration::ZERO, ..manner() }
}

#[tokio::test]
async fn a_copy_goes_on_where_it_stopped() {
    let folder = Folder::new();
    let (from, (to, target)) = (embedded(), remote().await);
    let stream = json!({ "StreamEnabled": true, "StreamViewType": "KEYS_ONLY" });
    table(&from, "items", json!({ "StreamSpecification": stream })).await;
    table(&from, "later", json!({})).await;
    fill(&from, "items", 1_000, 4_000).await;
    fill(&from, "later", 30, 10).await;
    target.rule(dies_late);
    copy::copy(&from, &to, &hasty(), &folder.options(), |_| {}).await.unwrap_err();
    let put_before = target.items_put();
    assert!((250..=750).contains(&put_before), "{put_before}");
    // It is another store's progress.
    let (other, _) = remote().await;
    let other = CopyStore { name: "`http://x`".to_owned(), ..other };
    let refused = folder.copy(&from, &other).await.unwrap_err().to_string();
    let journal = folder.journal();
    assert_eq!(
        refused,
        format!(
            "`{}` is of another copy, from embedded `/data` to `http://db:8000`: end that one first, name another file by `--progress`, or begin anew with `--restart`",
            journal.display()
        )
    );
    target.rule(|_, _, _| Fate::Done);
    let to = over(&target).await;
    let compared = folder.copy(&from, &to).await.unwrap();
    let expected =
        [("items", 1_000, 1_000, true), ("later", 30, 30, true), ("vestibule.meta", 0, 0, true)];
    assert_eq!(counts(&compared), expected);
    // The first page of the four was acknowledged, and is not put again.
    assert!(target.items_put() < 1_000 + 30 - 200, "{}", target.items_put());
    assert!(!journal.exists());
    // The table was made by the copy, also if another run of it ended it.
    let described = done(&to, Action::DescribeTable, json!({ "TableName": "items" })).await;
    assert_eq!(described["Table"]["StreamSpecification"]["StreamEnabled"], json!(true));
}

#[tokio::test]
async fn a_copy_that_is_begun_anew_forgets_where_it_was() {
    let folder = Folder::new();
    let (from, (to, target)) = (embedded(), remote().await);
    table(&from, "items", json!({})).await;
    fill(&from, "items", 1_000, 4_000).await;
    target.rule(dies_late);
    copy::copy(&from, &to, &hasty(), &folder.options(), |_| {}).await.unwrap_err();
    target.rule(|_, _, _| Fate::Done);
    let to = over(&target).await;
    let anew = CopyOptions { is_new: true, ..folder.options() };
    let refused = copy::copy(&from, &to, &manner(), &anew, |_| {}).await.unwrap_err();
    assert_eq!(
        refused.to_string(),
        "the copy is refused, nothing was written:\ntable `items` has items at the target: delete them, or put the source's over them with `--overwrite`, or leave it out by naming others with `--table`"
    );
    let over = CopyOptions { overwrites: true, ..anew };
    let compared = copy::copy(&from, &to, &manner(), &over, |_| {}).await.unwrap();
    assert_eq!(counts(&compared)[0], ("items", 1_000, 1_000, true));
    assert_eq!(target.items_put(), 1_000);
}

#[tokio::test]
async fn a_table_that_was_begun_and_is_gone_is_refused() {
    let folder = Folder::new();
    let (from, (to, target)) = (embedded(), remote().await);
    table(&from, "items", json!({})).await;
    fill(&from, "items", 1_000, 4_000).await;
    target.rule(dies_late);
    copy::copy(&from, &to, &hasty(), &folder.options(), |_| {}).await.unwrap_err();
    target.rule(|_, _, _| Fate::Done);
    let to = over(&target).await;
    done(&to, Action::DeleteTable, json!({ "TableName": "items" })).await;
    let refused = folder.copy(&from, &to).await.unwrap_err();
    assert_eq!(
        refused.to_string(),
        "the copy is refused, nothing was written:\ntable `items` was begun, and is not at the target any more: begin anew with `--restart`"
    );
}

/// Copies while the target takes no items, or their answers are lost.
async fn stopped_by(folder: &Folder, ends: (&CopyStore, &CopyStore, &Backed), fate: Rule) {
    let (from, to, target) = ends;
    target.rule(fate);
    copy::copy(from, to, &hasty(), &folder.options(), |_| {}).await.unwrap_err();
    target.rule(|_, _, _| Fate::Done);
}

fn takes_nothing(action: Action, _: usize, _: &str) -> Fate {
    if action == Action::BatchWriteItem { Fate::Gone } else { Fate::Done }
}

fn loses_answers(action: Action, _: usize, _: &str) -> Fate {
    if action == Action::BatchWriteItem { Fate::Lost } else { Fate::Done }
}

fn with_stream() -> Value {
    json!({ "StreamSpecification": { "StreamEnabled": true, "StreamViewType": "KEYS_ONLY" } })
}

async fn has_stream(store: &CopyStore, table: &str) -> bool {
    let described = done(store, Action::DescribeTable, json!({ "TableName": table })).await;
    described["Table"]["StreamSpecification"]["StreamEnabled"] == json!(true)
}

#[tokio::test]
async fn a_table_that_was_made_stays_the_copys_when_it_is_begun_anew() {
    let folder = Folder::new();
    let (from, (to, target)) = (embedded(), remote().await);
    table(&from, "items", with_stream()).await;
    table(&from, "other", with_stream()).await;
    fill(&from, "items", 1_000, 4_000).await;
    stopped_by(&folder, (&from, &to, &target), dies_late).await;
    let to = over(&target).await;
    let anew = CopyOptions { is_new: true, overwrites: true, ..folder.options() };
    // Also by the way of a run that looks at one table alone.
    let other = CopyOptions { tables: vec!["other".to_owned()], ..anew.clone() };
    copy::copy(&from, &to, &manner(), &other, |_| {}).await.unwrap();
    assert!(has_stream(&to, "other").await);
    assert!(!has_stream(&to, "items").await);
    let compared = copy::copy(&from, &to, &manner(), &anew, |_| {}).await.unwrap();
    assert_eq!(counts(&compared)[0], ("items", 1_000, 1_000, true));
    assert!(has_stream(&to, "items").await);
    assert!(!folder.journal().exists());
}

#[tokio::test]
async fn items_put_into_a_table_before_its_turn_are_not_overwritten() {
    let folder = Folder::new();
    let (from, (to, target)) = (embedded(), remote().await);
    table(&from, "items", json!({})).await;
    table(&from, "later", json!({})).await;
    fill(&from, "items", 1_000, 4_000).await;
    fill(&from, "later", 3, 2).await;
    stopped_by(&folder, (&from, &to, &target), dies_late).await;
    let to = over(&target).await;
    let theirs = json!({ "id": { "S": "1" }, "text": { "S": "theirs" } });
    put(&to, "later", theirs.clone()).await;
    let refused = folder.copy(&from, &to).await.unwrap_err();
    assert_eq!(
        refused.to_string(),
        "the copy is refused, nothing was written:\ntable `later` has items at the target: delete them, or put the source's over them with `--overwrite`, or leave it out by naming others with `--table`"
    );
    assert_eq!(get(&to, "later", "1").await, theirs);
    // They are, when that is said, and it goes on.
    let over = CopyOptions { overwrites: true, ..folder.options() };
    let compared = copy::copy(&from, &to, &manner(), &over, |_| {}).await.unwrap();
    assert_eq!(counts(&compared)[..2], [("items", 1_000, 1_000, true), ("later", 3, 3, true)]);
    assert!(target.items_put() < 1_000, "{}", target.items_put());
}

#[tokio::test]
async fn items_that_were_sent_and_not_acknowledged_are_the_copys_own() {
    let folder = Folder::new();
    let (from, (to, target)) = (embedded(), remote().await);
    table(&from, "items", json!({})).await;
    fill(&from, "items", 20, 10).await;
    stopped_by(&folder, (&from, &to, &target), loses_answers).await;
    let to = over(&target).await;
    let found = done(&to, Action::Scan, json!({ "TableName": "items" })).await;
    assert_eq!(found["Count"], json!(20));
    let compared = folder.copy(&from, &to).await.unwrap();
    assert_eq!(counts(&compared)[0], ("items", 20, 20, true));
}

#[tokio::test]
async fn a_table_without_items_is_compared_with_what_it_got_meanwhile() {
    let folder = Folder::new();
    let (from, (to, target)) = (embedded(), remote().await);
    table(&from, "empty", json!({})).await;
    table(&from, "items", json!({})).await;
    fill(&from, "items", 20, 10).await;
    stopped_by(&folder, (&from, &to, &target), takes_nothing).await;
    let to = over(&target).await;
    fill(&to, "empty", 1, 1).await;
    let compared = folder.copy(&from, &to).await.unwrap();
    assert_eq!(counts(&compared)[..2], [("empty", 0, 1, false), ("items", 20, 20, true)]);
}

#[tokio::test]
async fn a_table_that_was_there_and_is_made_later_is_the_copys() {
    let folder = Folder::new();
    let (from, (to, target)) = (embedded(), remote().await);
    table(&from, "items", with_stream()).await;
    fill(&from, "items", 20, 10).await;
    table(&to, "items", json!({})).await;
    stopped_by(&folder, (&from, &to, &target), takes_nothing).await;
    let to = over(&target).await;
    done(&to, Action::DeleteTable, json!({ "TableName": "items" })).await;
    let compared = folder.copy(&from, &to).await.unwrap();
    assert_eq!(counts(&compared)[0], ("items", 20, 20, true));
    assert!(has_stream(&to, "items").await);
}

#[tokio::test]
async fn progress_of_another_copy_is_kept_when_nothing_was_written() {
    let folder = Folder::new();
    let (from, to) = (embedded(), CopyStore { name: "`http://x`".to_owned(), ..embedded() });
    let others = r#"{"format":1,"from":"a","to":"b","tables":{}}"#;
    std::fs::write(folder.journal(), others).unwrap();
    let chosen = vec!["none".to_owned()];
    let anew = CopyOptions { is_new: true, tables: chosen, ..folder.options() };
    copy::copy(&from, &to, &manner(), &anew, |_| {}).await.unwrap_err();
    assert_eq!(std::fs::read_to_string(folder.journal()).unwrap(), others);
}

#[tokio::test]
async fn a_table_whose_making_was_not_told_is_there_all_the_same() {
    let folder = Folder::new();
    let (from, (to, target)) = (embedded(), remote().await);
    table(&from, "items", with_stream()).await;
    fill(&from, "items", 20, 10).await;
    // The table is made, its answer is lost, and whoever asks again is told that it is there.
    target.rule(|action, number, _| match (action, number) {
        (Action::CreateTable, 0) => Fate::Lost,
        _ => Fate::Done,
    });
    let compared = folder.copy(&from, &to).await.unwrap();
    assert_eq!(counts(&compared)[0], ("items", 20, 20, true));
    assert!(has_stream(&to, "items").await);
}
