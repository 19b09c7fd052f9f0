//! Tables in statements of PartiQL, seen without reading the statement: one reader's text is another one's name.

use super::names;
use crate::side::{OWN_PREFIX, Side};

/// The table of a statement that is not of this side.
///
/// A table's name with a dot in it has to stand in double quotes, as a name or in an ARN. So a statement names one of the program's
/// tables only where it has the prefix behind such a quote or in an ARN, and is refused wherever that stands: also in a text of
/// data. The program itself makes no statements.
pub(super) fn foreign(side: Side, statement: &str) -> Option<String> {
    match side {
        Side::State => Some(statement.to_owned()),
        Side::Tables => {
            let mut pieces = statement.split(['"', '`']).skip(1);
            let named = pieces.find(|piece| piece.starts_with(OWN_PREFIX));
            let name = named.map(|piece| piece.to_owned());
            let has_arn = ["arn:", "table/"].iter().any(|part| statement.contains(part));
            let in_arn = || names::of_text(side, statement).filter(|_| has_arn);
            name.or_else(in_arn)
        }
    }
}
