//! Tables: made where that is ours, looked at where they are AWS's.

use vestibule_dynamodb::{EnsureError, Ensured};

use crate::fake::{Does, Fake, NOT_FOUND, Store, open};

const TABLE: &str = r#"{"TableName":"items","BillingMode":"PAY_PER_REQUEST","AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"}],"KeySchema":[{"AttributeName":"id","KeyType":"HASH"}]}"#;
const ACTIVE: &str = r#"{"Table":{"TableStatus":"ACTIVE","AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"}],"KeySchema":[{"AttributeName":"id","KeyType":"HASH"}]}}"#;
const OTHER: &str = r#"{"Table":{"TableStatus":"ACTIVE","AttributeDefinitions":[{"AttributeName":"no","AttributeType":"N"}],"KeySchema":[{"AttributeName":"no","KeyType":"HASH"}]}}"#;

async fn ensured(place: &str, answers: &[Does]) -> (Result<Ensured, EnsureError>, Vec<String>) {
    let store = open(&Fake::default(), place, 0).await.unwrap();
    store.fake.does(answers.to_vec());
    let ensured = store.tables.ensure_table(TABLE, Some("ttl")).await;
    (ensured, store.fake.sent().into_iter().map(|sent| sent.target).collect())
}

#[tokio::test(start_paused = true)]
async fn nothing_is_made_at_aws() {
    let look = || vec!["DescribeTable".to_owned()];
    let denied = r#"{"__type":"com.amazon.coral.service#AccessDeniedException","Message":"no"}"#;
    let difference = "KeySchema: `id` HASH S here, `no` HASH N in the store".to_owned();
    for (answer, expected) in [
        (Does::Answers(400, NOT_FOUND), Ensured::Missing),
        (Does::Answers(200, ACTIVE), Ensured::Existing),
        (Does::Answers(200, OTHER), Ensured::Different { difference }),
        (Does::Answers(400, denied), Ensured::Unseen { message: "no".to_owned() }),
    ] {
        assert_eq!(ensured("aws", &[answer]).await, (Ok(expected), look()));
    }
}

#[tokio::test(start_paused = true)]
async fn elsewhere_a_table_is_made_and_waited_for() {
    let creating = r#"{"TableDescription":{"TableStatus":"CREATING"}}"#;
    let still = r#"{"Table":{"TableStatus":"CREATING"}}"#;
    let is_on = r#"{"TimeToLiveDescription":{"TimeToLiveStatus":"ENABLED","AttributeName":"ttl"}}"#;
    let answers = [creating, still, ACTIVE, is_on].map(|body| Does::Answers(200, body));
    let (made, targets) = ensured("http://db:8000", &answers).await;
    assert_eq!(made, Ok(Ensured::Created));
    let expected = ["CreateTable", "DescribeTable", "DescribeTable", "DescribeTimeToLive"];
    assert_eq!(targets, expected);
}

#[tokio::test(start_paused = true)]
async fn another_gateway_may_turn_time_to_live_on_first() {
    let already = r#"{"__type":"com.amazon.coral.validate#ValidationException","message":"TimeToLive is already enabled"}"#;
    let off = r#"{"TimeToLiveDescription":{"TimeToLiveStatus":"DISABLED"}}"#;
    let other = r#"{"TimeToLiveDescription":{"TimeToLiveStatus":"ENABLED","AttributeName":"x"}}"#;
    let is_on = r#"{"TimeToLiveDescription":{"TimeToLiveStatus":"ENABLED","AttributeName":"ttl"}}"#;
    for (then, is_fine) in [(is_on, true), (other, false)] {
        let answers = [ACTIVE, ACTIVE, off].map(|body| Does::Answers(200, body));
        let refused = Does::Answers(400, already);
        let answers = [answers.to_vec(), vec![refused, Does::Answers(200, then)]].concat();
        let (made, targets) = ensured("http://db:8000", &answers).await;
        assert_eq!(made.is_ok(), is_fine, "{made:?} {targets:?}");
        assert_eq!(targets.last().map(String::as_str), Some("DescribeTimeToLive"));
    }
}

#[tokio::test(start_paused = true)]
async fn a_table_that_is_never_ready_is_an_error() {
    let creating = r#"{"TableDescription":{"TableStatus":"CREATING"}}"#;
    let store = Store::one().await;
    store.fake.does([Does::Answers(200, creating)]);
    store.fake.host_does("db:8000", Does::Answers(200, r#"{"Table":{"TableStatus":"CREATING"}}"#));
    let error = store.tables.ensure_table(TABLE, None).await.unwrap_err();
    let message = "CreateTable refuses table `items`: it is not active after 180 s";
    assert_eq!(error.to_string(), message);
}
