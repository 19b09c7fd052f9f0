//! What the models of an API say about the members of its bodies, by name.

use serde_json::Value;
use std::collections::BTreeSet;
use vestibule_restapi::Model;

/// The names of members of which a model says more than that they are text.
#[derive(Debug, Default)]
pub(super) struct Names {
    booleans: BTreeSet<String>,
    restrained: BTreeSet<String>,
}

impl Names {
    pub(super) fn of(models: &[Model]) -> Names {
        let mut names = Names::default();
        for model in models {
            if let Ok(schema) = serde_json::from_str(&model.schema) {
                names.collect(&schema);
            }
        }
        names
    }

    /// Whether a model says that a member of this name is true or false.
    pub(super) fn is_boolean(&self, name: &str) -> bool {
        self.booleans.contains(name)
    }

    /// Whether a model lets a member of this name be no free text: a number, a boolean, one of a list, or of a pattern.
    pub(super) fn is_restrained(&self, name: &str) -> bool {
        self.restrained.contains(name)
    }

    // INVARIANT: serde_json reads no deeper than 128 levels.
    fn collect(&mut self, schema: &Value) {
        let Some(members) = schema.as_object() else {
            schema.as_array().into_iter().flatten().for_each(|item| self.collect(item));
            return;
        };
        for (name, member) in members {
            let kind = member.get("type").and_then(Value::as_str);
            if kind == Some("boolean") {
                self.booleans.insert(name.clone());
            }
            let is_restrained = matches!(kind, Some("boolean" | "integer" | "number"))
                || ["enum", "pattern", "const"].iter().any(|key| member.get(key).is_some());
            if is_restrained {
                self.restrained.insert(name.clone());
            }
            self.collect(member);
        }
    }
}
