//! The rows of the route table, each GET with a path that works when called: its variables and required query parameters take the
//! values of the attributes of the same names of an item in the store.

use bytes::Bytes;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use vestibule_dynamodb::{Action, Tables};
use vestibule_gateway::{ListedMethod, ServedMethod, Site};
use vestibule_import::Table;
use vestibule_restapi::Refusal;

use crate::startup::Row;

/// The rows of all methods of a site. Takes one item of each table to make examples from.
pub(crate) async fn rows(site: &Site, tables: &Tables, definitions: &[Table]) -> Vec<Row> {
    let mut items = Vec::new();
    // Nothing is read at AWS that no request asks for.
    for table in definitions.iter().filter(|_| !tables.is_aws()) {
        items.extend(any_item(tables, &table.name).await);
    }
    let mut rows = Vec::new();
    for stage in site.stages() {
        let base = site.base_path(stage);
        let of_stage = stage.snapshot().methods().map(|method| row(&base, &method, &items));
        let conditions = [
            (stage.snapshot().has_resource_policy(), ", resource policy"),
            (!stage.has_default_endpoint(), ", custom domain"),
        ];
        rows.extend(of_stage.map(|mut row| {
            let held = conditions.iter().filter(|(is_held, _)| *is_held);
            held.for_each(|(_, condition)| row.authorization.push_str(condition));
            row
        }));
    }
    rows
}

fn row(base: &str, method: &ListedMethod<'_>, items: &[Value]) -> Row {
    let (verb, path) = (method.http_method.to_string(), format!("{base}{}", method.path));
    match method.served() {
        Ok(served) => Row {
            verb,
            path,
            action: served.integration.to_owned(),
            authorization: authorization(&served),
            refusal: None,
            example: items
                .iter()
                .find_map(|item| example(method.path, &served.required_querystring, item))
                .map(|path| format!("{base}{path}")),
        },
        Err(refusal) => Row {
            verb,
            path,
            action: "refused".to_owned(),
            authorization: "-".to_owned(),
            refusal: Some(why(refusal)),
            example: None,
        },
    }
}

fn authorization(served: &ServedMethod<'_>) -> String {
    match (served.authorization, served.requires_api_key) {
        ("NONE", true) => "API key".to_owned(),
        (kind, true) => format!("{kind}, API key"),
        (kind, false) => kind.to_owned(),
    }
}

fn why(refusal: &Refusal) -> String {
    let code = refusal.code.id();
    match &refusal.place {
        Some(place) => format!("{code} at {place}: {}", refusal.message),
        None => format!("{code}: {}", refusal.message),
    }
}

async fn any_item(tables: &Tables, name: &str) -> Option<Value> {
    let body = json!({ "TableName": name, "Limit": 1 }).to_string();
    let reply = tables.call(Action::Scan, Bytes::from(body)).await.ok()?;
    let page: Value = serde_json::from_slice(&reply.body).ok()?;
    page.get("Items")?.get(0).cloned()
}

/// The path with its variables and required query filled in from an item; `None` when it lacks one.
fn example(resource: &str, required_querystring: &[&str], item: &Value) -> Option<String> {
    let mut path = String::new();
    for segment in resource.split('/').filter(|segment| !segment.is_empty()) {
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
    for (index, name) in required_querystring.iter().enumerate() {
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

    #[test]
    fn variables_take_the_attributes_of_their_names() {
        let item = json!({ "id": { "S": "a b/c" }, "n": { "N": "7" }, "tags": { "L": [] } });
        let of = |path, query: &[&str]| example(path, query, &item);
        assert_eq!(of("/items/{id}", &[]).as_deref(), Some("/items/a%20b%2Fc"));
        assert_eq!(of("/items", &["n", "id"]).as_deref(), Some("/items?n=7&id=a%20b%2Fc"));
        assert_eq!(of("/", &[]).as_deref(), Some("/"));
        assert_eq!(of("/{other}", &[]), None);
        assert_eq!(of("/{tags}", &[]), None);
    }
}
