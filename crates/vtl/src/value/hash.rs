//! Java's `hashCode` of a value: of containers by what they hold, of arrays and iterators by who they are.

use super::order::scalar_hash;
use super::{Handle, Heap, Object, Value, View};
use crate::limits::{Limit, LimitExceeded};

impl<'a> Heap<'a> {
    /// Java's `value.hashCode()`.
    pub(crate) fn java_hash(&self, value: &Value<'a>) -> Result<i32, LimitExceeded> {
        let hash = self.hash_at(value, self.limits().value_depth)?;
        #[expect(clippy::cast_possible_wrap, reason = "the bits of the hash")]
        Ok(hash as i32)
    }

    fn hash_at(&self, value: &Value<'a>, depth: u32) -> Result<u32, LimitExceeded> {
        self.charge(1)?;
        let Value::Object(handle) = value else {
            if let Value::String(text) = value {
                self.charge(text.len() as u64 / 64)?;
            }
            return Ok(scalar_hash(value));
        };
        let Some(depth) = depth.checked_sub(1) else {
            let max = self.limits().value_depth as usize;
            return Err(LimitExceeded::new(Limit::ValueDepth, max));
        };
        match self.object(*handle) {
            Some(Object::List(_) | Object::SubList { .. }) => {
                self.items(*handle).iter().try_fold(1u32, |hash, item| {
                    Ok(hash.wrapping_mul(31).wrapping_add(self.hash_at(item, depth)?))
                })
            }
            Some(Object::Map(_)) => self.entries_hash(*handle, View::Entries, depth),
            Some(Object::Scope(scope)) => match scope.entries {
                Some(entries) => self.entries_hash(entries, View::Entries, depth),
                None => Ok(0),
            },
            Some(Object::View(view @ (View::Keys | View::Entries), map)) => {
                self.entries_hash(*map, *view, depth)
            }
            Some(Object::Entry { map, key }) => {
                let value = self.find(*map, key)?.unwrap_or(Value::Null);
                Ok(self.hash_at(key, depth)? ^ self.hash_at(&value, depth)?)
            }
            Some(Object::Character(unit)) => Ok(u32::from(*unit)),
            _ => Ok(scalar_hash(value)),
        }
    }

    fn entries_hash(&self, map: Handle, view: View, depth: u32) -> Result<u32, LimitExceeded> {
        self.entries(map).try_fold(0u32, |hash, (key, value)| {
            let key = self.hash_at(key, depth)?;
            let entry = if view == View::Keys { key } else { key ^ self.hash_at(value, depth)? };
            Ok(hash.wrapping_add(entry))
        })
    }
}
