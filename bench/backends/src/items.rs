//! The items of the bench: as clients see them, and as DynamoDB does.

use serde_json::{Value, json};

/// Items in the table.
pub(crate) const ITEMS: usize = 200;

/// Items of an owner, and of a page.
pub(crate) const OF_AN_OWNER: usize = 20;

pub(crate) fn id(number: usize) -> String {
    format!("item-{number:04}")
}

pub(crate) fn owner(number: usize) -> String {
    format!("owner-{:02}", number / OF_AN_OWNER)
}

fn name(number: usize) -> String {
    format!("Thing number {number}")
}

const DESCRIPTION: &str = "Made of oak and \"brass\", with a lid that shuts.";

/// An item as clients see it.
pub(crate) fn plain(number: usize) -> Value {
    json!({
        "id": id(number),
        "owner": owner(number),
        "name": name(number),
        "description": DESCRIPTION,
        "price": number as f64 + 0.5,
        "stock": number,
        "tags": ["wood", "brass"],
        "available": true,
    })
}

/// What a client puts: the item without its id.
pub(crate) fn put(number: usize) -> Value {
    let mut item = plain(number);
    if let Some(members) = item.as_object_mut() {
        members.shift_remove("id");
    }
    item
}

/// An item as DynamoDB has it.
pub(crate) fn typed(number: usize) -> Value {
    json!({
        "id": {"S": id(number)},
        "owner": {"S": owner(number)},
        "name": {"S": name(number)},
        "description": {"S": DESCRIPTION},
        "price": {"N": format!("{number}.5")},
        "stock": {"N": number.to_string()},
        "tags": {"L": [{"S": "wood"}, {"S": "brass"}]},
        "available": {"BOOL": true},
    })
}

/// All items, as a seed.
pub(crate) fn seed() -> Value {
    let puts = (0..ITEMS).map(|number| json!({"PutRequest": {"Item": typed(number)}}));
    json!({"RequestItems": {"items": puts.collect::<Vec<_>>()}})
}

#[cfg(test)]
mod tests {
    use super::*;

    // Source: inferred (the form that DynamoDB documents for attribute values, of the item that the bench describes).
    #[test]
    fn an_item_is_the_same_in_both_forms() {
        let plain = plain(21).to_string();
        assert_eq!(
            plain,
            r#"{"id":"item-0021","owner":"owner-01","name":"Thing number 21","description":"Made of oak and \"brass\", with a lid that shuts.","price":21.5,"stock":21,"tags":["wood","brass"],"available":true}"#
        );
        assert_eq!(
            typed(21).to_string(),
            r#"{"id":{"S":"item-0021"},"owner":{"S":"owner-01"},"name":{"S":"Thing number 21"},"description":{"S":"Made of oak and \"brass\", with a lid that shuts."},"price":{"N":"21.5"},"stock":{"N":"21"},"tags":{"L":[{"S":"wood"},{"S":"brass"}]},"available":{"BOOL":true}}"#
        );
        assert_eq!(put(21).to_string(), plain.replace(r#""id":"item-0021","#, ""));
    }
}
