//! The operands of conditions from before there were expressions: a type that an operator does not take is refused by AWS, and
//! makes the engine's condition fail.
//!
//! Source: AWS docs, "Legacy conditional parameters" (what each operator takes); the words are DynamoDB Local's.

use serde_json::{Map, Value};

/// Members that have such conditions by the names of attributes.
const CONDITIONS: [&str; 3] = ["Expected", "QueryFilter", "ScanFilter"];

/// What an operator takes: how many operands, and the types that are none of its own.
fn operands(operator: &str) -> Option<(usize, &'static [&'static str])> {
    const NO_ORDER: &[&str] = &["BOOL", "NULL", "SS", "NS", "BS", "L", "M"];
    const NO_TEXT: &[&str] = &["N", "BOOL", "NULL", "SS", "NS", "BS", "L", "M"];
    const NO_MEMBER: &[&str] = &["SS", "NS", "BS", "L", "M"];
    match operator {
        "LT" | "LE" | "GT" | "GE" => Some((1, NO_ORDER)),
        "BETWEEN" => Some((2, NO_ORDER)),
        "BEGINS_WITH" => Some((1, NO_TEXT)),
        "CONTAINS" | "NOT_CONTAINS" => Some((1, NO_MEMBER)),
        _ => None,
    }
}

/// Returns AWS's words for the first operand, by the names of attributes, that its operator does not take. Of too few or too many
/// the engine has words.
pub(super) fn refusal(request: &Map<String, Value>) -> Option<String> {
    let members = CONDITIONS.iter().filter_map(|member| request.get(*member)?.as_object());
    let mut conditions: Vec<(&String, &Value)> = members.flatten().collect();
    conditions.sort_by(|left, right| left.0.cmp(right.0));
    conditions.into_iter().find_map(|(_, condition)| of_condition(condition))
}

fn of_condition(condition: &Value) -> Option<String> {
    let operator = condition.get("ComparisonOperator")?.as_str()?;
    let (count, refused) = operands(operator)?;
    let listed = condition.get("AttributeValueList").and_then(Value::as_array);
    let alone = condition.get("Value").into_iter();
    let values: Vec<&Value> = listed.into_iter().flatten().chain(alone).collect();
    if values.len() != count {
        return None;
    }
    let kinds = values.into_iter().filter_map(|value| value.as_object()?.keys().next());
    let kind = kinds.into_iter().find(|kind| refused.contains(&kind.as_str()))?;
    Some(format!(
        "One or more parameter values were invalid: ComparisonOperator {operator} is not valid for {kind} AttributeValue type"
    ))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn told(operator: &str, values: &Value) -> Option<String> {
        let condition = json!({ "ComparisonOperator": operator, "AttributeValueList": values });
        let request = json!({ "Expected": { "a": condition } });
        refusal(request.as_object().unwrap())
    }

    // Source: DynamoDB Local 1.25.1 for the words; AWS docs for the types.
    #[test]
    fn an_operator_takes_its_own_types() {
        let (text, number, set) = (json!({"S": "x"}), json!({"N": "1"}), json!({"SS": ["x"]}));
        let words = |operator: &str, kind: &str| {
            Some(format!(
                "One or more parameter values were invalid: ComparisonOperator {operator} is not valid for {kind} AttributeValue type"
            ))
        };
        assert_eq!(told("BEGINS_WITH", &json!([number])), words("BEGINS_WITH", "N"));
        assert_eq!(told("CONTAINS", &json!([set])), words("CONTAINS", "SS"));
        assert_eq!(told("LT", &json!([set])), words("LT", "SS"));
        assert_eq!(told("BETWEEN", &json!([text, { "BOOL": true }])), words("BETWEEN", "BOOL"));
        for taken in ["LT", "GE", "BEGINS_WITH", "CONTAINS", "NOT_CONTAINS", "EQ", "NE"] {
            assert_eq!(told(taken, &json!([text])), None, "{taken}");
        }
        assert_eq!(told("EQ", &json!([set])), None);
        // Of their number, and of what is no operator, others have words.
        assert_eq!(told("LT", &json!([set, set])), None);
        assert_eq!(told("LIKE", &json!([set])), None);
        let with_value =
            json!({ "Expected": { "a": { "ComparisonOperator": "LT", "Value": set } } });
        assert_eq!(refusal(with_value.as_object().unwrap()), words("LT", "SS"));
    }
}
