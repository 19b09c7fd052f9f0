//! Partition keys: which attribute is one, and its values in a request.

use bytes::Bytes;
use serde_json::{Value, json};

use super::{Members, UNREADABLE, Unreadable, expression, object};
use crate::action::Action;
use crate::handles::Tables;
use crate::limits::{NUMBER_DIGITS, NUMBER_EXPONENT};

/// The partition keys of a table and of its indexes.
#[derive(Debug, Default)]
pub(crate) struct Schema {
    table: Option<String>,
    indexes: Vec<(String, String)>,
}

impl Schema {
    /// Returns whether a table was found.
    pub(crate) fn is_of_a_table(&self) -> bool {
        self.table.is_some()
    }

    /// Asks the store. A table that is not there has none.
    pub(crate) async fn of(tables: &Tables, table: &str) -> Schema {
        let body = json!({ "TableName": table }).to_string();
        let Ok(reply) = tables.call(Action::DescribeTable, Bytes::from(body)).await else {
            return Schema::default();
        };
        let description: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
        let table = description.get("Table").unwrap_or(&Value::Null);
        let indexes = ["GlobalSecondaryIndexes", "LocalSecondaryIndexes"];
        let indexes = indexes.iter().filter_map(|kind| table.get(kind)?.as_array()).flatten();
        let named = |index: &Value| {
            let name = index.get("IndexName")?.as_str()?.to_owned();
            Some((name, hash_of(index)?))
        };
        Schema { table: hash_of(table), indexes: indexes.filter_map(named).collect() }
    }

    /// The partition key of the table, or of an index of it.
    pub(super) fn partition_key(&self, index: Option<&str>) -> Option<&str> {
        let Some(index) = index else { return self.table.as_deref() };
        let named = self.indexes.iter().find(|(known, _)| known == index);
        named.map(|(_, key)| key.as_str())
    }
}

fn hash_of(of: &Value) -> Option<String> {
    let elements = of.get("KeySchema")?.as_array()?;
    let is_hash = |element: &&Value| element.get("KeyType").and_then(Value::as_str) == Some("HASH");
    elements.iter().find(is_hash)?.get("AttributeName")?.as_str().map(str::to_owned)
}

/// The values that partition keys have in items, one at least.
pub(super) fn of_items(items: &[&Value], partition_key: Option<&str>) -> Vec<String> {
    let value = |item: &&Value| item.get(partition_key?).map(scalar);
    let values = items.iter().map(|item| value(item).unwrap_or_else(|| UNREADABLE.to_owned()));
    let mut values: Vec<String> = values.collect();
    if values.is_empty() {
        values.push(UNREADABLE.to_owned());
    }
    values
}

/// The items that the requests of a batch put, and the keys of those that they delete.
pub(super) fn of_writes(writes: &Value) -> Result<Vec<&Value>, Unreadable> {
    let mut items = Vec::new();
    for write in writes.as_array().ok_or(Unreadable)? {
        let write = write.as_object().ok_or(Unreadable)?;
        let put = object(write, "PutRequest")?.and_then(|put| put.get("Item"));
        let delete = object(write, "DeleteRequest")?.and_then(|delete| delete.get("Key"));
        items.extend(put.into_iter().chain(delete));
    }
    Ok(items)
}

/// The value that a query asks of a partition key.
pub(super) fn of_query(request: &Members, partition_key: Option<&str>) -> Vec<String> {
    let found = partition_key.and_then(|key| {
        let expression = || expression::equal_to(request, "KeyConditionExpression", key);
        let legacy = || {
            let condition = request.get("KeyConditions")?.get(key)?;
            let is_equal = condition.get("ComparisonOperator")?.as_str()? == "EQ";
            let value = condition.get("AttributeValueList")?.get(0)?;
            is_equal.then(|| scalar(value))
        };
        // The store refuses a request that has both.
        expression().or_else(legacy)
    });
    vec![found.unwrap_or_else(|| UNREADABLE.to_owned())]
}

/// The text of an attribute value that can be a key.
pub(super) fn scalar(value: &Value) -> String {
    let of = |kind: &str| value.get(kind)?.as_str();
    let text = of("S").or_else(|| of("B")).map(str::to_owned);
    let number = || of("N").and_then(plain);
    text.or_else(number).unwrap_or_else(|| UNREADABLE.to_owned())
}

/// A number as the store keeps it: `7` for `7.0`, `07` and `70e-1`. None of what is no number, or one that is too long to be a key.
fn plain(number: &str) -> Option<String> {
    let (mantissa, exponent) = match number.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (number, 0),
    };
    let (sign, digits) = match mantissa.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", mantissa.strip_prefix('+').unwrap_or(mantissa)),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all = format!("{whole}{fraction}");
    let is_sound = !all.is_empty() && all.bytes().all(|byte| byte.is_ascii_digit());
    if !is_sound || all.len() > NUMBER_DIGITS || exponent.unsigned_abs() > NUMBER_EXPONENT {
        return None;
    }
    // Where the point stands in `all`, which grows zeros where it does not reach it.
    let point = i32::try_from(whole.len()).ok()? + exponent;
    let (lead, point) = match usize::try_from(point) {
        Ok(point) => (0, point),
        Err(_) => (usize::try_from(point.unsigned_abs()).ok()?, 0),
    };
    let mut all = "0".repeat(lead) + &all;
    if point > all.len() {
        all.extend(std::iter::repeat_n('0', point - all.len()));
    }
    let (whole, fraction) = all.split_at_checked(point)?;
    let (whole, fraction) = (whole.trim_start_matches('0'), fraction.trim_end_matches('0'));
    Some(match (whole, fraction) {
        ("", "") => "0".to_owned(),
        (whole, "") => format!("{sign}{whole}"),
        ("", fraction) => format!("{sign}0.{fraction}"),
        (whole, fraction) => format!("{sign}{whole}.{fraction}"),
    })
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn numbers_are_written_in_one_way() {
        for (written, expected) in [
            ("7", "7"),
            ("7.0", "7"),
            ("007", "7"),
            ("70e-1", "7"),
            ("0.7E1", "7"),
            ("+7", "7"),
            ("-0.50", "-0.5"),
            ("-0", "0"),
            ("1e3", "1000"),
            ("12e-4", "0.0012"),
            ("0.000", "0"),
        ] {
            assert_eq!(plain(written).as_deref(), Some(expected), "{written}");
        }
        for wrong in ["", "-", "1.2.3", "x", "1e", "1e9999", &"1".repeat(200)] {
            assert_eq!(plain(wrong), None, "{wrong}");
        }
    }
}
