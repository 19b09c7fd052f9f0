//! The compiled form: what a template does, in order, with variables as numbered slots and text runs joined. It is what a
//! render walks, and, read-only and with the place of each part, what tools that judge templates walk.

use super::Span;
use crate::template::LiteralId;
use crate::value::OwnedNumber;

/// Statements one after the other.
pub type Block = Box<[Node]>;

/// The place of a variable among those a template names.
pub type Slot = u32;

/// A statement.
#[derive(Debug)]
pub enum Node {
    /// Text that is copied through.
    Text(Text),
    /// A reference in text.
    Print(Print),
    /// `#set`.
    Set(Box<Set>),
    /// `#if`, with its `#elseif` and `#else`.
    If(Box<[Branch]>),
    /// `#foreach`.
    Foreach(Box<Foreach>),
    /// `#define`: the variable, and the number of its body among [`Tree::blocks`].
    Define {
        /// The variable.
        slot: Slot,
        /// The body's number.
        block: u32,
    },
    /// `#break`, with its scope.
    Break(Option<Expr>),
    /// `#stop`.
    Stop,
    /// A directive that fails when it is reached.
    Fail {
        /// What it would read; where that is nothing, nothing fails.
        of: Option<Expr>,
        /// Why.
        message: &'static str,
        /// The directive.
        span: Span,
    },
}

/// Text that is copied through, joined from one or more runs of the template.
#[derive(Debug)]
pub struct Text {
    /// What is printed.
    pub text: Box<str>,
    /// Where each run begins: in the text, and in the template. Sorted; the first begins at 0.
    pub(crate) runs: Box<[(u32, u32)]>,
}

impl Text {
    /// Returns the offset in the template of byte `at` of the text: exact but where the text is not as it stands there, such
    /// as behind a halved backslash.
    #[must_use]
    pub fn offset(&self, at: u32) -> u32 {
        let run = self.runs.partition_point(|(start, _)| *start <= at).checked_sub(1);
        let (start, origin) = run.and_then(|run| self.runs.get(run)).copied().unwrap_or((0, 0));
        origin.saturating_add(at.saturating_sub(start))
    }
}

/// A reference in text, with what it prints around its value.
#[derive(Debug)]
pub struct Print {
    /// What stands before the value: halved backslashes, `$` and `#` that led to nothing.
    pub before: Box<str>,
    /// How it prints when it is escaped: its own text in place of its value.
    pub escaped: Option<Box<str>>,
    /// How it prints when its value has no text (a `#define` block that renders itself).
    pub literal: Box<str>,
    /// Whose value it prints.
    pub reference: Reference,
}

/// `#set(target = value)`.
#[derive(Debug)]
pub struct Set {
    /// What is assigned.
    pub target: Reference,
    /// The value.
    pub value: Expr,
}

/// One arm of `#if`; `#else` has no condition.
#[derive(Debug)]
pub struct Branch {
    /// What is tested.
    pub condition: Option<Condition>,
    /// What it holds.
    pub body: Block,
}

/// What an arm of `#if` tests.
#[derive(Debug)]
pub struct Condition {
    /// What is tested.
    pub value: Expr,
    /// Where it stands.
    pub span: Span,
}

/// `#foreach($item in source)`.
#[derive(Debug)]
pub struct Foreach {
    /// The variable of the loop.
    pub item: Slot,
    /// What it runs over.
    pub source: Expr,
    /// What is repeated.
    pub body: Block,
    /// The directive with its arguments.
    pub span: Span,
}

/// A variable and the way from it.
#[derive(Debug)]
pub struct Reference {
    /// The variable.
    pub root: Slot,
    /// The way from it.
    pub links: Box<[Link]>,
    /// The whole reference.
    pub span: Span,
}

/// One step of a reference, with its `.` or `[`.
#[derive(Debug)]
pub struct Link {
    /// Which kind.
    pub kind: LinkKind,
    /// Where it stands.
    pub span: Span,
}

/// The kinds of steps.
#[derive(Debug)]
pub enum LinkKind {
    /// `.name`.
    Property(Box<str>),
    /// `.method(arguments)`.
    Call {
        /// The method's name.
        method: Box<str>,
        /// What it is given.
        arguments: Box<[CallArgument]>,
    },
    /// `[index]`.
    Index(Expr),
}

/// An argument of a call.
#[derive(Debug)]
pub struct CallArgument {
    /// Its value.
    pub value: Expr,
    /// The number of the plain string literal it is.
    pub literal: Option<LiteralId>,
    /// Where it stands.
    pub span: Span,
}

/// What has a value.
#[derive(Debug)]
pub enum Expr {
    /// A bare word as an argument.
    Null,
    /// `true` or `false`.
    Boolean(bool),
    /// A number.
    Number(OwnedNumber),
    /// A string in which nothing is evaluated.
    Text(Box<str>),
    /// A string with references or directives in it. `trims`: the last character that renders is dropped.
    Interpolated {
        /// The template it is.
        body: Block,
        /// Whether the last character that renders is dropped.
        trims: bool,
    },
    /// A reference.
    Reference(Reference),
    /// `[a, b]`.
    List(Box<[Expr]>),
    /// `{a: b}`.
    Map(Box<[(Expr, Expr)]>),
    /// `[a..b]`.
    Range(Box<(Expr, Expr)>),
    /// `!a`.
    Not(Box<Expr>),
    /// `a && b`.
    And(Box<(Expr, Expr)>),
    /// `a || b`.
    Or(Box<(Expr, Expr)>),
    /// `a == b` and its like.
    Compare(Comparison, Box<(Expr, Expr)>, Span),
    /// `a + b` and its like.
    Math(Box<Math>),
}

/// The operators that compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

/// A sum, or its like.
#[derive(Debug)]
pub struct Math {
    /// What is done.
    pub operator: Operator,
    /// Before the operator.
    pub left: Operand,
    /// Behind it.
    pub right: Operand,
    /// Both operands.
    pub span: Span,
}

/// The operators that compute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `%`
    Modulo,
}

/// An operand with its text, which `+` joins when the operand has no value.
#[derive(Debug)]
pub struct Operand {
    /// Its value.
    pub value: Expr,
    /// Its text.
    pub literal: Option<Box<str>>,
}

/// Everything a text was compiled to.
#[derive(Debug)]
pub struct Tree {
    /// The template.
    pub body: Block,
    /// The bodies of `#define`.
    pub blocks: Vec<Block>,
    /// The name of each slot.
    pub(crate) names: Vec<Box<str>>,
    pub(crate) literals: Vec<LiteralArgument>,
}

impl Tree {
    /// Returns the name of a variable, without its `$`.
    #[must_use]
    pub fn name(&self, slot: Slot) -> &str {
        self.names.get(slot as usize).map_or("", AsRef::as_ref)
    }
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
