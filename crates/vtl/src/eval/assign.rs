//! `#set`: a variable, a member or an element. What cannot be assigned is left as it is, without an error.

use super::halt::Eval;
use super::render::Render;
use crate::methods;
use crate::syntax::Span;
use crate::syntax::tree::{Link, LinkKind, Set};
use crate::value::Value;

impl<'a> Render<'a, '_> {
    pub(super) fn set(&mut self, set: &'a Set) -> Eval<()> {
        let value = self.value(&set.value)?;
        self.span = set.target.span;
        if value.is_null() {
            return Ok(());
        }
        let Some((last, way)) = set.target.links.split_last() else {
            self.assign_slot(set.target.root, value);
            return Ok(());
        };
        let mut object = self.slot(set.target.root);
        for link in way {
            if object.is_null() {
                return Ok(());
            }
            object = self.link(object, link)?;
        }
        if object.is_null() {
            return Ok(());
        }
        self.assign(object, last, value, set.target.span)
    }

    fn assign(
        &mut self,
        object: Value<'a>,
        link: &'a Link,
        value: Value<'a>,
        span: Span,
    ) -> Eval<()> {
        self.heap.link(&value);
        let assigned = match &link.kind {
            LinkKind::Property(name) => methods::assign_property(self.heap, &object, name, value),
            LinkKind::Index(index) => {
                let index = self.value(index)?;
                let index = self.counted_from_end(index, &object, link.span)?;
                methods::assign_index(self.heap, &object, index, value)
            }
            // AWS: Velocity 1.7 takes the last name of the chain for a property, also when it is called.
            LinkKind::Call { method, .. } => {
                methods::assign_property(self.heap, &object, method, value)
            }
        };
        assigned
            .map_err(|failure| self.fail(failure, span, &[("object", &object), ("value", &value)]))
    }
}
