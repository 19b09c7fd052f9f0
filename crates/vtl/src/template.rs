//! A parsed template: made once, rendered many times.

use std::sync::Arc;

use crate::error::RenderError;
use crate::eval::{self, Written};
use crate::syntax::tree::{LiteralArgument, Node, Tree};
use crate::syntax::{self, Members, ParseError, Span};
use crate::value::{Heap, Value};

/// A template, compiled. Rendering parses nothing.
///
/// ```
/// use vestibule_vtl::{Limits, Template, Variables, value::{Arena, Heap}};
///
/// let template = Template::parse("Hello $name#if($name == '')nobody#end!").unwrap();
/// let arena = Arena::new();
/// let mut heap = Heap::new(&arena, Limits::default());
/// let mut variables = Variables::default();
/// variables.set("name", "Ada");
/// assert_eq!(template.render(&mut heap, &variables).unwrap(), "Hello Ada!");
/// ```
#[derive(Debug)]
pub struct Template {
    text: Arc<str>,
    tree: Tree,
}

/// Names one plain string literal of a template: its number in the order of the text, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LiteralId(pub u32);

/// A plain string literal that is an argument of a method call: `'$.id'` in `$input.path('$.id')`.
#[derive(Debug, Clone, Copy)]
pub struct Literal<'t> {
    /// Its number, which [`Argument::literal`](crate::value::Argument::literal) repeats at every call.
    pub id: LiteralId,
    /// The variable the reference begins with: `input`. The call may stand further down its chain.
    pub root: &'t str,
    /// The method: `path`.
    pub method: &'t str,
    /// Which argument it is, from 0.
    pub argument: usize,
    /// Its text, escapes resolved.
    pub text: &'t str,
    /// Where it stands, quotes included.
    pub span: Span,
    offsets: Option<&'t [u32]>,
}

impl Literal<'_> {
    /// Returns the place in the template of bytes `start..end` of [`Literal::text`].
    #[must_use]
    pub fn place(&self, start: usize, end: usize) -> Span {
        place(self.span, self.offsets, start, end)
    }
}

/// What a template sees as `$name`.
#[derive(Debug, Default, Clone)]
pub struct Variables<'a> {
    entries: Vec<(&'a str, Value<'a>)>,
}

impl<'a> Variables<'a> {
    /// Makes `value` the variable `name`, in place of an older one of that name.
    pub fn set(&mut self, name: &'a str, value: impl Into<Value<'a>>) {
        let value = value.into();
        match self.entries.iter_mut().find(|(other, _)| *other == name) {
            Some((_, slot)) => *slot = value,
            None => self.entries.push((name, value)),
        }
    }

    /// Returns the variable `name`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value<'a>> {
        self.entries.iter().find(|(other, _)| *other == name).map(|(_, value)| value)
    }
}

impl Template {
    /// Compiles `text`.
    ///
    /// # Errors
    /// The text is no template; the error says where and what was expected.
    pub fn parse(text: impl Into<Arc<str>>) -> Result<Self, ParseError> {
        let text = text.into();
        let tree = syntax::parse(&text)?;
        Ok(Self { text, tree })
    }

    /// Returns the text the template was made of.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the string literals without interpolation that are arguments of calls, in the order of the text.
    pub fn literals(&self) -> impl Iterator<Item = Literal<'_>> {
        self.tree.literals.iter().enumerate().map(|(number, literal)| Literal {
            id: LiteralId(u32::try_from(number).unwrap_or(u32::MAX)),
            root: self.name(literal.root),
            method: &literal.method,
            argument: literal.index,
            text: &literal.text,
            span: literal.span,
            offsets: literal.offsets.as_deref(),
        })
    }

    /// Returns the names of all variables the template reads or sets, in the order they first appear.
    pub fn variables(&self) -> impl Iterator<Item = &str> {
        self.tree.names.iter().map(AsRef::as_ref)
    }

    /// Returns the text it always renders to, when it has no references and directives.
    ///
    /// ```
    /// use vestibule_vtl::Template;
    /// assert_eq!(Template::parse("{\"statusCode\": 200}").unwrap().constant(), Some("{\"statusCode\": 200}"));
    /// assert_eq!(Template::parse("$a").unwrap().constant(), None);
    /// ```
    #[must_use]
    pub fn constant(&self) -> Option<&str> {
        match &*self.tree.body {
            [] => Some(""),
            [Node::Text(text)] => Some(&text.text),
            _ => None,
        }
    }

    /// Returns which members of the variable `name` it asks for.
    ///
    /// ```
    /// use vestibule_vtl::{Members, Template};
    /// let template = Template::parse("$context.stage #set($context.responseOverride.status = 404)").unwrap();
    /// assert_eq!(template.members("context"), Members::Named(vec!["stage", "responseOverride"]));
    /// assert_eq!(Template::parse("$context.keySet()").unwrap().members("context"), Members::Any);
    /// ```
    #[must_use]
    pub fn members(&self, name: &str) -> Members<'_> {
        let position = self.tree.names.iter().position(|known| **known == *name);
        match position.and_then(|position| u32::try_from(position).ok()) {
            Some(slot) => syntax::members::of(&self.tree, slot),
            None => Members::Named(Vec::new()),
        }
    }

    /// Renders the template. What it changes in the objects of `variables` stays changed in `heap`; what it sets as
    /// variables of its own ends with it.
    ///
    /// # Errors
    /// What the template met at run time; nothing of the output is kept.
    pub fn render<'a>(
        &'a self,
        heap: &mut Heap<'a>,
        variables: &Variables<'a>,
    ) -> Result<String, RenderError> {
        self.render_onto(String::with_capacity(self.text.len()), heap, variables)
    }

    /// Renders the template behind what `buffer` holds, so that a buffer can be used again. What it holds counts towards
    /// [`Limits::output_bytes`](crate::Limits::output_bytes).
    ///
    /// # Errors
    /// What the template met at run time; the buffer is dropped.
    pub fn render_onto<'a>(
        &'a self,
        buffer: String,
        heap: &mut Heap<'a>,
        variables: &Variables<'a>,
    ) -> Result<String, RenderError> {
        eval::render(self, buffer, heap, variables)
    }

    /// Renders the template as [`Template::render`] does, and keeps which part of it wrote which part of the output.
    ///
    /// ```
    /// use vestibule_vtl::{Limits, Template, Variables, value::{Arena, Heap}};
    ///
    /// let template = Template::parse("Hello $name!").unwrap();
    /// let arena = Arena::new();
    /// let mut heap = Heap::new(&arena, Limits::default());
    /// let mut variables = Variables::default();
    /// variables.set("name", "Ada");
    /// let (text, written) = template.render_recorded(&mut heap, &variables).unwrap();
    /// assert_eq!(text, "Hello Ada!");
    /// assert_eq!(written.at(7).unwrap().span.range(), 6..11);
    /// ```
    ///
    /// # Errors
    /// What the template met at run time; nothing of the output is kept.
    pub fn render_recorded<'a>(
        &'a self,
        heap: &mut Heap<'a>,
        variables: &Variables<'a>,
    ) -> Result<(String, Written), RenderError> {
        eval::render_recorded(self, heap, variables)
    }

    /// Returns what the text was compiled to, for whoever judges templates.
    ///
    /// ```
    /// use vestibule_vtl::{Template, tree::Reference, visit::{self, Visit}};
    ///
    /// #[derive(Default)]
    /// struct Places(Vec<u32>);
    /// impl<'t> Visit<'t> for Places {
    ///     fn reference(&mut self, reference: &'t Reference) {
    ///         self.0.push(reference.span.start);
    ///         visit::within_reference(self, reference);
    ///     }
    /// }
    /// let template = Template::parse("#if($a == 1)$b.get($c)#end").unwrap();
    /// let mut places = Places::default();
    /// visit::visit(&mut places, template.tree());
    /// assert_eq!(places.0, [4, 12, 19]);
    /// ```
    #[must_use]
    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    pub(crate) fn literal_place(&self, id: LiteralId, start: usize, end: usize) -> Option<Span> {
        let literal: &LiteralArgument = self.tree.literals.get(id.0 as usize)?;
        Some(place(literal.span, literal.offsets.as_deref(), start, end))
    }

    fn name(&self, slot: u32) -> &str {
        self.tree.name(slot)
    }
}

fn place(span: Span, offsets: Option<&[u32]>, start: usize, end: usize) -> Span {
    let offset = |at: usize| match offsets {
        Some(offsets) => offsets.get(at).or_else(|| offsets.last()).copied().unwrap_or(span.start),
        None => span.start.saturating_add(1).saturating_add(u32::try_from(at).unwrap_or(u32::MAX)),
    };
    let last = span.end.saturating_sub(1);
    let start = offset(start).min(last);
    Span { start, end: offset(end).clamp(start, last) }
}
