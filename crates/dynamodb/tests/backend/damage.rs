//! A stored row that is no item is an error of the store's in every request that meets it, and
//! never an item that is not there.
//!
//! Source: inferred (AWS has no such rows; an InternalServerError is its word for what fails inside).

use std::path::Path;

use vestibule_dynamodb::{Action, Location, Options};

use crate::fixture::{EVENTS, ITEMS, Store, folder, own};

/// Makes a row of the table `items` unreadable, as a bad sector would.
pub(crate) fn damage(folder: &Path, id: &str) {
    let connection = rusqlite::Connection::open(folder.join("tables.db")).unwrap();
    let damage = r#"UPDATE items SET item_json = '{"id":{"S"' WHERE pk = 'S:' || ?1"#;
    assert_eq!(connection.execute(damage, [id]), Ok(1));
}

#[tokio::test]
async fn a_damaged_row_is_never_an_absent_item() {
    let folder = folder();
    let store = Store::open(&Options::new(Location::Directory(folder.path().to_owned())));
    store.tables.ensure_table(ITEMS, None).await.unwrap();
    store.tables.ensure_table(EVENTS, None).await.unwrap();
    store.put(r#"{"id":{"S":"1"},"category":{"S":"c"}}"#).await;
    store.put(r#"{"id":{"S":"2"},"category":{"S":"c"}}"#).await;
    damage(folder.path(), "1");

    let failed = own("InternalServerError", "Internal server error");
    let key = r#""TableName":"items","Key":{"id":{"S":"1"}}"#;
    let item = r#""TableName":"items","Item":{"id":{"S":"1"}}"#;
    let requests = [
        (Action::GetItem, format!("{{{key}}}")),
        (Action::GetItem, format!(r#"{{{key},"ProjectionExpression":"id"}}"#)),
        (Action::BatchGetItem, r#"{"RequestItems":{"items":{"Keys":[{"id":{"S":"1"}}]}}}"#.into()),
        (Action::TransactGetItems, format!(r#"{{"TransactItems":[{{"Get":{{{key}}}}}]}}"#)),
        (Action::Query, r#"{"TableName":"items","KeyConditionExpression":"id = :i","ExpressionAttributeValues":{":i":{"S":"1"}}}"#.into()),
        (Action::Scan, r#"{"TableName":"items"}"#.into()),
        (Action::PutItem, format!(r#"{{{item},"ConditionExpression":"attribute_not_exists(id)"}}"#)),
        (Action::UpdateItem, format!(r#"{{{key},"UpdateExpression":"SET a = :a","ExpressionAttributeValues":{{":a":{{"S":"a"}}}}}}"#)),
        (Action::DeleteItem, format!(r#"{{{key},"ReturnValues":"ALL_OLD"}}"#)),
        (Action::TransactWriteItems, format!(r#"{{"TransactItems":[{{"ConditionCheck":{{{key},"ConditionExpression":"attribute_not_exists(id)"}}}}]}}"#)),
        (Action::TransactWriteItems, format!(r#"{{"ClientRequestToken":"t","TransactItems":[{{"Put":{{{item}}}}}]}}"#)),
        (Action::ExecuteStatement, r#"{"Statement":"SELECT * FROM items WHERE id = '1'"}"#.into()),
        (Action::ExecuteStatement, r#"{"Statement":"DELETE FROM items WHERE id = '1'"}"#.into()),
    ];
    for (action, body) in requests {
        store.expect(action, &body, 500, &failed).await;
    }

    let others = r#"{"TableName":"items","Key":{"id":{"S":"2"}}}"#;
    let answer = r#"{"Item":{"category":{"S":"c"},"id":{"S":"2"}}}"#;
    store.expect(Action::GetItem, others, 200, answer).await;
    let replace = r#"{"RequestItems":{"items":[{"PutRequest":{"Item":{"id":{"S":"1"}}}}]}}"#;
    store.expect(Action::BatchWriteItem, replace, 200, r#"{"UnprocessedItems":{}}"#).await;
    store.expect(Action::GetItem, &format!("{{{key}}}"), 200, r#"{"Item":{"id":{"S":"1"}}}"#).await;
}
