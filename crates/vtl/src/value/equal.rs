//! Java's `equals` between values.

use super::{Handle, Heap, Object, Value, View};
use crate::limits::{Limit, LimitExceeded};

impl<'a> Heap<'a> {
    /// Java's `a.equals(b)`; null equals null alone.
    ///
    /// # Errors
    /// The steps or the depth of values is used up.
    pub fn equals(&self, a: &Value<'a>, b: &Value<'a>) -> Result<bool, LimitExceeded> {
        self.equals_at(a, b, self.limits().value_depth)
    }

    fn equals_at(&self, a: &Value<'a>, b: &Value<'a>, depth: u32) -> Result<bool, LimitExceeded> {
        match (a, b) {
            (Value::Null, Value::Null) => Ok(true),
            (Value::Boolean(a), Value::Boolean(b)) => Ok(a == b),
            (Value::Number(a), Value::Number(b)) => Ok(a.java_equals(b)),
            (Value::String(a), Value::String(b)) => {
                self.charge(1 + a.len() as u64 / 64)?;
                Ok(a == b)
            }
            (Value::Object(a), Value::Object(b)) => self.objects_equal(*a, *b, depth),
            (
                Value::Null
                | Value::Boolean(_)
                | Value::Number(_)
                | Value::String(_)
                | Value::Object(_),
                _,
            ) => Ok(false),
        }
    }

    fn objects_equal(&self, a: Handle, b: Handle, depth: u32) -> Result<bool, LimitExceeded> {
        self.charge(1)?;
        if a == b {
            return Ok(true);
        }
        let Some(depth) = depth.checked_sub(1) else {
            let max = self.limits().value_depth as usize;
            return Err(LimitExceeded::new(Limit::ValueDepth, max));
        };
        let as_map = |handle: Handle| match self.object(handle) {
            Some(Object::Map(_)) => Some(Some(handle)),
            Some(Object::Scope(scope)) => Some(scope.entries),
            _ => None,
        };
        if let (Some(a), Some(b)) = (as_map(a), as_map(b)) {
            return match (a, b) {
                (Some(a), Some(b)) => self.maps_equal(a, b, depth),
                (None, None) => Ok(true),
                (Some(filled), None) | (None, Some(filled)) => Ok(self.is_empty(filled)),
            };
        }
        match (self.object(a), self.object(b)) {
            (
                Some(Object::List(_) | Object::SubList { .. }),
                Some(Object::List(_) | Object::SubList { .. }),
            ) => self.lists_equal(self.items(a), self.items(b), depth),
            (Some(Object::View(View::Keys, a)), Some(Object::View(View::Keys, b))) => {
                self.keys_equal(*a, *b)
            }
            (Some(Object::View(View::Entries, a)), Some(Object::View(View::Entries, b))) => {
                self.maps_equal(*a, *b, depth)
            }
            (
                Some(Object::Entry { map: in_a, key: key_a }),
                Some(Object::Entry { map: in_b, key: key_b }),
            ) => {
                let value_a = self.find(*in_a, key_a)?.unwrap_or(Value::Null);
                let value_b = self.find(*in_b, key_b)?.unwrap_or(Value::Null);
                Ok(self.equals_at(key_a, key_b, depth)?
                    && self.equals_at(&value_a, &value_b, depth)?)
            }
            (Some(Object::Character(a)), Some(Object::Character(b))) => Ok(a == b),
            _ => Ok(false),
        }
    }

    fn lists_equal(
        &self,
        a: &[Value<'a>],
        b: &[Value<'a>],
        depth: u32,
    ) -> Result<bool, LimitExceeded> {
        if a.len() != b.len() {
            return Ok(false);
        }
        for (a, b) in a.iter().zip(b) {
            self.charge(1)?;
            if !self.equals_at(a, b, depth)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn maps_equal(&self, a: Handle, b: Handle, depth: u32) -> Result<bool, LimitExceeded> {
        if self.len(a) != self.len(b) {
            return Ok(false);
        }
        for (key, value) in self.entries(a) {
            self.charge(1)?;
            match self.find(b, key)? {
                Some(other) if self.equals_at(value, &other, depth)? => {}
                Some(_) | None => return Ok(false),
            }
        }
        Ok(true)
    }

    fn keys_equal(&self, a: Handle, b: Handle) -> Result<bool, LimitExceeded> {
        if self.len(a) != self.len(b) {
            return Ok(false);
        }
        for (key, _) in self.entries(a) {
            self.charge(1)?;
            if self.find(b, key)?.is_none() {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
