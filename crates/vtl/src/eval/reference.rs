//! References: from the variable down its chain. A link that leads nowhere makes the whole the empty string.

use super::halt::{Eval, Halt, limit};
use super::render::Render;
use crate::error::{RenderError, RenderErrorKind};
use crate::methods;
use crate::syntax::Span;
use crate::syntax::tree::{CallArgument, Link, LinkKind, Reference};
use crate::value::{Argument, HostError, Number, Object, Value};

/// How far a reference leads through maps.
#[derive(Clone, Copy)]
pub(super) struct Way<'a> {
    /// What is there; null when nothing is.
    pub(super) value: Value<'a>,
    /// The links from there on.
    pub(super) rest: &'a [Link],
    /// The link that led there.
    pub(super) span: Span,
}

impl<'a> Render<'a, '_> {
    /// Returns the value of a reference, never null.
    pub(super) fn reference(&mut self, reference: &'a Reference) -> Eval<Value<'a>> {
        let way = self.way(reference)?;
        self.arrive(way)
    }

    /// Returns what is at the end of a way, never null.
    #[inline]
    pub(super) fn arrive(&mut self, way: Way<'a>) -> Eval<Value<'a>> {
        let Way { mut value, rest, span } = way;
        self.span = span;
        if value.is_null() {
            return Ok(Value::EMPTY);
        }
        for link in rest {
            value = self.link(value, link)?;
            if value.is_null() {
                return Ok(Value::EMPTY);
            }
        }
        Ok(value)
    }

    /// Follows a reference as long as its links are members of maps.
    #[inline]
    pub(super) fn way(&self, reference: &'a Reference) -> Eval<Way<'a>> {
        let mut value = self.slot(reference.root);
        let mut rest = &*reference.links;
        let mut span = self.span;
        while let (Value::Object(handle), Some((link, further))) = (value, rest.split_first())
            && let LinkKind::Property(name) = &link.kind
            && let Some(map) = self.heap.map_object(handle)
            && !methods::is_class(name)
        {
            span = link.span;
            self.heap.charge(2).map_err(|error| limit(error, span))?;
            rest = further;
            value = map.get_str(name).copied().unwrap_or(Value::Null);
        }
        Ok(Way { value, rest, span })
    }

    /// Follows one link; null when it leads nowhere.
    pub(super) fn link(&mut self, object: Value<'a>, link: &'a Link) -> Eval<Value<'a>> {
        self.charge(1)?;
        self.span = link.span;
        match &link.kind {
            LinkKind::Property(name) => self.property(object, name, link.span),
            LinkKind::Call { method, arguments } => {
                // Most calls have one argument or two: they need no vector.
                if let [only] = &**arguments {
                    let only = self.argument(only)?;
                    self.span = link.span;
                    let only = std::slice::from_ref(&only);
                    return self.call(object, method, only, link.span, arguments);
                }
                if let [first, second] = &**arguments {
                    let both = [self.argument(first)?, self.argument(second)?];
                    self.span = link.span;
                    return self.call(object, method, &both, link.span, arguments);
                }
                let values: Vec<Argument<'a>> = arguments
                    .iter()
                    .map(|argument| self.argument(argument))
                    .collect::<Eval<_>>()?;
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

    fn argument(&mut self, argument: &'a CallArgument) -> Eval<Argument<'a>> {
        let value = self.value(&argument.value)?;
        Ok(Argument { value, literal: argument.literal })
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
                let rendered;
                let arguments = if host.takes_text() && !self.tree.blocks.is_empty() {
                    rendered = self.rendered(arguments)?;
                    &rendered
                } else {
                    arguments
                };
                let found = host.call(self.heap, method, arguments);
                let found =
                    found.map_err(|error| self.host_error(error, span, arguments, places))?;
                match found {
                    Some(found) => return Ok(found),
                    None if method == "toString" && arguments.is_empty() => {
                        return Ok(Value::String(host.text()));
                    }
                    None => {}
                }
            }
            if method == "toString"
                && arguments.is_empty()
                && matches!(self.heap.object(handle), Some(Object::Block { .. }))
            {
                return self.resolve(object);
            }
        }
        match method {
            "toString" => self.render_blocks_in(&object)?,
            "valueOf" | "format" => {
                for argument in arguments {
                    self.render_blocks_in(&argument.value)?;
                }
            }
            _ => {}
        }
        for argument in arguments {
            self.heap.link(&argument.value);
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

    /// The arguments with the text of `#define` blocks in place of these.
    fn rendered(&mut self, arguments: &[Argument<'a>]) -> Eval<Vec<Argument<'a>>> {
        let resolved = arguments.iter().map(|argument| {
            let value = self.resolve(argument.value)?;
            self.render_blocks_in(&value)?;
            Ok(Argument { value, literal: argument.literal })
        });
        resolved.collect()
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
            HostError::Limit(past) => return super::halt::limit(past, span),
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
