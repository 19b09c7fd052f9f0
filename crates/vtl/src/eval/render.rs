//! Statements: what each writes and sets.

use super::foreach::Loop;
use super::halt::{Eval, Halt, limit};
use super::record::Written;
use super::reference::Way;
use crate::error::{Exception, Failure, RenderError, RenderErrorKind, ShownValue};
use crate::limits::{Limit, LimitExceeded, RENDER_DEPTH_MAX, SHOWN_CHARACTERS_MAX};
use crate::syntax::Span;
use crate::syntax::tree::{Expr, Node, Print, Slot, Tree};
use crate::template::{Template, Variables};
use crate::value::{Heap, Kind, Object, Output, Value};

/// One render of one template.
#[derive(Debug)]
pub(super) struct Render<'a, 'h> {
    pub(super) template: &'a Template,
    pub(super) tree: &'a Tree,
    pub(super) heap: &'h mut Heap<'a>,
    /// The variables; null is undefined.
    pub(super) slots: Vec<Value<'a>>,
    pub(super) loops: Vec<Loop>,
    pub(super) loop_count: u32,
    pub(super) loop_slots: LoopSlots,
    /// The variables of loops that are in a round over null, and whether they hide what is set meanwhile.
    /// AWS: Velocity 1.7 reads such a variable as null through the whole round, also after `#set`.
    pub(super) hidden: Vec<(Slot, bool)>,
    depth: usize,
    /// The statement being rendered, for limits that no expression is to blame for.
    pub(super) span: Span,
}

/// The variables a loop sets besides its own, when the template names them.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct LoopSlots {
    pub(super) scope: Option<Slot>,
    pub(super) count: Option<Slot>,
    pub(super) has_next: Option<Slot>,
}

pub(crate) fn render<'a>(
    template: &'a Template,
    buffer: String,
    heap: &mut Heap<'a>,
    variables: &Variables<'a>,
) -> Result<String, RenderError> {
    let limits = heap.limits();
    let out = Output::onto(buffer, limits.output_bytes, limits.value_depth);
    render_into(template, out, heap, variables).map(Output::into_string)
}

pub(crate) fn render_recorded<'a>(
    template: &'a Template,
    heap: &mut Heap<'a>,
    variables: &Variables<'a>,
) -> Result<(String, Written), RenderError> {
    let limits = heap.limits();
    let out = Output::recorded(limits.output_bytes, limits.value_depth);
    render_into(template, out, heap, variables).map(Output::into_written)
}

fn render_into<'a>(
    template: &'a Template,
    mut out: Output,
    heap: &mut Heap<'a>,
    variables: &Variables<'a>,
) -> Result<Output, RenderError> {
    let tree = template.tree();
    let mut render = Render {
        template,
        tree,
        heap,
        slots: Vec::with_capacity(tree.names.len()),
        loops: Vec::new(),
        loop_count: 0,
        loop_slots: LoopSlots::default(),
        hidden: Vec::new(),
        depth: 0,
        span: Span { start: 0, end: 0 },
    };
    for (number, name) in tree.names.iter().enumerate() {
        let slot = Slot::try_from(number).ok();
        match name.as_ref() {
            "foreach" => render.loop_slots.scope = slot,
            "velocityCount" => render.loop_slots.count = slot,
            "velocityHasNext" => render.loop_slots.has_next = slot,
            _ => {}
        }
        render.slots.push(variables.get(name).cloned().unwrap_or(Value::Null));
    }
    match render.block(&tree.body, &mut out) {
        Ok(()) | Err(Halt::Break | Halt::Stop | Halt::StopLoop(_)) => {
            render.render_keys();
            Ok(out)
        }
        Err(Halt::Error(mut error)) => {
            error.expression =
                template.text().get(error.span.range()).unwrap_or_default().to_owned();
            Err(*error)
        }
    }
}

impl<'a> Render<'a, '_> {
    pub(super) fn block(&mut self, nodes: &'a [Node], out: &mut Output) -> Eval<()> {
        self.enter()?;
        let ended = if out.is_recorded() {
            self.recorded(nodes, out)
        } else {
            nodes.iter().try_for_each(|node| self.node(node, out))
        };
        self.depth -= 1;
        ended
    }

    /// Does `work` one level deeper.
    pub(super) fn deeper<T>(&mut self, work: impl FnOnce(&mut Self) -> Eval<T>) -> Eval<T> {
        self.enter()?;
        let done = work(self);
        self.depth -= 1;
        done
    }

    fn enter(&mut self) -> Eval<()> {
        if self.depth >= RENDER_DEPTH_MAX {
            return Err(self.limit(LimitExceeded::new(Limit::RenderDepth, RENDER_DEPTH_MAX)));
        }
        self.depth += 1;
        Ok(())
    }

    pub(super) fn node(&mut self, node: &'a Node, out: &mut Output) -> Eval<()> {
        self.charge(1)?;
        match node {
            Node::Text(text) => self.write(out, &text.text),
            Node::Print(print) => self.print(print, out),
            Node::Set(set) => self.set(set),
            Node::If(branches) => {
                for branch in branches {
                    let holds = match &branch.condition {
                        Some(condition) => self.truth(&condition.value)?,
                        None => true,
                    };
                    if holds {
                        return self.block(&branch.body, out);
                    }
                }
                Ok(())
            }
            Node::Foreach(foreach) => self.foreach(foreach, out),
            Node::Define { slot, block } => {
                let object = Object::Block { block: *block, depth: 0, text: "" };
                let handle = self.heap.allocate(object).map_err(|error| self.limit(error))?;
                self.assign_slot(*slot, Value::Object(handle));
                Ok(())
            }
            Node::Break(scope) => self.break_out(scope.as_ref()),
            Node::Stop => Err(Halt::Stop),
            Node::Fail { of: Some(of), .. } if self.value(of)?.is_null() => Ok(()),
            Node::Fail { message, span, .. } => Err(Halt::Error(Box::new(RenderError {
                span: *span,
                kind: RenderErrorKind::Directive,
                message: (*message).to_owned(),
                help: None,
                expression: String::new(),
                values: Vec::new(),
            }))),
        }
    }

    fn print(&mut self, print: &'a Print, out: &mut Output) -> Eval<()> {
        self.span = print.reference.span;
        let way = self.way(&print.reference)?;
        self.span = way.span;
        if way.rest.is_empty() && print.escaped.is_none() {
            let text = match way.value {
                Value::String(text) => Some(text),
                Value::Null => Some(""),
                Value::Boolean(true) => Some("true"),
                Value::Boolean(false) => Some("false"),
                Value::Number(_) | Value::Object(_) => None,
            };
            if let Some(text) = text {
                self.write(out, &print.before)?;
                return self.write(out, text);
            }
        }
        self.print_any(print, way, out)
    }

    /// Prints a reference that is no text in a variable or map.
    fn print_any(&mut self, print: &'a Print, way: Way<'a>, out: &mut Output) -> Eval<()> {
        let value = self.arrive(way)?;
        if let Some(text) = &print.escaped {
            self.write(out, &print.before)?;
            return self.write(out, text);
        }
        // AWS: what stands before the name goes when a block renders.
        if self.block_of(&value).is_some() {
            if self.print_block(&value, out)? {
                return Ok(());
            }
            self.write(out, print.before.trim_end_matches('$'))?;
            self.write(out, &print.before)?;
            return self.write(out, &print.literal);
        }
        self.write(out, &print.before)?;
        match &value {
            Value::String(text) => self.write(out, text),
            value => {
                self.render_blocks_in(value)?;
                self.heap.print(value, out).map_err(|error| self.limit(error))
            }
        }
    }

    fn break_out(&mut self, scope: Option<&'a Expr>) -> Eval<()> {
        let Some(scope) = scope else { return Err(Halt::Break) };
        let value = self.value(scope)?;
        match value.as_handle().and_then(|handle| self.heap.object(handle)) {
            Some(Object::Scope(scope)) => Err(Halt::StopLoop(scope.number)),
            _ => {
                let message = "the argument of `#break` is no loop".to_owned();
                let failure = Failure::Exception(Exception::IllegalArgument, message);
                Err(self.fail(failure, self.span, &[("argument 1", &value)]))
            }
        }
    }

    /// Starts a text that becomes a value.
    pub(super) fn scratch(&self) -> Output {
        let limits = self.heap.limits();
        Output::new(limits.output_bytes, limits.value_depth)
    }

    pub(super) fn built(&self, text: String) -> Eval<Value<'a>> {
        self.heap.text(text).map(Value::String).map_err(|error| self.limit(error))
    }

    /// Java's `toString()`.
    pub(super) fn text_of(&mut self, value: &Value<'a>) -> Eval<&'a str> {
        self.render_blocks_in(value)?;
        self.heap.text_of(value).map_err(|error| self.limit(error))
    }

    pub(super) fn assign_slot(&mut self, slot: Slot, value: Value<'a>) {
        // What is set in such a round is gone when it ends: the loop sets or restores its variable.
        if !self.hidden.is_empty() && self.hidden.contains(&(slot, true)) {
            return;
        }
        if let Some(place) = self.slots.get_mut(slot as usize) {
            *place = value;
        }
    }

    /// Sets the variable of a loop for a round.
    pub(super) fn assign_item(&mut self, slot: Slot, item: Value<'a>) {
        if item.is_null() {
            self.hide(slot, true);
        }
        self.assign_slot(slot, item);
    }

    /// Gives a variable of a loop back what it was before.
    pub(super) fn restore_slot(&mut self, slot: Slot, value: Value<'a>) {
        if value.is_null() {
            self.hide(slot, false);
        }
        self.assign_slot(slot, value);
    }

    fn hide(&mut self, slot: Slot, hides: bool) {
        for (hidden, known) in &mut self.hidden {
            if *hidden == slot {
                *known = hides;
            }
        }
    }

    pub(super) fn slot(&self, slot: Slot) -> Value<'a> {
        self.slots.get(slot as usize).cloned().unwrap_or(Value::Null)
    }

    #[inline]
    pub(super) fn charge(&self, steps: u64) -> Eval<()> {
        self.heap.charge(steps).map_err(|error| self.limit(error))
    }

    #[inline]
    pub(super) fn write(&self, out: &mut Output, text: &str) -> Eval<()> {
        if text.is_empty() {
            return Ok(());
        }
        out.push_str(text).map_err(|error| self.limit(error))
    }

    #[cold]
    pub(super) fn limit(&self, error: LimitExceeded) -> Halt {
        limit(error, self.span)
    }

    /// Makes a failed call the error of the part of the template at `span`.
    #[cold]
    pub(super) fn fail(&self, failure: Failure, span: Span, values: &[(&str, &Value<'a>)]) -> Halt {
        let (kind, message) = match failure {
            Failure::StopLoop(number) => return Halt::StopLoop(number),
            Failure::Limit(error) => return limit(error, span),
            Failure::Exception(exception, message) => {
                (RenderErrorKind::Exception(exception), message)
            }
        };
        let values = values.iter().map(|(role, value)| self.shown(role, value)).collect();
        let (help, expression) = (None, String::new());
        Halt::Error(Box::new(RenderError { span, kind, message, help, expression, values }))
    }

    pub(super) fn shown(&self, role: &str, value: &Value<'a>) -> ShownValue {
        let text = match value {
            Value::Object(handle) if self.heap.kind(*handle) == Kind::Host => String::new(),
            Value::String(text) => text.chars().take(SHOWN_CHARACTERS_MAX + 1).collect(),
            _ => {
                // What does not fit is cut, so the limit is no error here.
                let mut out = Output::new(8 * SHOWN_CHARACTERS_MAX, 8);
                match self.heap.print(value, &mut out) {
                    Ok(()) | Err(_) => out.into_string(),
                }
            }
        };
        let text = match text.char_indices().nth(SHOWN_CHARACTERS_MAX) {
            Some((end, _)) => format!("{}...", text.get(..end).unwrap_or_default()),
            None => text,
        };
        ShownValue { role: role.to_owned(), text }
    }
}
