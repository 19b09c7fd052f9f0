//! Conditions: one operator, one context key and the values that a policy gives it.
//!
//! Follows the IAM user guide, "IAM JSON policy elements: Condition operators" and "Single-valued
//! vs. multivalued context keys".

mod date;
mod network;
mod number;
mod operator;

use std::ops::Range;

pub(crate) use operator::Operator;
use operator::{Compare, Family, Qualifier};

use crate::arn::{Arn, ArnPattern};
use crate::facts::{Asked, Key};
use crate::fault::{Fault, quoted};
use crate::policy::Text;
use crate::template::{ExactText, Template, TextPattern};

use date::Date;
use network::Network;
use number::Number;

/// A compiled condition.
#[derive(Clone, Debug)]
pub(crate) struct Condition {
    pub(crate) operator: Operator,
    pub(crate) key: Key,
    test: Test,
    /// The key and its values.
    pub(crate) range: Range<usize>,
}

/// What one value of a request is tested for: any of these values of the policy.
#[derive(Clone, Debug)]
enum Test {
    Equals(Vec<ExactText>),
    EqualsIgnoreCase(Vec<ExactText>),
    Like(Vec<TextPattern>),
    Number(Compare, Vec<Number>),
    Date(Compare, Vec<Date>),
    Binary(Vec<Vec<u8>>),
    Network(Vec<Network>),
    Arn(Vec<ArnPattern>),
    /// Whether the key is to be absent.
    Null(bool),
}

/// A value as it is written in a policy.
pub(crate) struct Written {
    pub(crate) text: String,
    pub(crate) range: Range<usize>,
    /// Where its characters are.
    pub(crate) at: Text,
}

impl Written {
    fn template(&self, has_variables: bool) -> Result<Template, Fault> {
        Template::parse(&self.text, has_variables).map_err(|fault| self.at.place(fault))
    }
}

impl Condition {
    /// Compiles the values of a condition, or says of each that cannot be what is wrong.
    pub(crate) fn new(
        operator: Operator,
        key: Key,
        values: &[Written],
        range: Range<usize>,
        has_variables: bool,
        faults: &mut Vec<Fault>,
    ) -> Option<Condition> {
        let mut compile = Values { values, has_variables, faults };
        let test = match operator.family {
            Family::Equals => Test::Equals(compile.templates(ExactText::of)?),
            Family::EqualsIgnoreCase => Test::EqualsIgnoreCase(compile.templates(ExactText::of)?),
            Family::Like => Test::Like(compile.templates(TextPattern::of)?),
            Family::Number(compare) => {
                let wanted = "a number, as in `10` or `2.5`";
                Test::Number(compare, compile.each(Number::parse, wanted)?)
            }
            Family::Date(compare) => {
                let wanted = "a date, as in `2026-01-31T12:00:00Z`, or seconds since 1970";
                Test::Date(compare, compile.each(Date::parse, wanted)?)
            }
            Family::Bool => Test::EqualsIgnoreCase(compile.booleans()?),
            Family::Binary => Test::Binary(compile.each(decoded, "Base64")?),
            Family::Network => {
                let wanted = "an IP address or range, as in `203.0.113.0/24` or `2001:db8::/32`";
                Test::Network(compile.each(Network::parse, wanted)?)
            }
            Family::Arn => Test::Arn(compile.arns()?),
            Family::Null => Test::Null(compile.null()?),
        };
        Some(Condition { operator, key, test, range })
    }

    /// Whether it holds for a request.
    pub(crate) fn holds(&self, asked: &Asked<'_>) -> bool {
        let values = asked.values(&self.key);
        if let Test::Null(is_absent) = self.test {
            return values.is_none() == is_absent;
        }
        let is_negated = self.operator.is_negated;
        // AWS: for a set, one empty string is no value at all.
        let is_set = self.operator.qualifier.is_some();
        let values = values.filter(|values| !(is_set && values.iter().all(|v| v.is_empty())));
        let Some(values) = values else {
            return self.operator.if_exists
                || match self.operator.qualifier {
                    None => is_negated,
                    Some(Qualifier::ForAllValues) => true,
                    Some(Qualifier::ForAnyValue) => false,
                };
        };
        let mut values = values.iter();
        match self.operator.qualifier {
            None => values.any(|value| self.test.matches(value, asked)) != is_negated,
            Some(Qualifier::ForAllValues) => {
                values.all(|value| self.test.matches(value, asked) != is_negated)
            }
            Some(Qualifier::ForAnyValue) => {
                values.any(|value| self.test.matches(value, asked) != is_negated)
            }
        }
    }
}

impl Test {
    fn matches(&self, value: &str, asked: &Asked<'_>) -> bool {
        match self {
            Test::Equals(texts) => texts.iter().any(|text| text.is(asked, |text| text == value)),
            Test::EqualsIgnoreCase(texts) => {
                texts.iter().any(|text| text.is(asked, |text| is_same_letters(text, value)))
            }
            Test::Like(patterns) => patterns.iter().any(|pattern| pattern.matches(value, asked)),
            Test::Number(compare, numbers) => Number::parse(value)
                .is_some_and(|value| numbers.iter().any(|number| compare.holds(&value, number))),
            Test::Date(compare, dates) => Date::parse(value)
                .is_some_and(|value| dates.iter().any(|date| compare.holds(&value, date))),
            Test::Binary(all) => all.iter().any(|bytes| bytes == value.as_bytes()),
            Test::Network(networks) => network::address(value)
                .is_some_and(|address| networks.iter().any(|network| network.has(address))),
            Test::Arn(patterns) => {
                let arn = Arn::parse(value);
                patterns.iter().any(|pattern| pattern.matches(arn.as_ref(), asked))
            }
            Test::Null(_) => false,
        }
    }
}

fn is_same_letters(a: &str, b: &str) -> bool {
    let lower = |text: &str| text.chars().flat_map(char::to_lowercase).collect::<Vec<char>>();
    a.eq_ignore_ascii_case(b) || (!(a.is_ascii() && b.is_ascii()) && lower(a) == lower(b))
}

fn decoded(text: &str) -> Option<Vec<u8>> {
    use base64::prelude::{BASE64_STANDARD, Engine};
    BASE64_STANDARD.decode(text).ok()
}

/// The values of one condition while they are compiled.
struct Values<'a> {
    values: &'a [Written],
    has_variables: bool,
    faults: &'a mut Vec<Fault>,
}

impl Values<'_> {
    /// Compiles each; nothing when one of them cannot be.
    fn compile<T>(&mut self, compile: impl Fn(&Written) -> Result<T, Fault>) -> Option<Vec<T>> {
        let mut compiled = Vec::new();
        for value in self.values {
            match compile(value) {
                Ok(value) => compiled.push(value),
                Err(fault) => self.faults.push(fault),
            }
        }
        (compiled.len() == self.values.len()).then_some(compiled)
    }

    fn each<T>(&mut self, parse: impl Fn(&str) -> Option<T>, wanted: &str) -> Option<Vec<T>> {
        let has_variables = self.has_variables;
        self.compile(|value| {
            parse(&value.text).ok_or_else(|| {
                let message = format!("{} is not {wanted}", quoted(&value.text));
                let fault = Fault::new(value.range.clone(), message);
                if has_variables && value.text.contains("${") {
                    return fault
                        .with_help("policy variables stand in `String` and `Arn` conditions");
                }
                fault
            })
        })
    }

    fn templates<T>(&mut self, of: impl Fn(Template) -> T) -> Option<Vec<T>> {
        let has_variables = self.has_variables;
        self.compile(|value| value.template(has_variables).map(&of))
    }

    fn booleans(&mut self) -> Option<Vec<ExactText>> {
        let has_variables = self.has_variables;
        self.compile(|value| {
            let template = value.template(has_variables)?;
            let is_boolean =
                |text: &str| ["true", "false"].iter().any(|b| text.eq_ignore_ascii_case(b));
            if !template.has_variable() && !is_boolean(&value.text) {
                let message = format!("{} is neither `true` nor `false`", quoted(&value.text));
                return Err(Fault::new(value.range.clone(), message));
            }
            Ok(ExactText::of(template))
        })
    }

    fn arns(&mut self) -> Option<Vec<ArnPattern>> {
        let has_variables = self.has_variables;
        self.compile(|value| {
            let template = value.template(has_variables)?;
            ArnPattern::of(template).ok_or_else(|| {
                let message = format!("{} is not a pattern of ARNs", quoted(&value.text));
                Fault::new(value.range.clone(), message)
                    .with_help("write `arn:aws:SERVICE:REGION:ACCOUNT:RESOURCE`, or `*`")
            })
        })
    }

    fn null(&mut self) -> Option<bool> {
        let values = self.compile(|value| match value.text.to_ascii_lowercase().as_str() {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => {
                let message = format!("{} is neither `true` nor `false`", quoted(&value.text));
                Err(Fault::new(value.range.clone(), message))
            }
        })?;
        match (values.as_slice(), self.values.last()) {
            ([is_absent], _) => Some(*is_absent),
            (_, Some(last)) => {
                let message = "`Null` takes one value";
                self.faults.push(Fault::new(last.range.clone(), message));
                None
            }
            _ => None,
        }
    }
}
