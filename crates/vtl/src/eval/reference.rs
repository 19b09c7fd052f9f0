//! References: from the variable down its chain. A link that leads nowhere makes the whole the empty string.

use super::halt::{Eval, Halt};
use super::render::Render;
use crate::error::{RenderError, RenderErrorKind};
use crate::methods;
use crate::syntax::Span;
use crate::syntax::tree::{CallArgument, Link, LinkKind, Reference};
use crate::value::{Argument, HostError, Number, Object, Value};

impl<'a> Render<'a, '_> {
    /// Returns the value of a reference, never null.
    pub(super) fn reference(&mut self, reference: &'a Reference) -> Eval<Value<'a>> {
        let mut value = self.slot(reference.root);
        if value.is_null() {
            return Ok(Value::EMPTY);
        }
        for link in &reference.links {
            value = self.link(value, link)?;
            if value.is_null() {
                return Ok(Value::EMPTY);
            }
        }
        Ok(value)
    }

    /// Follows one link; null when it leads nowhere.
    pub(super) fn link(&mut self, object: Value<'a>, link: &'a Link) -> Eval<Value<'a>> {
        self.charge(1)?;
        self.span = link.span;
        match &link.kind {
            LinkKind::Property(name) => self.property(object, name, link.span),
            LinkKind::Call { method, arguments } => {
                let values = self.arguments(arguments)?;
                self.span = link.span;
                self.call(object, method, &values, link.span, arguments)
            }
            LinkKind::Index(index) => {
                let index = self.value(index)?;
                self.span = link.span;
                let index = self.counted_from_end(index, &object, link.span)?;
                let argument = Argument { value: index, literal: None };
                self.call(object, "get", std::slice::from_ref(&argument), link.span, &[])
            }
        }
    }

    fn arguments(&mut self, arguments: &'a [CallArgument]) -> Eval<Vec<Argument<'a>>> {
        let mut values = Vec::with_capacity(arguments.len());
        for argument in arguments {
            let value = self.value(&argument.value)?;
            values.push(Argument { value, literal: argument.literal });
        }
        Ok(values)
    }

    fn property(&mut self, object: Value<'a>, name: &'a str, span: Span) -> Eval<Value<'a>> {
        if let Value::Object(handle) = object
            && let Some(host) = self.heap.as_host(handle)
        {
            let found = host.property(self.heap, name);
            let found = found.map_err(|error| self.host_error(error, span, &[], &[]))?;
            return Ok(found.unwrap_or(Value::Null));
        }
        match methods::property(self.heap, &object, name) {
            Ok(found) => Ok(found.unwrap_or(Value::Null)),
            Err(failure) => Err(self.fail(failure, span, &[("object", &object)])),
        }
    }

    fn call(
        &mut self,
        object: Value<'a>,
        method: &'a str,
        arguments: &[Argument<'a>],
        span: Span,
        places: &'a [CallArgument],
    ) -> Eval<Value<'a>> {
        if let Value::Object(handle) = object {
            if let Some(host) = self.heap.as_host(handle) {
                let found = host.call(self.heap, method, arguments);
                let found =
                    found.map_err(|error| self.host_error(error, span, arguments, places))?;
                return Ok(match found {
                    None if method == "toString" && arguments.is_empty() => {
                        Value::String(host.text())
                    }
                    found => found.unwrap_or(Value::Null),
                });
            }
            if method == "toString"
                && arguments.is_empty()
                && matches!(self.heap.object(handle), Some(Object::Block { .. }))
            {
                return self.resolve(object);
            }
        }
        match methods::call(self.heap, &object, method, arguments) {
            Ok(found) => Ok(found.unwrap_or(Value::Null)),
            Err(failure) => {
                let roles: Vec<String> =
                    (1..=arguments.len()).map(|number| format!("argument {number}")).collect();
                let mut values = vec![("object", &object)];
                let arguments = arguments.iter().map(|argument| &argument.value);
                values.extend(roles.iter().map(String::as_str).zip(arguments));
                Err(self.fail(failure, span, &values))
            }
        }
    }

    /// Turns a negative index into one from the start: `-1` is the last.
    pub(super) fn counted_from_end(
        &self,
        index: Value<'a>,
        object: &Value<'a>,
        span: Span,
    ) -> Eval<Value<'a>> {
        let Value::Number(Number::Integer(negative @ ..=-1)) = index else { return Ok(index) };
        match methods::size(self.heap, object) {
            Some(size) => {
                let size = i32::try_from(size).unwrap_or(i32::MAX);
                Ok(Value::from(size.saturating_add(negative)))
            }
            None => {
                let failure = crate::error::Failure::exception(
                    crate::error::Exception::IllegalArgument,
                    "a negative index needs a list or map",
                );
                Err(self.fail(failure, span, &[("object", object), ("index", &index)]))
            }
        }
    }

    #[cold]
    fn host_error(
        &self,
        error: HostError,
        span: Span,
        arguments: &[Argument<'a>],
        places: &'a [CallArgument],
    ) -> Halt {
        let (span, message, help) = match error {
            HostError::Limit(limit) => return super::halt::limit(limit, span),
            HostError::Failed { message, help } => (span, message, help),
            HostError::Argument { index, at, message, help } => {
                let whole = places.get(index).map_or(span, |place| place.span);
                let part = at.zip(places.get(index).and_then(|place| place.literal));
                let part = part.and_then(|(at, literal)| {
                    self.template.literal_place(literal, at.start, at.end)
                });
                (part.unwrap_or(whole), message, help)
            }
        };
        let values = arguments
            .iter()
            .enumerate()
            .map(|(number, argument)| {
                self.shown(&format!("argument {}", number + 1), &argument.value)
            })
            .collect();
        let (kind, expression) = (RenderErrorKind::Host, String::new());
        Halt::Error(Box::new(RenderError { span, kind, message, help, expression, values }))
    }
}
