//! What is asked: each operation as a client asks the gateway for it, and as the gateway asks a store.

use std::net::SocketAddr;

use serde_json::{Value, json};
use vestibule_bench_serving::{Asked, Call, exchange, get, send};

use crate::items::{self, ITEMS, OF_AN_OWNER};
use crate::{Outcome, store};

/// One of the things that are done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub(crate) enum Operation {
    /// `GET /items/{id}`: one item.
    GetItem,
    /// `GET /items?owner=`: 20 items of an index.
    Query,
    /// `PUT /items/{id}`: an item is written.
    PutItem,
}

/// A request, and what its answer has to have at a pointer.
#[derive(Debug)]
pub(crate) struct Ask {
    pub(crate) bytes: Vec<u8>,
    pointer: &'static str,
    value: Value,
}

impl Operation {
    pub(crate) const ALL: [Operation; 3] =
        [Operation::GetItem, Operation::Query, Operation::PutItem];

    /// How it is called in tables.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Operation::GetItem => "GetItem",
            Operation::Query => "Query of 20",
            Operation::PutItem => "PutItem",
        }
    }

    /// The action's name, as AWS spells it.
    pub(crate) fn action(self) -> &'static str {
        match self {
            Operation::GetItem => "GetItem",
            Operation::Query => "Query",
            Operation::PutItem => "PutItem",
        }
    }

    /// What is asked in turn: the first `most` requests that differ. Each is sent once and its answer looked at.
    pub(crate) fn asked(
        self,
        ask: fn(Operation, SocketAddr, usize) -> Ask,
        address: SocketAddr,
        most: usize,
    ) -> Outcome<Vec<Asked>> {
        let asks = self.numbers().take(most).map(|number| ask(self, address, number));
        asks.map(|ask| ask.looked_at(address)).collect()
    }

    /// An item of each request that differs from others.
    fn numbers(self) -> impl Iterator<Item = usize> {
        match self {
            Operation::GetItem | Operation::PutItem => (0..ITEMS).step_by(1),
            Operation::Query => (0..ITEMS).step_by(OF_AN_OWNER),
        }
    }

    /// What a client asks the gateway.
    pub(crate) fn of_client(self, address: SocketAddr, number: usize) -> Ask {
        let target = format!("/items/{}", items::id(number));
        let (bytes, value) = match self {
            Operation::GetItem => (get(address, &target), items::plain(number)),
            Operation::Query => {
                let page: Vec<Value> = of_owner(number).map(items::plain).collect();
                let target = format!("/items?owner={}", items::owner(number));
                (get(address, &target), json!({"items": page}))
            }
            Operation::PutItem => {
                let json = [("Content-Type", "application/json")];
                let body = items::put(number).to_string();
                (send(address, "PUT", &target, &json, &body), json!({"kept": true}))
            }
        };
        Ask { bytes, pointer: "", value }
    }

    /// What the gateway asks a store, as its templates make it, with a signature that nobody verifies.
    pub(crate) fn of_gateway(self, address: SocketAddr, number: usize) -> Ask {
        let target = format!("DynamoDB_20120810.{}", self.action());
        let headers = [
            ("Content-Type", "application/x-amz-json-1.0"),
            ("X-Amz-Target", target.as_str()),
            ("X-Amz-Date", store::DATE),
            ("Authorization", store::AUTHORIZATION),
        ];
        let bytes = send(address, "POST", "/", &headers, &self.body(number));
        let answer = self.answer(number);
        let pointer = match self {
            Operation::GetItem => "/Item",
            Operation::Query => "/Items",
            Operation::PutItem => "",
        };
        let value = answer.pointer(pointer).cloned().unwrap_or_default();
        Ask { bytes, pointer, value }
    }

    fn body(self, number: usize) -> String {
        let body = match self {
            Operation::GetItem => {
                json!({"TableName": "items", "Key": {"id": {"S": items::id(number)}}})
            }
            Operation::Query => json!({
                "TableName": "items",
                "IndexName": "owner-index",
                "KeyConditionExpression": "#owner = :owner",
                "ExpressionAttributeNames": {"#owner": "owner"},
                "ExpressionAttributeValues": {":owner": {"S": items::owner(number)}},
                "Limit": OF_AN_OWNER,
            }),
            Operation::PutItem => json!({"TableName": "items", "Item": items::typed(number)}),
        };
        body.to_string()
    }

    /// What a store answers.
    pub(crate) fn answer(self, number: usize) -> Value {
        match self {
            Operation::GetItem => json!({"Item": items::typed(number)}),
            Operation::Query => {
                let page: Vec<Value> = of_owner(number).map(items::typed).collect();
                let last = page.last().cloned().unwrap_or_default();
                json!({
                    "Count": page.len(),
                    "Items": page,
                    "ScannedCount": page.len(),
                    "LastEvaluatedKey": {"id": last.get("id"), "owner": last.get("owner")},
                })
            }
            Operation::PutItem => json!({}),
        }
    }

    /// What the engine is called with.
    pub(crate) fn call(self) -> Call {
        let begins = match self {
            Operation::GetItem => r#"{"Item":{"#,
            Operation::Query => r#"{"Count":20,"Items":[{"#,
            Operation::PutItem => "{}",
        };
        Call {
            action: self.action().to_owned(),
            bodies: self.numbers().map(|number| self.body(number)).collect(),
            begins: begins.to_owned(),
        }
    }
}

fn of_owner(number: usize) -> std::ops::Range<usize> {
    let first = number - number % OF_AN_OWNER;
    first..first + OF_AN_OWNER
}

impl Ask {
    /// Asks once and looks at what comes; from then on its length is looked at alone.
    fn looked_at(self, address: SocketAddr) -> Outcome<Asked> {
        let Ask { bytes, pointer, value } = self;
        let (status, body) = exchange(address, &bytes)?;
        let answer: Option<Value> = serde_json::from_slice(&body).ok();
        let is_right = answer.as_ref().and_then(|answer| answer.pointer(pointer)) == Some(&value);
        if status == 200 && is_right {
            return Ok(Asked { bytes, body_bytes: body.len() });
        }
        let (asked, body) = (String::from_utf8_lossy(&bytes), String::from_utf8_lossy(&body));
        Err(format!("{asked} is answered with {status} and {body}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Source: AWS documentation, DynamoDB API Reference, Query (a page that `Limit` ended has a `LastEvaluatedKey`).
    #[test]
    fn a_page_has_the_20_items_of_an_owner_and_its_last_key() {
        let page = Operation::Query.answer(25);
        let at = |pointer: &str| page.pointer(pointer).cloned().unwrap_or_default();
        assert_eq!(at("/Items").as_array().map(Vec::len), Some(20));
        assert_eq!([at("/Count"), at("/ScannedCount")], [json!(20), json!(20)]);
        assert_eq!(at("/Items/0/id/S"), json!("item-0020"));
        assert_eq!(
            at("/LastEvaluatedKey"),
            json!({"id": {"S": "item-0039"}, "owner": {"S": "owner-01"}})
        );
    }

    // Source: inferred (ten owners of 200 items).
    #[test]
    fn each_request_that_differs_is_asked() {
        let counts = Operation::ALL.map(|operation| operation.numbers().count());
        assert_eq!(counts, [200, 10, 200]);
        let addressed = SocketAddr::from(([127, 0, 0, 1], 80));
        let asked = Operation::Query.of_client(addressed, 40).bytes;
        assert!(asked.starts_with(b"GET /items?owner=owner-02 HTTP/1.1\r\n"));
    }
}
