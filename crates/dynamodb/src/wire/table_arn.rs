//! The one reader of ARNs of tables, for policies and for the embedded store.
//!
//! Source: AWS docs, service authorization reference of DynamoDB:
//! `arn:PARTITION:dynamodb:REGION:ACCOUNT:table/NAME[/index/NAME][/stream/LABEL]`. A reader that takes less or more for an ARN
//! than another one lets a request name one table to policies and another to the store.

use vestibule_iam::PARTITIONS;

/// What stands behind the name of a table in the ARN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Within<'a> {
    /// Nothing: the table itself.
    Table,
    Index(&'a str),
    Stream(&'a str),
}

/// An ARN of a table, of an index or of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TableArn<'a> {
    pub(crate) partition: &'a str,
    pub(crate) region: &'a str,
    pub(crate) account: &'a str,
    pub(crate) table: &'a str,
    pub(crate) within: Within<'a>,
}

impl<'a> TableArn<'a> {
    /// Returns the parts; nothing of a text that differs from the form in anything.
    pub(crate) fn parse(text: &'a str) -> Option<TableArn<'a>> {
        let parts: Vec<&str> = text.splitn(6, ':').collect();
        let ["arn", partition, "dynamodb", region, account, resource] = parts.as_slice() else {
            return None;
        };
        let path: Vec<&str> = resource.splitn(5, '/').collect();
        let (table, within) = match path.as_slice() {
            ["table", table] => (table, Within::Table),
            ["table", table, "index", index] => (table, Within::Index(index)),
            ["table", table, "stream", label] => (table, Within::Stream(label)),
            _ => return None,
        };
        let named = match within {
            Within::Index(index) => index,
            // Labels of AWS have colons: `2015-05-11T21:21:33.291`.
            Within::Table | Within::Stream(_) => "",
        };
        let is_whole = PARTITIONS.contains(partition)
            && path.iter().all(|part| !part.is_empty())
            && [region, account].iter().all(|part| !part.is_empty() && !part.contains('/'))
            && ![table, named].iter().any(|part| part.contains(':'));
        is_whole.then_some(TableArn { partition, region, account, table, within })
    }
}

/// Whether a text that names a table is an ARN, well formed or not: no table's name begins so.
pub(crate) fn is_arn(text: &str) -> bool {
    text.starts_with("arn:")
}

#[cfg(test)]
mod tests {
    //! Source: AWS docs (the form of the ARNs); what is refused is inferred from it.
    use super::*;

    #[test]
    fn tables_indexes_and_streams_have_arns() {
        let within = |rest: &str| {
            let arn = format!("arn:aws-cn:dynamodb:cn-north-1:123456789012:table/items{rest}");
            TableArn::parse(&arn).map(|arn| format!("{arn:?}"))
        };
        let expected = |within: &str| {
            Some(format!(
                "TableArn {{ partition: \"aws-cn\", region: \"cn-north-1\", account: \"123456789012\", \
                 table: \"items\", within: {within} }}"
            ))
        };
        assert_eq!(within(""), expected("Table"));
        assert_eq!(within("/index/by-date"), expected("Index(\"by-date\")"));
        let stream = "/stream/2015-05-11T21:21:33.291";
        assert_eq!(within(stream), expected("Stream(\"2015-05-11T21:21:33.291\")"));
    }

    #[test]
    fn what_differs_in_anything_is_none() {
        for text in [
            "items",
            "arn:",
            "arn:aws-:table/allowed/x:dynamodb:us-east-1:123456789012:table/secret",
            "arn:aws-x:dynamodb:us-east-1:123456789012:table/items",
            "arn:aws:dynamodb:table/tenant1-a:x:table/tenant2",
            "arn:aws:dynamodb:us-east-1/x:123456789012:table/items",
            "arn:aws:dynamodb::123456789012:table/items",
            "arn:aws:dynamodb:us-east-1::table/items",
            "arn:aws:dynamodb:us-east-1:123456789012:table/",
            "arn:aws:dynamodb:us-east-1:123456789012:table/items/",
            "arn:aws:dynamodb:us-east-1:123456789012:table/items:table/secret",
            "arn:aws:dynamodb:us-east-1:123456789012:table/items/other/x",
            "arn:aws:dynamodb:us-east-1:123456789012:table/items/index/a:b",
            "arn:aws:dynamodb:us-east-1:123456789012:table/items/index/a/stream/1",
            "arn:aws:dynamodb:us-east-1:123456789012:table/items/stream/1/x",
            "arn:x/secret/stream/LABEL/:table/allowed/stream/1",
            "arn:scylla:alternator:ks:x/secret",
            "ARN:aws:dynamodb:us-east-1:123456789012:table/items",
        ] {
            assert_eq!(TableArn::parse(text), None, "{text}");
        }
    }
}
