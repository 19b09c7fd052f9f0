//! Splits a path expression into steps, as Jayway JsonPath 2.0.0 does: at dots and brackets, and
//! nowhere else.
//!
//! Its oddities are kept: a name after a dot may hold nearly anything, and passes through the same
//! reading of quotes as a name in brackets does.

use super::bracket;
use super::error::{PathError, PathProblem};
use super::step::Step;
use crate::limits::{PATH_BYTES_MAX, PATH_STEPS_MAX};

/// A text and where it stands in the expression that the user wrote.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part<'t> {
    pub(super) text: &'t str,
    pub(super) start: usize,
    /// Whether it belongs to a condition of a filter.
    pub(super) is_operand: bool,
}

impl<'t> Part<'t> {
    /// Returns the part from byte `from` to byte `to`, which the caller knows to be ASCII
    /// boundaries.
    pub(super) fn cut(self, from: usize, to: usize) -> Part<'t> {
        let text = self.text.get(from..to).unwrap_or("");
        Part { text, start: self.start + from, ..self }
    }

    /// Returns the part without Java's blanks (U+0020 and all below) around it.
    pub(super) fn trim(self) -> Part<'t> {
        let rest = self.text.trim_start_matches(|c| c <= ' ');
        let start = self.start + (self.text.len() - rest.len());
        Part { text: rest.trim_end_matches(|c| c <= ' '), start, ..self }
    }

    pub(super) fn byte(self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    pub(super) fn error(self, at: usize, problem: PathProblem) -> PathError {
        PathError::new(self.start + at, problem)
    }
}

/// The steps of one expression, and whether it starts at the root (`$`, nothing) or at the current
/// element (`@`).
#[derive(Debug)]
pub(super) struct Compiled {
    pub(super) steps: Box<[Step]>,
    pub(super) from_root: bool,
}

/// Compiles `expression`.
pub(super) fn compile(expression: Part<'_>) -> Result<Compiled, PathError> {
    if expression.text.len() > PATH_BYTES_MAX {
        return Err(expression.error(PATH_BYTES_MAX, PathProblem::TooLong));
    }
    let path = expression.trim();
    let Some(first) = path.byte(0) else {
        return Err(path.error(0, PathProblem::Empty));
    };
    if path.text.ends_with("..") {
        return Err(path.error(path.text.len() - 2, PathProblem::EndsWithScan));
    }
    // As many as most paths have.
    let signs = path.text.bytes().filter(|byte| matches!(byte, b'.' | b'[')).count();
    let steps = Vec::with_capacity(signs.min(PATH_STEPS_MAX));
    let mut splitter = Splitter { path, at: 0, steps };
    if first == b'$' || first == b'@' {
        splitter.at = 1;
        if path.byte(1).is_some_and(|byte| byte != b'.' && byte != b'[') {
            return Err(path.error(1, PathProblem::Separator));
        }
    } else {
        // AWS: `name` is `$.name`, and `.name` is then a deep scan for it.
        splitter.after_dot()?;
    }
    while let Some(byte) = path.byte(splitter.at) {
        splitter.step(byte)?;
        if splitter.steps.len() > PATH_STEPS_MAX {
            return Err(path.error(splitter.at, PathProblem::TooManySteps));
        }
    }
    Ok(Compiled { steps: splitter.steps.into_boxed_slice(), from_root: first != b'@' })
}

struct Splitter<'t> {
    path: Part<'t>,
    at: usize,
    steps: Vec<Step>,
}

impl Splitter<'_> {
    fn step(&mut self, byte: u8) -> Result<(), PathError> {
        match byte {
            b' ' => Err(self.path.error(self.at, PathProblem::Blank)),
            b'$' => {
                self.at += 1;
                self.steps.push(Step::Root);
                Ok(())
            }
            b'[' => self.brackets(),
            b'.' => {
                self.at += 1;
                self.after_dot()
            }
            b'*' => {
                self.at += 1;
                self.steps.push(Step::Wildcard);
                Ok(())
            }
            _ => {
                let length = self.name_length();
                self.name(length)
            }
        }
    }

    fn brackets(&mut self) -> Result<(), PathError> {
        let end = self.at + bracket::length(self.path, self.at);
        let fragment = self.path.cut(self.at, end);
        self.steps.push(bracket::step(fragment)?);
        self.at = end;
        Ok(())
    }

    fn after_dot(&mut self) -> Result<(), PathError> {
        match self.path.byte(self.at) {
            None => Err(self.path.error(self.at, PathProblem::EndsWithDot)),
            Some(b'.') => {
                self.at += 1;
                self.steps.push(Step::Scan);
                Ok(())
            }
            Some(first) => match self.name_length() {
                0 => Ok(()),
                1 if first == b'*' => {
                    self.at += 1;
                    self.steps.push(Step::Wildcard);
                    Ok(())
                }
                length => self.name(length),
            },
        }
    }

    fn name(&mut self, length: usize) -> Result<(), PathError> {
        let name = self.path.cut(self.at, self.at + length);
        self.at += length;
        self.steps.push(bracket::dotted(name));
        Ok(())
    }

    /// Returns how many bytes follow up to the next dot, bracket or blank.
    fn name_length(&self) -> usize {
        let rest = self.path.text.as_bytes().get(self.at..).unwrap_or_default();
        let end = rest.iter().position(|byte| matches!(byte, b'.' | b'[' | b' '));
        end.unwrap_or(rest.len())
    }
}
