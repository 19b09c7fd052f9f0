//! The compiled form: what a template does, in order, with variables as numbered slots and text runs joined.

use super::Span;
use crate::template::LiteralId;
use crate::value::Number;

/// Statements one after the other.
pub(crate) type Block = Box<[Node]>;

/// The place of a variable among those a template names.
pub(crate) type Slot = u32;

/// A statement.
#[derive(Debug)]
pub(crate) enum Node {
    Text(Box<str>),
    Print(Print),
    Set(Box<Set>),
    If(Box<[Branch]>),
    Foreach(Box<Foreach>),
    Define {
        slot: Slot,
        block: u32,
    },
    Break(Option<Expr>),
    Stop,
    /// A directive that fails when it is reached.
    Fail {
        message: &'static str,
        span: Span,
    },
}

/// A reference in text, with what it prints around its value.
#[derive(Debug)]
pub(crate) struct Print {
    /// What stands before the value: halved backslashes, `$` and `#` that led to nothing.
    pub(crate) before: Box<str>,
    /// How it prints when it is escaped: its own text in place of its value.
    pub(crate) escaped: Option<Box<str>>,
    /// How it prints when its value has no text (a `#define` block that renders itself).
    pub(crate) literal: Box<str>,
    pub(crate) reference: Reference,
}

#[derive(Debug)]
pub(crate) struct Set {
    pub(crate) target: Reference,
    pub(crate) value: Expr,
}

/// One arm of `#if`; `#else` has no condition.
#[derive(Debug)]
pub(crate) struct Branch {
    pub(crate) condition: Option<Expr>,
    pub(crate) body: Block,
}

#[derive(Debug)]
pub(crate) struct Foreach {
    pub(crate) item: Slot,
    pub(crate) source: Expr,
    pub(crate) body: Block,
    pub(crate) span: Span,
}

/// A variable and the way from it.
#[derive(Debug)]
pub(crate) struct Reference {
    pub(crate) root: Slot,
    pub(crate) links: Box<[Link]>,
    pub(crate) span: Span,
}

#[derive(Debug)]
pub(crate) struct Link {
    pub(crate) kind: LinkKind,
    pub(crate) span: Span,
}

#[derive(Debug)]
pub(crate) enum LinkKind {
    Property(Box<str>),
    Call { method: Box<str>, arguments: Box<[CallArgument]> },
    Index(Expr),
}

#[derive(Debug)]
pub(crate) struct CallArgument {
    pub(crate) value: Expr,
    pub(crate) literal: Option<LiteralId>,
    pub(crate) span: Span,
}

/// What has a value.
#[derive(Debug)]
pub(crate) enum Expr {
    Null,
    Boolean(bool),
    Number(Number),
    Text(Box<str>),
    /// A string with references or directives in it. `trims`: the last character that renders is dropped.
    Interpolated {
        body: Block,
        trims: bool,
    },
    Reference(Reference),
    List(Box<[Expr]>),
    Map(Box<[(Expr, Expr)]>),
    Range(Box<(Expr, Expr)>),
    Not(Box<Expr>),
    And(Box<(Expr, Expr)>),
    Or(Box<(Expr, Expr)>),
    Compare(Comparison, Box<(Expr, Expr)>, Span),
    Math(Box<Math>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Debug)]
pub(crate) struct Math {
    pub(crate) operator: Operator,
    pub(crate) left: Operand,
    pub(crate) right: Operand,
    pub(crate) span: Span,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
}

/// An operand with its text, which `+` joins when the operand has no value.
#[derive(Debug)]
pub(crate) struct Operand {
    pub(crate) value: Expr,
    pub(crate) literal: Option<Box<str>>,
}

/// Everything a text was compiled to.
#[derive(Debug)]
pub(crate) struct Tree {
    pub(crate) body: Block,
    /// The bodies of `#define`.
    pub(crate) blocks: Vec<Block>,
    /// The name of each slot.
    pub(crate) names: Vec<Box<str>>,
    pub(crate) literals: Vec<LiteralArgument>,
}

/// A plain string literal that is an argument of a call.
#[derive(Debug)]
pub(crate) struct LiteralArgument {
    pub(crate) root: Slot,
    pub(crate) method: Box<str>,
    pub(crate) index: usize,
    pub(crate) text: Box<str>,
    pub(crate) span: Span,
    /// The offset of each byte of the text, when it had escapes.
    pub(crate) offsets: Option<Vec<u32>>,
}
