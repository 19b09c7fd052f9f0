//! AWS's grammar of conditions, projections and updates.
//!
//! Depth: parentheses and NOT nest as deep as the text is long, which is bounded; the store's threads have the stack for it
//! (`limits::STACK_BYTES`).

use super::path::{Written, WrittenStep};
use super::token::{Kind, Token, tokens};

/// What an operator or a function is applied to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Operand<'t> {
    Path(Written<'t>),
    Value(&'t str),
    Call(Call<'t>),
}

/// A function with its arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Call<'t> {
    pub(super) name: &'t str,
    pub(super) arguments: Vec<Operand<'t>>,
}

/// A part of a condition that AND, OR and NOT put together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Leaf<'t> {
    /// A comparison, `BETWEEN` or `IN`, or a function's name.
    pub(super) operator: &'t str,
    pub(super) is_function: bool,
    pub(super) operands: Vec<Operand<'t>>,
}

/// A condition.
#[derive(Debug, Default)]
pub(super) struct Condition<'t> {
    pub(super) leaves: Vec<Leaf<'t>>,
    /// AND, OR, NOT, comparisons and functions.
    pub(super) operators: usize,
    /// The first OR or NOT.
    pub(super) first_logic: Option<&'static str>,
}

/// The token at which the text is not what it has to be.
pub(super) type Stop = usize;

/// What was read when it is not known yet whether it is a condition.
enum Node<'t> {
    Operand(Operand<'t>),
    Condition,
}

/// A text that is being read.
pub(super) struct Parser<'t> {
    pub(super) tokens: Vec<Token<'t>>,
    at: usize,
    condition: Condition<'t>,
}

const COMPARISONS: [&str; 6] = ["=", "<>", "<", "<=", ">", ">="];
const KEYWORDS: [&str; 5] = ["AND", "OR", "NOT", "BETWEEN", "IN"];

impl<'t> Parser<'t> {
    pub(super) fn new(text: &'t str) -> Parser<'t> {
        Parser { tokens: tokens(text), at: 0, condition: Condition::default() }
    }

    /// Reads a whole condition.
    pub(super) fn condition(mut self) -> Result<Condition<'t>, Stop> {
        let node = self.or()?;
        self.must_be_condition(node)?;
        self.end()?;
        Ok(self.condition)
    }

    pub(super) fn end(&self) -> Result<(), Stop> {
        if self.at < self.tokens.len() { Err(self.at) } else { Ok(()) }
    }

    /// The token that is next.
    pub(super) fn peek(&self) -> Option<&Token<'t>> {
        self.tokens.get(self.at)
    }

    /// Reads the keyword if it is next.
    pub(super) fn keyword(&mut self, keyword: &str) -> bool {
        let is_next = self.peek().is_some_and(|token| token.is_keyword(keyword));
        self.at += usize::from(is_next);
        is_next
    }

    /// Reads the symbol if it is next.
    pub(super) fn symbol(&mut self, symbol: &str) -> bool {
        let is_next = self.peek().is_some_and(|token| token.is_symbol(symbol));
        self.at += usize::from(is_next);
        is_next
    }

    pub(super) fn expect(&mut self, symbol: &str) -> Result<(), Stop> {
        if self.symbol(symbol) { Ok(()) } else { Err(self.at) }
    }

    fn or(&mut self) -> Result<Node<'t>, Stop> {
        let mut node = self.and()?;
        while self.peek().is_some_and(|token| token.is_keyword("OR")) {
            self.must_be_condition(node)?;
            self.at += 1;
            self.condition.operators += 1;
            self.condition.first_logic.get_or_insert("OR");
            let next = self.and()?;
            self.must_be_condition(next)?;
            node = Node::Condition;
        }
        Ok(node)
    }

    fn and(&mut self) -> Result<Node<'t>, Stop> {
        let mut node = self.not()?;
        while self.peek().is_some_and(|token| token.is_keyword("AND")) {
            self.must_be_condition(node)?;
            self.at += 1;
            self.condition.operators += 1;
            let next = self.not()?;
            self.must_be_condition(next)?;
            node = Node::Condition;
        }
        Ok(node)
    }

    fn not(&mut self) -> Result<Node<'t>, Stop> {
        if self.keyword("NOT") {
            self.condition.operators += 1;
            self.condition.first_logic.get_or_insert("NOT");
            let node = self.not()?;
            self.must_be_condition(node)?;
            return Ok(Node::Condition);
        }
        self.comparison()
    }

    /// Reads a comparison, a function, or what is in parentheses.
    fn comparison(&mut self) -> Result<Node<'t>, Stop> {
        let left = match self.primary()? {
            Node::Operand(left) => left,
            Node::Condition => return Ok(Node::Condition),
        };
        let Some(token) = self.peek().copied() else { return Ok(Node::Operand(left)) };
        if token.kind == Kind::Symbol && COMPARISONS.contains(&token.text) {
            self.at += 1;
            let right = self.operand()?;
            self.leaf(token.text, vec![left, right]);
        } else if token.is_keyword("BETWEEN") {
            self.at += 1;
            let low = self.operand()?;
            if !self.keyword("AND") {
                return Err(self.at);
            }
            let high = self.operand()?;
            self.leaf("BETWEEN", vec![left, low, high]);
        } else if token.is_keyword("IN") {
            self.at += 1;
            self.expect("(")?;
            let mut operands = vec![left];
            operands.extend(self.arguments()?);
            self.leaf("IN", operands);
        } else {
            return Ok(Node::Operand(left));
        }
        Ok(Node::Condition)
    }

    fn leaf(&mut self, operator: &'t str, operands: Vec<Operand<'t>>) {
        self.condition.operators += 1;
        self.condition.leaves.push(Leaf { operator, is_function: false, operands });
    }

    fn must_be_condition(&mut self, node: Node<'t>) -> Result<(), Stop> {
        match node {
            Node::Condition => Ok(()),
            Node::Operand(Operand::Call(Call { name, arguments })) => {
                self.condition.leaves.push(Leaf {
                    operator: name,
                    is_function: true,
                    operands: arguments,
                });
                Ok(())
            }
            Node::Operand(_) => Err(self.at),
        }
    }

    fn primary(&mut self) -> Result<Node<'t>, Stop> {
        if self.symbol("(") {
            let node = self.or()?;
            self.expect(")")?;
            return Ok(node);
        }
        self.plain_operand().map(Node::Operand)
    }

    /// Reads an operand, perhaps in parentheses.
    pub(super) fn operand(&mut self) -> Result<Operand<'t>, Stop> {
        if self.symbol("(") {
            let operand = self.operand()?;
            self.expect(")")?;
            return Ok(operand);
        }
        self.plain_operand()
    }

    fn plain_operand(&mut self) -> Result<Operand<'t>, Stop> {
        let token = *self.peek().ok_or(self.at)?;
        if token.kind == Kind::Value && token.text.len() > 1 {
            self.at += 1;
            return Ok(Operand::Value(token.text));
        }
        let is_call = self.tokens.get(self.at + 1).is_some_and(|next| next.is_symbol("("));
        if token.kind == Kind::Word && is_call && is_name(&token) {
            self.at += 2;
            self.condition.operators += 1;
            let arguments = self.arguments()?;
            return Ok(Operand::Call(Call { name: token.text, arguments }));
        }
        self.path().map(Operand::Path)
    }

    /// Reads arguments and the parenthesis behind them.
    fn arguments(&mut self) -> Result<Vec<Operand<'t>>, Stop> {
        let mut arguments = vec![self.operand()?];
        while self.symbol(",") {
            arguments.push(self.operand()?);
        }
        self.expect(")")?;
        Ok(arguments)
    }

    /// Reads a path.
    pub(super) fn path(&mut self) -> Result<Written<'t>, Stop> {
        let mut steps = vec![self.step()?];
        loop {
            if self.symbol(".") {
                steps.push(self.step()?);
            } else if self.symbol("[") {
                let token = *self.peek().ok_or(self.at)?;
                if token.kind != Kind::Number {
                    return Err(self.at);
                }
                self.at += 1;
                self.expect("]")?;
                steps.push(WrittenStep::Index(token.text));
            } else {
                return Ok(Written { steps });
            }
        }
    }

    fn step(&mut self) -> Result<WrittenStep<'t>, Stop> {
        let token = *self.peek().ok_or(self.at)?;
        let step = match token.kind {
            Kind::Word if is_name(&token) => WrittenStep::Name(token.text),
            Kind::Placeholder if token.text.len() > 1 => WrittenStep::Placeholder(token.text),
            _ => return Err(self.at),
        };
        self.at += 1;
        Ok(step)
    }
}

/// AWS: a name begins with a letter.
fn is_name(token: &Token<'_>) -> bool {
    !token.text.starts_with('_')
        && !KEYWORDS.iter().any(|keyword| token.text.eq_ignore_ascii_case(keyword))
}
