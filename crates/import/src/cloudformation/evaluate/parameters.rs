//! Parameters: the value that the settings give, else the default.
//! AWS docs: parameters-section-structure.

use super::Evaluator;
use crate::tree::{Entry, Stand, Value, standing_for};
use vestibule_restapi::{Code, Diagnostic, Place, Sourced};

impl<'t> Evaluator<'_, 't, '_, '_> {
    /// The value of a parameter that is asked for at `place`.
    pub(super) fn parameter(&mut self, parameter: Entry<'t>, place: &Place) -> Option<Value<'t>> {
        let name = parameter.name();
        let declared = parameter.value.get("Type").and_then(|node| node.text()).unwrap_or("");
        let default = parameter.value.get("Default").and_then(|node| node.sourced());
        let given = self.given(name);
        let text = match (given, default) {
            (Some(given), _) => {
                self.check_allowed(parameter, &given);
                standing_for(&given, place)
            }
            (None, Some(_)) if declared.starts_with("AWS::SSM::") => {
                return self.without_value(name, place, "its default names an SSM parameter");
            }
            (None, Some(default)) => default,
            (None, None) => return self.without_value(name, place, "it has no default"),
        };
        let is_list = declared == "CommaDelimitedList" || declared.contains("List<");
        Some(if is_list { list(&text) } else { Value::Text(text) })
    }

    fn without_value(&mut self, name: &str, place: &Place, why: &str) -> Option<Value<'t>> {
        let message = format!("the parameter `{name}` has no value");
        let finding = Diagnostic::error(Code::ParameterMissing, message).at(place.clone());
        let help = format!("give it with `--parameter {name}=VALUE`");
        self.reader.error(finding.note(why).help(help));
        None
    }

    fn check_allowed(&mut self, parameter: Entry<'t>, given: &str) {
        let Some(allowed) = parameter.value.get("AllowedValues") else { return };
        let values: Vec<&str> = allowed.items().filter_map(|value| value.text()).collect();
        if values.contains(&given) {
            return;
        }
        let message = format!("the parameter `{}` cannot be `{given}`", parameter.name());
        let finding = Diagnostic::error(Code::InvalidValue, message).at(parameter.key.place());
        let help = format!("it is one of {}", crate::reader::list(&values));
        self.reader.error(finding.help(help));
    }
}

/// The items of a list that is written with commas, without the blanks around them.
fn list<'t>(text: &Sourced) -> Value<'t> {
    let items = text.split(',').map(|item| Value::Text(standing_for(item.trim(), &text.whole())));
    Value::Array(Stand::Place(text.whole()), items.collect())
}
