//! What policies see of an access: its ARN, and the values of DynamoDB's condition keys.
//!
//! Source: AWS docs, service authorization reference of DynamoDB.

use std::borrow::Cow;

use vestibule_iam::{Facts, Hidden, Values};

use super::{Access, UNREADABLE};
use crate::action::Action;

impl Access {
    /// Returns the action as policies name it, such as `dynamodb:GetItem`.
    pub fn policy_action(&self) -> String {
        format!("dynamodb:{}", self.action)
    }

    /// Returns the ARN of what is touched; `*` of an action without a table, but for that which lists them (observed on AWS).
    /// Of a table that was named by an ARN it is that ARN, whoever's it is.
    pub fn arn(&self, partition: &str, region: &str, account: &str) -> String {
        let all = (self.action == Action::ListTables.name()).then(|| "*".to_owned());
        let Some(table) = self.table.as_ref().or(all.as_ref()) else { return "*".to_owned() };
        let named = self.owner.as_ref();
        let (partition, region, account) = named.map_or((partition, region, account), |owner| {
            (owner.partition.as_str(), owner.region.as_str(), owner.account.as_str())
        });
        let table = format!("arn:{partition}:dynamodb:{region}:{account}:table/{table}");
        match &self.index {
            Some(index) => format!("{table}/index/{index}"),
            None => table,
        }
    }
}

/// What conditions ask of an access, and of the request that it is made by.
#[derive(Clone, Copy)]
pub struct AccessFacts<'a> {
    /// The access.
    pub access: &'a Access,
    /// What is no key of DynamoDB's own.
    pub request: &'a dyn Facts,
    /// How what asks for keys or attributes is decided that cannot be told.
    pub hidden: Hidden,
}

impl std::fmt::Debug for AccessFacts<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("AccessFacts").field("access", self.access).finish_non_exhaustive()
    }
}

impl Facts for AccessFacts<'_> {
    fn values(&self, key: &str) -> Option<Values<'_>> {
        let Access {
            leading_keys,
            attributes,
            select,
            return_values,
            return_consumed_capacity,
            enclosing_operation,
            full_table_scan,
            ..
        } = self.access;
        let one = |text: &'_ Option<String>| {
            text.as_deref().map(|text| Values::from_iter([Cow::Owned(text.to_owned())]))
        };
        let all = |texts: &'_ Option<Vec<String>>| {
            texts.as_ref().map(|texts| texts.iter().cloned().map(Cow::Owned).collect())
        };
        match key {
            "dynamodb:leadingkeys" => all(leading_keys),
            "dynamodb:attributes" => all(attributes),
            "dynamodb:select" => one(select),
            "dynamodb:returnvalues" => one(return_values),
            "dynamodb:returnconsumedcapacity" => one(return_consumed_capacity),
            "dynamodb:enclosingoperation" => {
                enclosing_operation.map(|name| Values::from_iter([Cow::Borrowed(name)]))
            }
            "dynamodb:fulltablescan" => {
                full_table_scan.then(|| Values::from_iter([Cow::Borrowed("true")]))
            }
            _ => self.request.values(key),
        }
    }

    fn hidden(&self, key: &str) -> Option<Hidden> {
        let values = match key {
            "dynamodb:leadingkeys" => &self.access.leading_keys,
            "dynamodb:attributes" => &self.access.attributes,
            _ => return self.request.hidden(key),
        };
        values.as_ref()?.iter().any(|value| value == UNREADABLE).then_some(self.hidden)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_attributes_that_cannot_be_told_are_hidden() {
        let some = |value: &str| Some(vec!["a".to_owned(), value.to_owned()]);
        let hidden = |access: &Access, key: &str| {
            let facts =
                AccessFacts { access, request: &vestibule_iam::NoFacts, hidden: Hidden::For };
            facts.hidden(key)
        };
        let access = Access { leading_keys: some(UNREADABLE), ..Access::default() };
        assert_eq!(hidden(&access, "dynamodb:leadingkeys"), Some(Hidden::For));
        assert_eq!(hidden(&access, "dynamodb:attributes"), None);
        let access = Access { leading_keys: some("b"), attributes: some(UNREADABLE), ..access };
        assert_eq!(hidden(&access, "dynamodb:leadingkeys"), None);
        assert_eq!(hidden(&access, "dynamodb:attributes"), Some(Hidden::For));
        assert_eq!(hidden(&Access::default(), "dynamodb:leadingkeys"), None);
    }

    #[test]
    fn an_access_has_an_arn() {
        let arn = |access: Access| access.arn("aws", "eu-west-1", "000000000000");
        let of = |table: &str, index: Option<&str>| Access {
            table: Some(table.to_owned()),
            index: index.map(str::to_owned),
            ..Access::default()
        };
        assert_eq!(arn(Access::default()), "*");
        let listing = Access { action: "ListTables", ..Access::default() };
        assert_eq!(arn(listing), "arn:aws:dynamodb:eu-west-1:000000000000:table/*");
        assert_eq!(arn(of("t", None)), "arn:aws:dynamodb:eu-west-1:000000000000:table/t");
        assert_eq!(
            arn(of("t", Some("i"))),
            "arn:aws:dynamodb:eu-west-1:000000000000:table/t/index/i"
        );
        let owner = super::super::ArnOwner {
            partition: "aws-cn".to_owned(),
            region: "cn-north-1".to_owned(),
            account: "123456789012".to_owned(),
        };
        let of_another = Access { owner: Some(owner), ..of("t", None) };
        assert_eq!(arn(of_another), "arn:aws-cn:dynamodb:cn-north-1:123456789012:table/t");
    }
}
