//! `String.format`: the conversions of `java.util.Formatter` for strings, numbers, booleans and characters.

use num_bigint::BigInt;
use num_traits::{Signed, ToPrimitive};

use super::arguments::{Answer, answer};
use super::utf16;
use crate::error::{Exception, Failure};
use crate::limits::{FORMAT_WIDTH_MAX, Limit, LimitExceeded};
use crate::value::{Heap, Number, Object, Value};

/// `%[index$][flags][width][.precision]conversion`.
#[derive(Debug, Default, Clone)]
struct Specifier {
    index: Option<usize>,
    left: bool,
    zeros: bool,
    plus: bool,
    space: bool,
    groups: bool,
    parentheses: bool,
    alternate: bool,
    previous: bool,
    width: usize,
    precision: Option<usize>,
    conversion: char,
}

impl Specifier {
    fn has_more_than_left(&self) -> bool {
        self.zeros || self.plus || self.space || self.groups || self.parentheses || self.alternate
    }
}

pub(super) fn format<'a>(
    heap: &mut Heap<'a>,
    pattern: &'a str,
    values: &[Value<'a>],
) -> Answer<'a> {
    let mut out = String::new();
    let mut rest = pattern;
    let mut ordinary = 0;
    let mut last = None;
    while let Some((plain, after)) = rest.split_once('%') {
        heap.charge(1)?;
        let before = out.len();
        out.push_str(plain);
        let (specifier, after) = specifier(after)?;
        rest = after;
        match specifier.conversion {
            '%' if specifier.has_more_than_left() => {
                return Err(illegal(&specifier, "takes no flags but `-`"));
            }
            '%' => out.push_str(&padded("%".to_owned(), &specifier)),
            'n' => out.push('\n'),
            _ => {
                let place = match (specifier.index, specifier.previous) {
                    (Some(index), _) => index.checked_sub(1),
                    (None, true) => last,
                    (None, false) => {
                        ordinary += 1;
                        Some(ordinary - 1)
                    }
                };
                let value = match (values, place.and_then(|place| values.get(place))) {
                    // Java takes a single null for the array of all arguments.
                    ([Value::Null], _) => &Value::Null,
                    (_, Some(value)) => value,
                    (_, None) => return Err(illegal(&specifier, "has no argument")),
                };
                last = place;
                out.push_str(&converted(heap, &specifier, value)?);
            }
        }
        heap.charge_text(out.len() - before)?;
    }
    heap.charge_text(rest.len())?;
    out.push_str(rest);
    answer(heap.kept(&out))
}

fn specifier(text: &str) -> Result<(Specifier, &str), Failure> {
    let mut specifier = Specifier::default();
    let (number, after) = digits(text)?;
    let mut rest = text;
    if let (Some(index), Some(after)) = (number, after.strip_prefix('$')) {
        specifier.index = Some(index);
        rest = after;
    }
    loop {
        let flag = rest.chars().next();
        match flag {
            Some('-') => specifier.left = true,
            Some('0') => specifier.zeros = true,
            Some('+') => specifier.plus = true,
            Some(' ') => specifier.space = true,
            Some(',') => specifier.groups = true,
            Some('(') => specifier.parentheses = true,
            Some('#') => specifier.alternate = true,
            Some('<') => specifier.previous = true,
            _ => break,
        }
        rest = rest.get(1..).unwrap_or_default();
    }
    let (width, after) = digits(rest)?;
    specifier.width = width.unwrap_or(0);
    rest = after;
    if let Some(after) = rest.strip_prefix('.') {
        let (precision, after) = digits(after)?;
        specifier.precision = precision;
        rest = after;
        if precision.is_none() {
            return Err(illegal(&specifier, "has a point without a precision"));
        }
    }
    if (specifier.left || specifier.zeros) && specifier.width == 0 {
        return Err(illegal(&specifier, "has a flag that needs a width"));
    }
    let mut letters = rest.chars();
    match letters.next() {
        Some(conversion) if "%nsSbBhHcCdoxXeEfgG".contains(conversion) => {
            specifier.conversion = conversion;
            Ok((specifier, letters.as_str()))
        }
        Some(other) => {
            specifier.conversion = other;
            Err(illegal(&specifier, "is no conversion for these values"))
        }
        None => Err(illegal(&specifier, "is not finished")),
    }
}

fn digits(text: &str) -> Result<(Option<usize>, &str), Failure> {
    let length = text.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, rest) = text.split_at_checked(length).unwrap_or(("", text));
    if digits.is_empty() || digits.starts_with('0') {
        return Ok((
            if digits == "0" { Some(0) } else { None },
            if digits == "0" { rest } else { text },
        ));
    }
    match digits.parse() {
        Ok(number) if number <= FORMAT_WIDTH_MAX => Ok((Some(number), rest)),
        Ok(_) | Err(_) => Err(LimitExceeded::new(Limit::FormatWidth, FORMAT_WIDTH_MAX).into()),
    }
}

fn converted<'a>(
    heap: &mut Heap<'a>,
    specifier: &Specifier,
    value: &Value<'a>,
) -> Result<String, Failure> {
    let upper = specifier.conversion.is_ascii_uppercase();
    let body = match specifier.conversion.to_ascii_lowercase() {
        's' => cut(heap.text_of(value)?.to_string(), specifier.precision),
        'b' => {
            let truth = value.as_bool().unwrap_or(!value.is_null());
            cut(truth.to_string(), specifier.precision)
        }
        _ if value.is_null() => cut("null".to_owned(), specifier.precision),
        'h' => cut(format!("{:x}", heap.java_hash(value)?), specifier.precision),
        'c' => character(heap, specifier, value)?,
        'd' | 'o' | 'x' => return whole(specifier, value),
        _ => return floating(specifier, value),
    };
    Ok(padded(if upper { body.to_uppercase() } else { body }, specifier))
}

/// Cuts a text to UTF-16 units. Half of a pair prints as `?`.
fn cut(text: String, precision: Option<usize>) -> String {
    match precision {
        Some(most) if most < utf16::length(&text) => {
            let units = text.encode_utf16().take(most);
            char::decode_utf16(units).map(|unit| unit.unwrap_or('?')).collect()
        }
        Some(_) | None => text,
    }
}

fn character(heap: &Heap<'_>, specifier: &Specifier, value: &Value<'_>) -> Result<String, Failure> {
    let code = match value {
        Value::Number(Number::Integer(code)) => u32::try_from(*code).ok(),
        Value::Object(handle) => match heap.object(*handle) {
            Some(Object::Character(unit)) => Some(u32::from(*unit)),
            _ => None,
        },
        Value::Null | Value::Boolean(_) | Value::Number(_) | Value::String(_) => None,
    };
    match code.and_then(char::from_u32) {
        Some(character) => Ok(character.to_string()),
        None => Err(illegal(specifier, "takes characters alone")),
    }
}

fn whole(specifier: &Specifier, value: &Value<'_>) -> Result<String, Failure> {
    let Value::Number(number @ (Number::Integer(_) | Number::Long(_) | Number::BigInteger(_))) =
        value
    else {
        return Err(illegal(specifier, "takes integers alone"));
    };
    let value = match number {
        Number::BigInteger(value) => (*value).clone(),
        _ => BigInt::from(number.to_i64_wrapping()),
    };
    if specifier.conversion == 'd' {
        let digits = value.magnitude().to_string();
        let digits = if specifier.groups { grouped(&digits) } else { digits };
        return Ok(signed(specifier, value.is_negative(), digits));
    }
    let (radix, prefix) = if specifier.conversion == 'o' { (8, "0") } else { (16, "0x") };
    let prefix = if specifier.alternate { prefix } else { "" };
    // An Integer or Long shows its bits, a BigInteger its sign.
    let unsigned = match number {
        Number::Integer(int) if *int < 0 => (BigInt::from(1u8) << 32u32) + &value,
        Number::Long(long) if *long < 0 => (BigInt::from(1u8) << 64u32) + &value,
        _ => value.abs(),
    };
    let negative = matches!(number, Number::BigInteger(_)) && value.is_negative();
    let digits = format!("{prefix}{}", unsigned.to_str_radix(radix));
    let digits = if specifier.conversion == 'X' { digits.to_uppercase() } else { digits };
    Ok(signed(specifier, negative, digits))
}

fn floating(specifier: &Specifier, value: &Value<'_>) -> Result<String, Failure> {
    let Value::Number(number @ (Number::Double(_) | Number::BigDecimal(_))) = value else {
        return Err(illegal(specifier, "takes floating point numbers alone"));
    };
    let value = number.to_f64();
    if !value.is_finite() {
        let name = if value.is_nan() { "NaN" } else { "Infinity" };
        let plain = Specifier { zeros: false, ..specifier.clone() };
        return Ok(signed(&plain, value < 0.0, name.to_owned()));
    }
    let precision = specifier.precision.unwrap_or(6);
    let magnitude = value.abs();
    let digits = match specifier.conversion.to_ascii_lowercase() {
        'f' => {
            let digits = rounded(number, precision);
            if specifier.groups { grouped(&digits) } else { digits }
        }
        'g' if magnitude != 0.0
            && !(1e-4..10f64.powi(precision.max(1).to_i32().unwrap_or(1))).contains(&magnitude) =>
        {
            scientific(magnitude, precision.max(1) - 1)
        }
        'g' => {
            let before = scientific(magnitude, 0);
            let exponent: i64 =
                before.split_once('e').and_then(|(_, digits)| digits.parse().ok()).unwrap_or(0);
            let places = precision.max(1).to_i64().unwrap_or(1) - 1 - exponent;
            rounded(number, usize::try_from(places).unwrap_or(0))
        }
        _ => scientific(magnitude, precision),
    };
    let digits =
        if specifier.conversion.is_ascii_uppercase() { digits.to_uppercase() } else { digits };
    Ok(signed(specifier, value.is_sign_negative(), digits))
}

/// Rounds half up on the decimal digits that print, as `Formatter` does.
fn rounded(number: &Number<'_>, precision: usize) -> String {
    let text = match number {
        Number::BigDecimal(value) => value.to_string(),
        _ => crate::value::double_text(number.to_f64()),
    };
    let Some(decimal) = crate::value::Decimal::parse(text.trim_start_matches('-')) else {
        return text;
    };
    let scale = i64::from(decimal.scale);
    let wanted = precision.to_i64().unwrap_or(0);
    let ten = BigInt::from(10u8);
    let unscaled = if wanted >= scale {
        decimal.unscaled * ten.pow(u32::try_from(wanted - scale).unwrap_or(0))
    } else {
        let divisor = ten.pow(u32::try_from(scale - wanted).unwrap_or(0));
        (decimal.unscaled * 2u8 + &divisor) / (divisor * 2u8)
    };
    let digits = unscaled.to_string();
    if precision == 0 {
        return digits;
    }
    let digits = format!("{digits:0>width$}", width = precision + 1);
    let (whole, fraction) = digits.split_at_checked(digits.len() - precision).unwrap_or(("0", ""));
    format!("{whole}.{fraction}")
}

fn scientific(magnitude: f64, precision: usize) -> String {
    let text = format!("{magnitude:.precision$e}");
    match text.split_once('e') {
        Some((digits, exponent)) => {
            let exponent: i32 = exponent.parse().unwrap_or(0);
            let sign = if exponent < 0 { '-' } else { '+' };
            format!("{digits}e{sign}{:02}", exponent.abs())
        }
        None => text,
    }
}

fn grouped(digits: &str) -> String {
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let mut out = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    if !fraction.is_empty() {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

fn signed(specifier: &Specifier, negative: bool, digits: String) -> String {
    let (before, after) = match (negative, specifier.parentheses) {
        (true, true) => ("(", ")"),
        (true, false) => ("-", ""),
        (false, _) if specifier.plus => ("+", ""),
        (false, _) if specifier.space => (" ", ""),
        (false, _) => ("", ""),
    };
    let length = before.len() + digits.len() + after.len();
    let zeros = if specifier.zeros { specifier.width.saturating_sub(length) } else { 0 };
    padded(format!("{before}{}{digits}{after}", "0".repeat(zeros)), specifier)
}

fn padded(text: String, specifier: &Specifier) -> String {
    let blanks = " ".repeat(specifier.width.saturating_sub(utf16::length(&text)));
    if specifier.left { text + &blanks } else { blanks + &text }
}

fn illegal(specifier: &Specifier, problem: &str) -> Failure {
    let name = specifier.conversion;
    let name = if name == '\0' { String::new() } else { name.to_string() };
    Failure::exception(Exception::IllegalArgument, format!("the format `%{name}` {problem}"))
}
