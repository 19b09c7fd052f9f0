//! The text of a double as Java writes it up to version 18: the digits of `jdk.internal.math.FloatingDecimal`, which are
//! not always the shortest ones that read back the same (`2.0E-3`, but `4.9E-324` and `1.99802253835840973E18`).

use num_bigint::BigInt;
use num_traits::{ToPrimitive, Zero};

/// Bits of the fraction of a double.
const FRACTION_BITS: i32 = 52;
const HIDDEN_BIT: i64 = 1 << FRACTION_BITS;
const EXPONENT_BIAS: i32 = 1023;
/// The exponents of whole numbers that fit a long.
const LONG_EXPONENTS: std::ops::RangeInclusive<i32> = -21..=62;
/// How many bits a power of five has.
const FIVE_BITS: [i32; 27] = [
    0, 3, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28, 31, 33, 35, 38, 40, 42, 45, 47, 49, 52, 54, 56,
    59, 61,
];

/// Digits, and where the point stands: the value is `0.digits` times ten to the `exponent`.
struct Decimals {
    digits: Vec<u8>,
    exponent: i32,
}

/// Java's `Double.toString`: an exponent outside `1e-3 <= |x| < 1e7`, at least one digit after the point.
pub(crate) fn double_text(value: f64) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    let sign = if value.is_sign_negative() { "-" } else { "" };
    if value.is_infinite() {
        return format!("{sign}Infinity");
    }
    if value == 0.0 {
        return format!("{sign}0.0");
    }
    written(sign, &decimals(value))
}

/// Java's `Float.toString`.
pub(crate) fn float_text(value: f32) -> String {
    if value.is_nan() || value.is_infinite() || value == 0.0 {
        return double_text(f64::from(value));
    }
    let bits = value.abs().to_bits();
    let (mut fraction, mut exponent) = (i64::from(bits & 0x7f_ffff), (bits >> 23).cast_signed());
    let mut significant = 24;
    if exponent == 0 {
        let zeros = fraction.leading_zeros().cast_signed();
        fraction <<= zeros - 40;
        exponent = 41 - zeros;
        significant = 64 - zeros;
    } else {
        fraction |= 1 << 23;
    }
    let sign = if value.is_sign_negative() { "-" } else { "" };
    let shift = FRACTION_BITS - 23;
    written(sign, &generated_or_whole(fraction << shift, exponent - 127, significant))
}

fn written(sign: &str, Decimals { digits, exponent }: &Decimals) -> String {
    let exponent = *exponent;
    let digits: String = digits.iter().map(|digit| char::from(b'0' + digit)).collect();
    match usize::try_from(exponent) {
        Ok(whole @ 1..8) => {
            let (before, after) = digits.split_at_checked(whole).unwrap_or((&digits, ""));
            let after = if after.is_empty() { "0" } else { after };
            format!("{sign}{before:0<whole$}.{after}")
        }
        _ if (-2..=0).contains(&exponent) => {
            let zeros = "0".repeat(exponent.unsigned_abs() as usize);
            format!("{sign}0.{zeros}{digits}")
        }
        _ => {
            let (first, rest) = digits.split_at_checked(1).unwrap_or((&digits, ""));
            let rest = if rest.is_empty() { "0" } else { rest };
            format!("{sign}{first}.{rest}E{}", exponent - 1)
        }
    }
}

fn decimals(value: f64) -> Decimals {
    #[expect(clippy::cast_possible_wrap, reason = "the sign bit is masked off")]
    let bits = value.abs().to_bits() as i64;
    let mut fraction = bits & (HIDDEN_BIT - 1);
    let mut exponent = i32::try_from(bits >> FRACTION_BITS).unwrap_or(0);
    let mut significant = FRACTION_BITS + 1;
    if exponent == 0 {
        let zeros = fraction.leading_zeros().cast_signed();
        let shift = zeros - (63 - FRACTION_BITS);
        fraction <<= shift;
        exponent = 1 - shift;
        significant = 64 - zeros;
    } else {
        fraction |= HIDDEN_BIT;
    }
    generated_or_whole(fraction, exponent - EXPONENT_BIAS, significant)
}

/// The digits of `fraction`, whose highest bit is the hidden one, times two to the `exponent`; `significant` bits count.
fn generated_or_whole(fraction: i64, exponent: i32, significant: i32) -> Decimals {
    let fraction_bits = FRACTION_BITS + 1 - fraction.trailing_zeros().cast_signed();
    let tiny = (fraction_bits - exponent - 1).max(0);
    if tiny == 0 && LONG_EXPONENTS.contains(&exponent) {
        let shift = exponent - FRACTION_BITS;
        let whole = if shift >= 0 { fraction << shift } else { fraction >> -shift };
        return of_long(whole, exponent - significant - 1);
    }
    generated(fraction, exponent, significant, fraction_bits, tiny)
}

/// The digits of a whole number, but the last ones that stand for less than two to the `unknown`.
fn of_long(mut whole: i64, unknown: i32) -> Decimals {
    // The whole part of the logarithm of two to the `unknown`.
    let dropped = u32::try_from(unknown * 30_103 / 100_000).unwrap_or(0);
    let unit = 10i64.pow(dropped);
    whole = whole / unit + i64::from(dropped > 0 && whole % unit >= unit / 2);
    let digits = whole.to_string();
    let exponent = i32::try_from(digits.len()).unwrap_or(0) + dropped.cast_signed();
    let digits = digits.trim_end_matches('0').bytes().map(|digit| digit - b'0').collect();
    Decimals { digits, exponent }
}

/// Divides `b` by `s` digit by digit until the rest is below `m`, half of the distance to the next double. `estimate` is
/// the exponent of the first digit, or one more.
fn generated(
    fraction: i64,
    exponent: i32,
    significant: i32,
    fraction_bits: i32,
    tiny: i32,
) -> Decimals {
    let estimate = estimated(fraction, exponent);
    let b_fives = (-estimate).max(0);
    let mut b_twos = b_fives + tiny + exponent;
    let s_fives = estimate.max(0);
    let mut s_twos = s_fives + tiny;
    let mut m_twos = b_twos - significant;
    let fraction = fraction >> fraction.trailing_zeros();
    b_twos -= fraction_bits - 1;
    let common = b_twos.min(s_twos);
    b_twos -= common;
    s_twos -= common;
    m_twos -= common;
    if fraction_bits == 1 {
        m_twos -= 1;
    }
    if m_twos < 0 {
        b_twos -= m_twos;
        s_twos -= m_twos;
        m_twos = 0;
    }
    let b_bits = fraction_bits + b_twos + five_bits(b_fives);
    let ten_s_bits = s_twos + 1 + five_bits(s_fives + 1);
    let width = b_bits.max(ten_s_bits);
    if width < 64 {
        let small = |fives: i32, twos: i32| 5i64.wrapping_pow(fives.unsigned_abs()) << twos;
        let narrow =
            if width < 32 { |value: i64| i64::from(low_int(value)) } else { |value| value };
        let division = Division {
            b: narrow(fraction.wrapping_mul(5i64.wrapping_pow(b_fives.unsigned_abs())) << b_twos),
            s: narrow(small(s_fives, s_twos)),
            m: narrow(small(b_fives, m_twos)),
            narrow,
        };
        division.digits(estimate)
    } else {
        let big = |value: i64, fives: i32, twos: i32| {
            (BigInt::from(value) * BigInt::from(5).pow(fives.unsigned_abs())) << twos
        };
        let division = BigDivision {
            b: big(fraction, b_fives, b_twos),
            s: big(1, s_fives, s_twos),
            m: big(1, b_fives, m_twos),
        };
        division.digits(estimate)
    }
}

/// The low 32 bits, as an `int` of Java holds them.
#[expect(clippy::cast_possible_truncation, reason = "int arithmetic wraps")]
fn low_int(value: i64) -> i32 {
    value as i32
}

fn five_bits(power: i32) -> i32 {
    let known = usize::try_from(power).ok().and_then(|power| FIVE_BITS.get(power));
    known.copied().unwrap_or(power * 3)
}

/// The decimal exponent: exact, or one too high.
#[expect(clippy::approx_constant, reason = "Java's own logarithm of 2, cut after 15 digits")]
fn estimated(fraction: i64, exponent: i32) -> i32 {
    let bits = (i64::from(EXPONENT_BIAS) << FRACTION_BITS) | (fraction & (HIDDEN_BIT - 1));
    let mantissa = f64::from_bits(bits.cast_unsigned());
    let estimate = (mantissa - 1.5) * 0.289_529_654
        + 0.176_091_259
        + f64::from(exponent) * 0.301_029_995_663_981;
    #[expect(clippy::cast_possible_truncation, reason = "it is a few hundred")]
    let floor = estimate.floor() as i32;
    floor
}

/// Java writes a digit after the point whatever the rounding, so the form with an exponent takes at least two digits.
fn takes_exponent(exponent: i32) -> bool {
    !(-3..8).contains(&exponent)
}

/// The division in longs, or in ints when `narrow` makes it so; `m` may overflow.
struct Division {
    b: i64,
    s: i64,
    m: i64,
    narrow: fn(i64) -> i64,
}

impl Division {
    fn digits(mut self, estimate: i32) -> Decimals {
        let tens = (self.narrow)(self.s.wrapping_mul(10));
        let mut made = Decimals { digits: Vec::with_capacity(20), exponent: estimate };
        let first = self.next();
        let (mut low, mut high) =
            (self.b < self.m, (self.narrow)(self.b.wrapping_add(self.m)) > tens);
        made.first(first, high);
        if takes_exponent(made.exponent) {
            (low, high) = (false, false);
        }
        while !low && !high {
            let digit = self.next();
            (low, high) = if self.m > 0 {
                (self.b < self.m, (self.narrow)(self.b.wrapping_add(self.m)) > tens)
            } else {
                (true, true)
            };
            made.digits.push(digit);
        }
        let rest = (self.narrow)(self.b.wrapping_shl(1)).wrapping_sub(tens);
        made.rounded(low, high, rest.cmp(&0))
    }

    fn next(&mut self) -> u8 {
        let digit = self.b.checked_div(self.s).unwrap_or(0);
        self.b = (self.narrow)(self.b.checked_rem(self.s).unwrap_or(0).wrapping_mul(10));
        self.m = (self.narrow)(self.m.wrapping_mul(10));
        u8::try_from(digit).unwrap_or(0)
    }
}

/// The division in integers of any length.
struct BigDivision {
    b: BigInt,
    s: BigInt,
    m: BigInt,
}

impl BigDivision {
    fn digits(mut self, estimate: i32) -> Decimals {
        let tens = &self.s * 10;
        let mut made = Decimals { digits: Vec::with_capacity(20), exponent: estimate };
        let first = self.next();
        let (mut low, mut high) = (self.b < self.m, &self.b + &self.m >= tens);
        made.first(first, high);
        if takes_exponent(made.exponent) {
            (low, high) = (false, false);
        }
        while !low && !high {
            let digit = self.next();
            (low, high) = (self.b < self.m, &self.b + &self.m >= tens);
            made.digits.push(digit);
        }
        let rest = (self.b * 2u8).cmp(&tens);
        made.rounded(low, high, rest)
    }

    fn next(&mut self) -> u8 {
        if self.s.is_zero() {
            return 0;
        }
        let digit = &self.b / &self.s;
        self.b = (&self.b % &self.s) * 10;
        self.m *= 10;
        digit.to_u8().unwrap_or(0)
    }
}

impl Decimals {
    /// A zero at the front means that the exponent was one too high.
    fn first(&mut self, digit: u8, is_high: bool) {
        if digit == 0 && !is_high {
            self.exponent -= 1;
        } else {
            self.digits.push(digit);
        }
    }

    /// Rounds the last digit, by which bound ended the digits and on which side of the middle the rest lies.
    fn rounded(mut self, low: bool, high: bool, rest: std::cmp::Ordering) -> Decimals {
        self.exponent += 1;
        let is_odd = self.digits.last().is_some_and(|digit| digit % 2 == 1);
        if high && (!low || rest.is_gt() || (rest.is_eq() && is_odd)) {
            self.round_up();
        }
        self
    }

    fn round_up(&mut self) {
        for digit in self.digits.iter_mut().rev() {
            if *digit < 9 {
                *digit += 1;
                return;
            }
            *digit = 0;
        }
        if let Some(first) = self.digits.first_mut() {
            *first = 1;
        }
        self.exponent += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Source: Java 17, Double.toString.
    #[test]
    fn doubles_print_as_java_prints_them() {
        let cases = [
            (1.0, "1.0"),
            (1e9, "1.0E9"),
            (0.1 + 0.2, "0.30000000000000004"),
            (1e-3, "0.001"),
            (9.99e-4, "9.99E-4"),
            (9_999_999.0, "9999999.0"),
            (1e7, "1.0E7"),
            (12_345_678.9, "1.23456789E7"),
            (-0.0, "-0.0"),
            (f64::INFINITY, "Infinity"),
            (f64::NAN, "NaN"),
            (1.5e300, "1.5E300"),
            (5e-324, "4.9E-324"),
            (2e-3, "0.002"),
            (2e23, "1.9999999999999998E23"),
            (1_998_022_538_358_409_728.0, "1.99802253835840973E18"),
            (4_236_544_956_786_945_536.0, "4.2365449567869455E18"),
            (-233_891_771_783_429.62, "-2.3389177178342962E14"),
            (9_007_199_254_740_993.0, "9.007199254740992E15"),
        ];
        for (value, text) in cases {
            assert_eq!(double_text(value), text);
        }
    }
}
