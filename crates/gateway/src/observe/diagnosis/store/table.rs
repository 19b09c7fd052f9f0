//! The table that a request names.

use super::super::json::Member;
use super::{Blame, Refusal, inner};
use vestibule_restapi::closest;

impl Refusal<'_> {
    /// The table that the request names.
    pub(super) fn table_named(&self) -> Option<String> {
        let is_named = |member: &&Member| member.name() == Some("TableName");
        let member = self.json.members().iter().find(is_named)?;
        self.json.string(member).filter(|name| !name.is_empty())
    }

    pub(super) fn table_name(&self) -> String {
        let name = self.json.at(&["TableName"]).and_then(|member| self.json.string(member));
        name.unwrap_or_default()
    }

    pub(super) fn unknown_table(&self) -> Option<Blame> {
        let named =
            self.json.members().iter().find(|m| m.path.last().is_some_and(|n| n == "TableName"));
        let Some(member) = named else {
            // Requests of several tables have them as names.
            let items = self.json.inside(&["RequestItems"]);
            let unknown = |member: &&&Member| {
                member.path.last().is_some_and(|name| !self.case.known.names.contains(name))
            };
            let member = items.iter().find(unknown)?;
            let name = member.path.last()?.clone();
            return Some(Blame::new(inner(&member.name_at), self.tables(&name)));
        };
        let name = self.json.string(member)?;
        Some(Blame::new(inner(&member.value), self.tables(&name)))
    }

    fn tables(&self, name: &str) -> String {
        let names = &self.case.known.names;
        match closest(name, names.iter().map(String::as_str)) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None if names.is_empty() => {
                "there is no table: name a file that defines it beside this one".to_owned()
            }
            None => {
                let first: Vec<String> = names.iter().take(8).map(|n| format!("`{n}`")).collect();
                format!("the tables are {}", first.join(", "))
            }
        }
    }

    /// `Value '' at 'tableName' failed to satisfy constraint`: a name that is empty or of the wrong form.
    pub(super) fn too_short(&self) -> Option<Blame> {
        let is_name = self.said.contains("at 'tableName'") || self.said.contains("TableName");
        let member = self.json.at(&["TableName"]).filter(|_| is_name)?;
        let at = inner(&member.value);
        Some(Blame { value: at.clone(), at, help: None })
    }
}
