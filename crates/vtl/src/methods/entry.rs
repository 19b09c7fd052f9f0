//! `java.util.Map.Entry`.

use super::arguments::Answer;
use crate::value::{Argument, Handle, Heap, Object, Value};

pub(super) fn call<'a>(
    heap: &mut Heap<'a>,
    entry: Handle,
    method: &str,
    arguments: &[Argument<'a>],
) -> Answer<'a> {
    let Some(Object::Entry { map, key }) = heap.object(entry) else { return Ok(None) };
    let (map, key) = (*map, *key);
    match (method, arguments) {
        ("getKey", []) => Ok(Some(key)),
        ("getValue", []) => Ok(Some(heap.find(map, &key)?.unwrap_or(Value::Null))),
        ("setValue", [value]) => {
            let old = heap.put(map, key, value.value)?;
            Ok(Some(old.unwrap_or(Value::Null)))
        }
        _ => Ok(None),
    }
}
