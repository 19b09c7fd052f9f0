//! The names of operators and what they stand for.

use std::fmt;

/// A condition operator with what stands before and after its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Operator {
    /// As in `StringNotEquals`, without prefix and suffix.
    name: &'static str,
    pub(crate) family: Family,
    pub(crate) is_negated: bool,
    pub(crate) qualifier: Option<Qualifier>,
    pub(crate) if_exists: bool,
}

/// How a value of a request and one of a policy are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    Equals,
    EqualsIgnoreCase,
    Like,
    Number(Compare),
    Date(Compare),
    Bool,
    Binary,
    Network,
    Arn,
    Null,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Compare {
    Equals,
    LessThan,
    LessThanEquals,
    GreaterThan,
    GreaterThanEquals,
}

impl Compare {
    /// Whether `value`, of the request, is so to `limit`, of the policy.
    pub(crate) fn holds<T: Ord>(self, value: &T, limit: &T) -> bool {
        match self {
            Compare::Equals => value == limit,
            Compare::LessThan => value < limit,
            Compare::LessThanEquals => value <= limit,
            Compare::GreaterThan => value > limit,
            Compare::GreaterThanEquals => value >= limit,
        }
    }
}

/// What is asked of the values of a key that may have several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Qualifier {
    ForAllValues,
    ForAnyValue,
}

/// Every operator: its name, how it compares, whether it is negated.
const OPERATORS: [(&str, Family, bool); 27] = [
    ("StringEquals", Family::Equals, false),
    ("StringNotEquals", Family::Equals, true),
    ("StringEqualsIgnoreCase", Family::EqualsIgnoreCase, false),
    ("StringNotEqualsIgnoreCase", Family::EqualsIgnoreCase, true),
    ("StringLike", Family::Like, false),
    ("StringNotLike", Family::Like, true),
    ("NumericEquals", Family::Number(Compare::Equals), false),
    ("NumericNotEquals", Family::Number(Compare::Equals), true),
    ("NumericLessThan", Family::Number(Compare::LessThan), false),
    ("NumericLessThanEquals", Family::Number(Compare::LessThanEquals), false),
    ("NumericGreaterThan", Family::Number(Compare::GreaterThan), false),
    ("NumericGreaterThanEquals", Family::Number(Compare::GreaterThanEquals), false),
    ("DateEquals", Family::Date(Compare::Equals), false),
    ("DateNotEquals", Family::Date(Compare::Equals), true),
    ("DateLessThan", Family::Date(Compare::LessThan), false),
    ("DateLessThanEquals", Family::Date(Compare::LessThanEquals), false),
    ("DateGreaterThan", Family::Date(Compare::GreaterThan), false),
    ("DateGreaterThanEquals", Family::Date(Compare::GreaterThanEquals), false),
    ("Bool", Family::Bool, false),
    ("BinaryEquals", Family::Binary, false),
    ("IpAddress", Family::Network, false),
    ("NotIpAddress", Family::Network, true),
    ("ArnEquals", Family::Arn, false),
    ("ArnNotEquals", Family::Arn, true),
    ("ArnLike", Family::Arn, false),
    ("ArnNotLike", Family::Arn, true),
    ("Null", Family::Null, false),
];

impl Operator {
    /// Returns the operator of that name, if there is one. Case counts.
    pub(crate) fn parse(written: &str) -> Option<Operator> {
        let (qualifier, rest) = match written.split_once(':') {
            None => (None, written),
            Some(("ForAllValues", rest)) => (Some(Qualifier::ForAllValues), rest),
            Some(("ForAnyValue", rest)) => (Some(Qualifier::ForAnyValue), rest),
            Some(_) => return None,
        };
        let (rest, if_exists) = match rest.strip_suffix("IfExists") {
            Some(rest) => (rest, true),
            None => (rest, false),
        };
        let (name, family, is_negated) =
            OPERATORS.into_iter().find(|(name, _, _)| *name == rest)?;
        // `Null` asks whether the key is there: nothing can be said before or after it.
        if family == Family::Null && (if_exists || qualifier.is_some()) {
            return None;
        }
        Some(Operator { name, family, is_negated, qualifier, if_exists })
    }

    /// Returns what `written`, which is no operator, was likely meant to be near to: the names with
    /// its own prefix and suffix.
    pub(crate) fn candidates(written: &str) -> Vec<String> {
        let (prefix, rest) = match written.split_once(':') {
            Some((prefix, rest)) if prefix.to_ascii_lowercase().starts_with("forall") => {
                ("ForAllValues:", rest)
            }
            Some((_, rest)) => ("ForAnyValue:", rest),
            None => ("", written),
        };
        let suffix = if rest.to_ascii_lowercase().ends_with("exists") { "IfExists" } else { "" };
        let plain = OPERATORS.into_iter().map(|(name, _, _)| name);
        let fits = plain.filter(|name| *name != "Null" || (prefix.is_empty() && suffix.is_empty()));
        fits.map(|name| format!("{prefix}{name}{suffix}")).collect()
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.qualifier {
            None => "",
            Some(Qualifier::ForAllValues) => "ForAllValues:",
            Some(Qualifier::ForAnyValue) => "ForAnyValue:",
        })?;
        f.write_str(self.name)?;
        f.write_str(if self.if_exists { "IfExists" } else { "" })
    }
}

#[cfg(test)]
mod tests {
    //! Source: AWS docs (IAM user guide, condition operators).
    use super::*;

    #[test]
    fn names_come_back_as_they_were() {
        for name in [
            "StringEquals",
            "ForAllValues:StringLike",
            "ForAnyValue:StringNotEqualsIgnoreCaseIfExists",
            "DateGreaterThanEqualsIfExists",
            "Null",
        ] {
            assert_eq!(Operator::parse(name).map(|o| o.to_string()).as_deref(), Some(name));
        }
    }

    #[test]
    fn what_is_no_operator_is_none() {
        for name in [
            "",
            "stringEquals",
            "StringEqual",
            "NullIfExists",
            "ForAnyValue:Null",
            "ForEach:Bool",
            "ForAnyValue:",
            "IfExists",
            "StringEqualsIfExistsIfExists",
            "NotBool",
        ] {
            assert_eq!(Operator::parse(name), None, "{name}");
        }
    }
}
