//! A copy that stopped goes on where it was. Source of all: inferred.

use std::time::Duration;

use serde_json::json;
use vestibule_dynamodb::Action;
use vestibule_dynamodb::copy::{self, CopyOptions, Manner};

use crate::fixture::{Folder, counts, done, embedded, fill, manner, over, remote, table};
use crate::network::Fate;

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
    let other = vestibule_dynamodb::copy::CopyStore { name: "`http://x`".to_owned(), ..other };
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
