//! Expressions: their value, and their truth in a condition.

use super::compare;
use super::halt::Eval;
use super::render::Render;
use crate::syntax::tree::{Comparison, Expr};
use crate::value::{MapKind, Value};

impl<'a> Render<'a, '_> {
    /// Returns the value of an expression; null where arithmetic failed.
    pub(super) fn value(&mut self, expression: &'a Expr) -> Eval<Value<'a>> {
        self.charge(1)?;
        match expression {
            Expr::Null => Ok(Value::Null),
            Expr::Boolean(value) => Ok(Value::Boolean(*value)),
            Expr::Number(number) => Ok(Value::Number(number.number())),
            Expr::Text(text) => Ok(Value::from(text.as_ref())),
            Expr::Reference(reference) if reference.links.is_empty() => self.reference(reference),
            Expr::Reference(_)
            | Expr::Interpolated { .. }
            | Expr::List(_)
            | Expr::Map(_)
            | Expr::Range(..)
            | Expr::Math(_) => self.deeper(|render| render.composite(expression)),
            Expr::Not(_) | Expr::And(_) | Expr::Or(_) | Expr::Compare(..) => {
                self.truth(expression).map(Value::Boolean)
            }
        }
    }

    /// Returns the value of an expression that holds others.
    fn composite(&mut self, expression: &'a Expr) -> Eval<Value<'a>> {
        match expression {
            Expr::Reference(reference) => self.reference(reference),
            Expr::Interpolated { body, trims } => {
                let mut out = self.scratch();
                self.block(body, &mut out)?;
                let mut text = out.into_string();
                if *trims {
                    text.pop();
                }
                self.built(text)
            }
            Expr::List(elements) => {
                let mut items = Vec::with_capacity(elements.len());
                for element in elements {
                    items.push(self.value(element)?);
                }
                let list = self.heap.list_of(items).map_err(|error| self.limit(error))?;
                Ok(Value::Object(list))
            }
            Expr::Map(entries) => self.map(entries),
            Expr::Range(ends) => self.range(&ends.0, &ends.1),
            Expr::Math(math) => self.math(math),
            Expr::Null
            | Expr::Boolean(_)
            | Expr::Number(_)
            | Expr::Text(_)
            | Expr::Not(_)
            | Expr::And(_)
            | Expr::Or(_)
            | Expr::Compare(..) => self.value(expression),
        }
    }

    /// Tells whether a condition holds. A reference holds unless it is `false`; a literal other than `true` never does.
    pub(super) fn truth(&mut self, expression: &'a Expr) -> Eval<bool> {
        self.charge(1)?;
        self.deeper(|render| render.holds(expression))
    }

    fn holds(&mut self, expression: &'a Expr) -> Eval<bool> {
        match expression {
            Expr::Boolean(value) => Ok(*value),
            Expr::Reference(reference) => {
                let value = self.reference(reference)?;
                self.is_true(value)
            }
            Expr::Not(operand) => Ok(!self.truth(operand)?),
            Expr::And(operands) => Ok(self.truth(&operands.0)? && self.truth(&operands.1)?),
            Expr::Or(operands) => Ok(self.truth(&operands.0)? || self.truth(&operands.1)?),
            Expr::Compare(comparison, operands, span) => {
                let left = self.value(&operands.0)?;
                let right = self.value(&operands.1)?;
                self.span = *span;
                self.compare(*comparison, left, right)
            }
            Expr::Null
            | Expr::Number(_)
            | Expr::Text(_)
            | Expr::Interpolated { .. }
            | Expr::List(_)
            | Expr::Map(_)
            | Expr::Range(..)
            | Expr::Math(_) => Ok(false),
        }
    }

    /// AWS: all but `false` is true, but Velocity 1.7 asks for its text: blocks render, what contains itself fails.
    fn is_true(&mut self, value: Value<'a>) -> Eval<bool> {
        if self.block_of(&value).is_some() {
            return Ok(!self.resolve(value)?.is_null());
        }
        self.render_blocks_in(&value)?;
        self.check_whole(&value)?;
        Ok(value.as_bool() != Some(false))
    }

    fn compare(&mut self, comparison: Comparison, left: Value<'a>, right: Value<'a>) -> Eval<bool> {
        let ordering = |wanted: fn(std::cmp::Ordering) -> bool| {
            let numbers = left.as_number().zip(right.as_number());
            numbers.is_some_and(|(left, right)| wanted(compare::numbers(&left, &right)))
        };
        match comparison {
            Comparison::Less => Ok(ordering(std::cmp::Ordering::is_lt)),
            Comparison::LessOrEqual => Ok(ordering(std::cmp::Ordering::is_le)),
            Comparison::Greater => Ok(ordering(std::cmp::Ordering::is_gt)),
            Comparison::GreaterOrEqual => Ok(ordering(std::cmp::Ordering::is_ge)),
            Comparison::Equal => self.equal(left, right),
            Comparison::NotEqual => self.equal(left, right).map(|equal| !equal),
        }
    }

    fn map(&mut self, entries: &'a [(Expr, Expr)]) -> Eval<Value<'a>> {
        let map = self.heap.map(MapKind::Linked, entries.len());
        let map = map.map_err(|error| self.limit(error))?;
        for (key, value) in entries {
            let key = self.value(key)?;
            let value = self.value(value)?;
            self.heap.put(map, key, value).map_err(|error| self.limit(error))?;
        }
        Ok(Value::Object(map))
    }

    /// The integers from the first end to the second, down when the second is smaller. Null when an end is no number.
    fn range(&mut self, start: &'a Expr, end: &'a Expr) -> Eval<Value<'a>> {
        let start = self.value(start)?;
        let end = self.value(end)?;
        let (Value::Number(start), Value::Number(end)) = (start, end) else {
            return Ok(Value::Null);
        };
        let (start, end) = (start.to_i32_wrapping(), end.to_i32_wrapping());
        let length = start.abs_diff(end) as usize;
        self.heap.charge_elements(length).map_err(|error| self.limit(error))?;
        let items: Vec<Value<'a>> = if start <= end {
            (start..=end).map(Value::from).collect()
        } else {
            (end..=start).rev().map(Value::from).collect()
        };
        let list = self.heap.list_of(items).map_err(|error| self.limit(error))?;
        Ok(Value::Object(list))
    }
}
