//! A compiled path: made once, read many times.

use vestibule_vtl::value::{Heap, Value};

use super::compile::{self, Part};
use super::error::PathError;
use super::step::Step;
use crate::read::{self, ReadError};

/// A compiled path expression of the Jayway dialect.
#[derive(Debug)]
pub struct Path {
    steps: Box<[Step]>,
    is_definite: bool,
}

impl Path {
    /// Compiles an expression such as `$.items[0].name`. `$.` in front may be left out.
    ///
    /// # Errors
    /// The expression is refused; the error names the place and the remedy.
    pub fn compile(expression: &str) -> Result<Self, PathError> {
        // AWS: `@` at the start of a whole path is the root as well.
        let compiled = compile::compile(Part { text: expression, start: 0, is_operand: false })?;
        let is_definite = compiled.steps.iter().all(Step::is_definite);
        Ok(Self { steps: compiled.steps, is_definite })
    }

    /// Tells whether the path has one answer at most: it holds no `..`, wildcard, slice, list of
    /// indices or filter.
    #[must_use]
    pub fn is_definite(&self) -> bool {
        self.is_definite
    }

    /// Follows the path from `root`.
    ///
    /// A definite path gives the element itself, so that a change to it is a change to the
    /// document; nothing when it is missing. Any other path gives a new list of the elements found,
    /// which prints as JSON; it is empty when nothing is found, and also when Jayway JsonPath gives
    /// up half-way (a step that does not fit the element it meets). Only `['a','b']` makes a new
    /// map.
    ///
    /// # Errors
    /// A limit is passed, or a regular expression fails.
    pub fn read<'a>(
        &self,
        heap: &mut Heap<'a>,
        root: &Value<'a>,
    ) -> Result<Option<Value<'a>>, ReadError> {
        if self.is_definite {
            read::one(&self.steps, heap, root)
        } else {
            read::all(&self.steps, heap, root).map(Some)
        }
    }
}
