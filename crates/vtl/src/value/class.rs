//! Which Java class a value has.

use super::{Class, Heap, MapKind, Number, Object, Value};

impl<'a> Heap<'a> {
    pub(crate) fn class(&self, value: &Value<'a>) -> Class {
        match value {
            Value::Null => Class::Null,
            Value::Boolean(_) => Class::Boolean,
            Value::String(_) => Class::String,
            Value::Number(Number::Integer(_)) => Class::Integer,
            Value::Number(Number::Long(_)) => Class::Long,
            Value::Number(Number::BigInteger(_)) => Class::BigInteger,
            Value::Number(Number::Double(_)) => Class::Double,
            Value::Number(Number::BigDecimal(_)) => Class::BigDecimal,
            Value::Object(handle) => {
                self.object(*handle).map_or(Class::Null, |object| self.object_class(object))
            }
        }
    }

    fn object_class(&self, object: &Object<'a>) -> Class {
        match object {
            Object::Map(map) => match map.kind() {
                MapKind::Linked => Class::LinkedHashMap,
                MapKind::Hash => Class::HashMap,
                MapKind::Silent => Class::Silent,
            },
            Object::List(list) if list.printer.is_some() => Class::PrintedList,
            Object::List(_) => Class::ArrayList,
            Object::SubList { .. } => Class::SubList,
            Object::Array(kind, _) => Class::Array(*kind),
            Object::View(view, map) => match self.map_kind(*map) {
                Some(MapKind::Linked) | None => Class::LinkedView(*view),
                Some(MapKind::Hash | MapKind::Silent) => Class::HashView(*view),
            },
            Object::Entry { .. } => Class::Entry,
            Object::Iterator(cursor) if cursor.is_both_ways => Class::ListIterator,
            Object::Iterator(_) => Class::Iterator,
            Object::Character(_) => Class::Character,
            Object::Block { .. } => Class::Block,
            Object::Scope(_) => Class::Scope,
            Object::Host(_) => Class::Host,
        }
    }
}
