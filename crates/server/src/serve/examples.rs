//! The rows of the route table, each GET with a path that works when called: its variables and required query parameters take the
//! values of the attributes of the same names of an item in the store.

use bytes::Bytes;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use vestibule_dynamodb::{Action, Tables};
use vestibule_gateway::{ServedMethod, Site};
use vestibule_import::Table;

use crate::startup::Row;

/// The rows of all methods of a site. Takes one item of each table to make examples from.
pub(crate) async fn rows(site: &Site, tables: &Tables, definitions: &[Table]) -> Vec<Row> {
    let mut items = Vec::new();
    for table in definitions {
        items.extend(any_item(tables, &table.name).await);
    }
    let mut rows = Vec::new();
    for stage in site.stages() {
        let base = site.base_path(stage);
        for method in stage.snapshot().served_methods() {
            let example = items.iter().find_map(|item| example(&method, item));
            rows.push(Row {
                verb: method.http_method.to_string(),
                path: format!("{base}{}", method.path),
                action: method.integration.to_owned(),
                authorization: method.authorization.to_owned(),
                example: example.map(|path| format!("{base}{path}")),
            });
        }
    }
    rows
}

async fn any_item(tables: &Tables, name: &str) -> Option<Value> {
    let body = json!({ "TableName": name, "Limit": 1 }).to_string();
    let reply = tables.call(Action::Scan, Bytes::from(body)).await.ok()?;
    let page: Value = serde_json::from_slice(&reply.body).ok()?;
    page.get("Items")?.get(0).cloned()
}

/// The method's path with its variables and required query filled in from an item; `None` when it lacks one.
fn example(method: &ServedMethod<'_>, item: &Value) -> Option<String> {
    let mut path = String::new();
    for segment in method.path.split('/').filter(|segment| !segment.is_empty()) {
        let variable = segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
        path.push('/');
        match variable {
            Some(name) => path.push_str(&encoded(item, name)?),
            None => path.push_str(segment),
        }
    }
    if path.is_empty() {
        path.push('/');
    }
    for (index, name) in method.required_querystring.iter().enumerate() {
        path.push(if index == 0 { '?' } else { '&' });
        path.push_str(&format!("{name}={}", encoded(item, name)?));
    }
    Some(path)
}

/// A string or number attribute, percent-encoded but for `-`, `.`, `_` and `~`.
fn encoded(item: &Value, name: &str) -> Option<String> {
    const ENCODED: &percent_encoding::AsciiSet =
        &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
    let attribute = item.get(name)?;
    let text = attribute.get("S").or_else(|| attribute.get("N"))?.as_str()?;
    Some(utf8_percent_encode(text, ENCODED).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use vestibule_restapi::HttpMethod;

    fn method<'m>(path: &'m str, required_querystring: Vec<&'m str>) -> ServedMethod<'m> {
        let http_method = HttpMethod::Get;
        ServedMethod {
            http_method,
            path,
            integration: "GetItem",
            authorization: "NONE",
            required_querystring,
        }
    }

    #[test]
    fn variables_take_the_attributes_of_their_names() {
        let item = json!({ "id": { "S": "a b/c" }, "n": { "N": "7" }, "tags": { "L": [] } });
        let of = |path, query| example(&method(path, query), &item);
        assert_eq!(of("/items/{id}", vec![]).as_deref(), Some("/items/a%20b%2Fc"));
        assert_eq!(of("/items", vec!["n", "id"]).as_deref(), Some("/items?n=7&id=a%20b%2Fc"));
        assert_eq!(of("/", vec![]).as_deref(), Some("/"));
        assert_eq!(of("/{other}", vec![]), None);
        assert_eq!(of("/{tags}", vec![]), None);
    }
}
