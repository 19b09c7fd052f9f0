//! Targets that throttle, lose answers, die, or do not want an item: nothing is lost, and what stops a copy is named.
//! Source of all: AWS docs, "BatchWriteItem" (UnprocessedItems), "Error handling with DynamoDB", else inferred.

use std::time::Duration;

use serde_json::json;
use vestibule_dynamodb::Action;
use vestibule_dynamodb::copy::{self, Manner};

use crate::fixture::{Folder, counts, embedded, fill, manner, put, remote, table};
use crate::network::Fate;

const THROTTLED: &str = r#"{"__type":"com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException","message":"slow down"}"#;
const INVALID: &str =
    r#"{"__type":"com.amazon.coral.validate#ValidationException","message":"not this one"}"#;
const DENIED: &str =
    r#"{"__type":"com.amazon.coral.service#AccessDeniedException","Message":"you may not"}"#;

#[tokio::test]
async fn a_target_that_throttles_gets_everything() {
    let (from, (to, target)) = (embedded(), remote().await);
    table(&from, "items", json!({})).await;
    fill(&from, "items", 500, 10).await;
    target.rule(|action, number, _| match (action, number % 4) {
        (Action::BatchWriteItem, 0) => Fate::Refused(THROTTLED),
        (Action::BatchWriteItem, 1 | 2) => Fate::Half,
        _ => Fate::Done,
    });
    let compared = Folder::new().copy(&from, &to).await.unwrap();
    assert_eq!(counts(&compared)[0], ("items", 500, 500, true));
    assert_eq!(target.items_put(), 500);
}

#[tokio::test]
async fn an_answer_that_is_lost_is_asked_for_again() {
    let (from, (to, target)) = (embedded(), remote().await);
    table(&from, "items", json!({})).await;
    fill(&from, "items", 100, 10).await;
    target.rule(|action, number, _| match (action, number) {
        (Action::BatchWriteItem, 0 | 3) => Fate::Lost,
        _ => Fate::Done,
    });
    let compared = Folder::new().copy(&from, &to).await.unwrap();
    assert_eq!(counts(&compared)[0], ("items", 100, 100, true));
    assert_eq!(target.items_put(), 150);
}

#[tokio::test]
async fn a_target_that_is_gone_stops_the_copy() {
    let folder = Folder::new();
    let (from, (to, target)) = (embedded(), remote().await);
    table(&from, "items", json!({})).await;
    fill(&from, "items", 100, 10).await;
    target.rule(|action, _, _| match action {
        Action::BatchWriteItem => Fate::Gone,
        _ => Fate::Done,
    });
    let hasty = Manner { silent_wait: Duration::ZERO, ..manner() };
    let stopped = copy::copy(&from, &to, &hasty, &folder.options(), |_| {}).await.unwrap_err();
    let gone = "`http://db:8000` gave no answer: cannot connect: connection refused";
    let open =
        "the circuit of `http://db:8000` is open: nothing is sent there until it answers again";
    let of =
        |reason| format!("the target `http://db:8000` does not answer for table `items`: {reason}");
    // The batches of the page fail at one time, and open the circuit.
    let stopped_with = stopped.to_string();
    assert!([of(gone), of(open)].contains(&stopped_with), "{stopped_with}");
    assert!(stopped.may_go_on());
    assert!(folder.journal().exists());
}

#[tokio::test]
async fn an_item_that_is_refused_is_named() {
    let (from, (to, target)) = (embedded(), remote().await);
    table(&from, "items", json!({})).await;
    fill(&from, "items", 60, 10).await;
    put(&from, "items", json!({ "id": { "S": "bad" }, "poison": { "S": "secret" } })).await;
    target.rule(|action, _, body| match action {
        Action::BatchWriteItem if body.contains("poison") => Fate::Refused(INVALID),
        _ => Fate::Done,
    });
    let stopped = Folder::new().copy(&from, &to).await.unwrap_err();
    assert_eq!(
        stopped.to_string(),
        r#"the target `http://db:8000` refuses an item of table `items`, key {"id":{"S":"bad"}}: not this one"#
    );
}

#[tokio::test]
async fn a_target_that_refuses_writes_stops_the_copy() {
    let (from, (to, target)) = (embedded(), remote().await);
    table(&from, "items", json!({})).await;
    fill(&from, "items", 60, 10).await;
    target.rule(|action, _, _| match action {
        Action::BatchWriteItem => Fate::Refused(DENIED),
        _ => Fate::Done,
    });
    let stopped = Folder::new().copy(&from, &to).await.unwrap_err();
    assert_eq!(
        stopped.to_string(),
        "the target `http://db:8000` refuses BatchWriteItem of table `items`: AccessDeniedException: you may not"
    );
}

#[tokio::test]
async fn settings_that_a_target_does_not_take_are_noted() {
    let (from, (to, target)) = (embedded(), remote().await);
    let stream = json!({ "StreamEnabled": true, "StreamViewType": "KEYS_ONLY" });
    let tags = json!([{ "Key": "team", "Value": "blue" }]);
    table(&from, "items", json!({ "StreamSpecification": stream, "Tags": tags })).await;
    target.rule(|action, _, _| match action {
        Action::UpdateTable | Action::TagResource => Fate::Refused(INVALID),
        _ => Fate::Done,
    });
    let (compared, notes) = Folder::new().copy_and_note(&from, &to).await;
    assert_eq!(counts(&compared)[0], ("items", 0, 0, true));
    assert_eq!(
        notes,
        [
            "the target does not take the tags of table `items`: ValidationException: not this one",
            "the target does not take the stream of table `items`: ValidationException: not this one",
        ]
    );
}

#[tokio::test]
async fn settings_that_a_target_does_not_tell_are_not_compared() {
    let (from, (to, target)) = (embedded(), remote().await);
    let tags = json!([{ "Key": "team", "Value": "blue" }]);
    table(&from, "items", json!({ "Tags": tags })).await;
    table(&to, "items", json!({})).await;
    target.rule(|action, _, _| match action {
        Action::ListTagsOfResource => Fate::Refused(DENIED),
        _ => Fate::Done,
    });
    let (compared, notes) = Folder::new().copy_and_note(&from, &to).await;
    assert_eq!(counts(&compared)[0], ("items", 0, 0, true));
    assert_eq!(
        notes,
        [
            "tags of table `items` cannot be read at the target, and are not compared: AccessDeniedException: you may not"
        ]
    );
}

#[tokio::test]
async fn a_source_whose_pages_do_not_come_forward_is_not_followed() {
    let ((from, source), to) = (remote().await, embedded());
    table(&from, "items", json!({})).await;
    source.rule(|action, _, body| match action {
        Action::Scan if body.contains(r#""items""#) => Fate::Answered(
            r#"{"Items":[],"Count":0,"ScannedCount":0,"LastEvaluatedKey":{"id":{"S":"1"}}}"#,
        ),
        _ => Fate::Done,
    });
    let stopped = Folder::new().copy(&from, &to).await.unwrap_err();
    assert_eq!(
        stopped.to_string(),
        "the source `http://db:8000` does not answer for table `items`: Scan begins after a key, and ends there again"
    );
}
