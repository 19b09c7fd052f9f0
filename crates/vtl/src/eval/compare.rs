//! `==` and the order of numbers.

use std::cmp::Ordering;

use super::arithmetic::{Base, to_decimal};
use super::halt::Eval;
use super::render::Render;
use crate::limits::Limit;
use crate::value::{ArrayKind, Class, Decimal, Number, Output, Value};

impl<'a> Render<'a, '_> {
    /// Velocity's `==`: numbers by value, values of related classes by `equals`, others by their text.
    pub(super) fn equal(&mut self, left: Value<'a>, right: Value<'a>) -> Eval<bool> {
        if let (Some(left), Some(right)) = (left.as_number(), right.as_number()) {
            return Ok(numbers(&left, &right) == Ordering::Equal);
        }
        if let (Value::String(left), Value::String(right)) = (&left, &right) {
            if left.len() == right.len() {
                self.charge(left.len() as u64 / 64)?;
            }
            return Ok(left == right);
        }
        if !left.is_null() && !right.is_null() {
            let (a, b) = (self.heap.class(&left), self.heap.class(&right));
            if related(a, b) {
                return self.heap.equals(&left, &right).map_err(|error| self.limit(error));
            }
        }
        let left = self.resolve(left)?;
        let right = self.resolve(right)?;
        match (left.is_null(), right.is_null()) {
            (true, true) => Ok(true),
            (true, false) | (false, true) => Ok(false),
            (false, false) => match (&left, &right) {
                (Value::String(text), other) | (other, Value::String(text)) => {
                    self.prints_as(other, text)
                }
                _ => Ok(self.text_of(&left)? == self.text_of(&right)?),
            },
        }
    }

    /// Tells whether a value prints as `text`; printing stops as soon as it is longer.
    fn prints_as(&mut self, value: &Value<'a>, text: &str) -> Eval<bool> {
        self.render_blocks_in(value)?;
        let depth_max = self.heap.limits().value_depth;
        let mut out = Output::new(text.len(), depth_max);
        match self.heap.print(value, &mut out) {
            Ok(()) => Ok(out.as_str() == text),
            Err(past) if past.limit == Limit::OutputBytes => {
                self.check_whole(value)?;
                Ok(false)
            }
            Err(past) => Err(self.limit(past)),
        }
    }

    /// Fails where a value has no text: it contains itself through another.
    pub(super) fn check_whole(&self, value: &Value<'a>) -> Eval<()> {
        if !self.heap.may_hold_itself() {
            return Ok(());
        }
        let depth_max = self.heap.limits().value_depth;
        let whole = self.heap.print(value, &mut Output::forgetting(depth_max));
        whole.map_err(|error| self.limit(error))
    }
}

/// Tells whether one of two classes is the other or above it.
fn related(a: Class, b: Class) -> bool {
    let above = |above: Class, below: Class| {
        matches!(
            (above, below),
            (Class::HashMap, Class::LinkedHashMap | Class::Silent)
                | (Class::ArrayList, Class::PrintedList)
                | (Class::Array(ArrayKind::Objects), Class::Array(ArrayKind::Strings))
        )
    };
    a == b || above(a, b) || above(b, a)
}

/// Compares two numbers as Velocity does: in the smallest type that holds both.
pub(super) fn numbers(left: &Number<'_>, right: &Number) -> Ordering {
    match Base::of(left, right) {
        Base::Long => left.to_i64_wrapping().cmp(&right.to_i64_wrapping()),
        Base::Big => super::arithmetic::to_big(left).cmp(&super::arithmetic::to_big(right)),
        Base::Double => {
            // Not a number equals everything: Velocity asks for less and greater alone.
            left.to_f64().partial_cmp(&right.to_f64()).unwrap_or(Ordering::Equal)
        }
        Base::Decimal => decimals(&to_decimal(left), &to_decimal(right)),
    }
}

fn decimals(left: &Decimal, right: &Decimal) -> Ordering {
    match (left.aligned(right), left.to_f64().partial_cmp(&right.to_f64())) {
        (Some((left, right, _)), _) => left.cmp(&right),
        (None, ordering) => ordering.unwrap_or(Ordering::Equal),
    }
}
