//! What ends an evaluation early: `#break`, `#stop` or an error.

use crate::error::{RenderError, RenderErrorKind};
use crate::limits::LimitExceeded;
use crate::syntax::Span;

/// Why evaluation does not go on.
#[derive(Debug)]
pub(super) enum Halt {
    /// `#break`: ends the nearest loop or `#define` block, or the template.
    Break,
    /// `$foreach.stop()`: ends the loop with this number.
    StopLoop(u32),
    /// `#stop`: ends the template; what was written stays.
    Stop,
    Error(Box<RenderError>),
}

pub(super) type Eval<T> = Result<T, Halt>;

/// Makes the passing of a limit the error of the part of the template at `span`.
pub(super) fn limit(limit: LimitExceeded, span: Span) -> Halt {
    Halt::Error(Box::new(RenderError {
        span,
        kind: RenderErrorKind::Limit(limit.limit),
        message: limit.to_string(),
        help: None,
        expression: String::new(),
        values: Vec::new(),
    }))
}
