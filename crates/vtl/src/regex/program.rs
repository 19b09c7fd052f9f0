//! A pattern as instructions for the machine that backtracks.

use std::collections::HashMap;

use super::charset::CharSet;
use super::error::RegexError;
use super::tree::{Fold, Greed, Node, Place};
use super::write;
use crate::limits::REGEX_COMPILED_BYTES_MAX;

/// Where an instruction stands in a program.
pub(super) type Address = usize;

/// A place of the machine's that holds a position or a count. The first two of each group are where it starts and ends.
pub(super) type Slot = usize;

#[derive(Debug, Clone)]
pub(super) enum Instruction {
    Character(char),
    /// A character of the set of this number.
    Set(usize),
    /// Characters of a set, as many as there are or as few as do.
    Run {
        set: usize,
        least: u32,
        most: Option<u32>,
        greed: Greed,
    },
    Place(Place),
    /// Goes on here; when that fails, there.
    Split(Address, Address),
    Jump(Address),
    /// Keeps the position.
    Save(Slot),
    /// Ends a group that started at what a slot keeps.
    Close {
        group: usize,
        start: Slot,
    },
    /// What a group took.
    Reference {
        group: usize,
        fold: Fold,
    },
    /// Begins a loop whose body starts behind this instruction.
    Enter {
        count: Slot,
        least: u32,
        most: Option<u32>,
        greed: Greed,
        exit: Address,
    },
    /// Ends the body of a loop.
    Again {
        body: Address,
        count: Slot,
        begin: Slot,
        least: u32,
        most: Option<u32>,
        greed: Greed,
        memo: Option<usize>,
    },
    /// Begins a lookaround or an atomic group; its body ends with `Commit`.
    Guard(Guard),
    Commit,
    Match,
}

/// A part that is left without a way back.
#[derive(Debug, Clone, Copy)]
pub(super) struct Guard {
    pub(super) kind: GuardKind,
    /// Where it goes on.
    pub(super) next: Address,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum GuardKind {
    Atomic,
    Ahead {
        is_negated: bool,
    },
    /// The body starts `least` to `most` characters before the place and ends at it.
    Behind {
        is_negated: bool,
        least: usize,
        most: usize,
    },
}

#[derive(Debug)]
pub(super) struct Program {
    pub(super) instructions: Vec<Instruction>,
    pub(super) sets: Vec<CharSet>,
    /// How many slots there are; those of the groups come first.
    pub(super) slots: usize,
    pub(super) groups: usize,
    /// How many loops remember where they failed.
    pub(super) memos: usize,
}

/// Translates a pattern with `groups` groups. `is_whole` lets it match whole texts alone.
pub(super) fn compile(
    root: &Node,
    groups: usize,
    has_references: bool,
    is_whole: bool,
) -> Result<Program, RegexError> {
    let mut compiler = Compiler {
        program: Program {
            instructions: Vec::new(),
            sets: Vec::new(),
            slots: 2 * (groups + 1),
            groups,
            memos: 0,
        },
        known: HashMap::new(),
        bytes: 0,
        groups: 0,
        has_references,
        depth: 0,
    };
    compiler.push(Instruction::Save(0))?;
    compiler.node(root)?;
    if is_whole {
        compiler.push(Instruction::Place(Place::TextEnd))?;
    }
    compiler.push(Instruction::Save(1))?;
    compiler.push(Instruction::Match)?;
    Ok(compiler.program)
}

struct Compiler {
    program: Program,
    /// The sets by their classes.
    known: HashMap<String, usize>,
    bytes: usize,
    /// How many groups were met.
    groups: usize,
    has_references: bool,
    /// How many loops and guards it is inside of.
    depth: u32,
}

impl Compiler {
    fn push(&mut self, instruction: Instruction) -> Result<Address, RegexError> {
        self.charge(size_of::<Instruction>())?;
        self.program.instructions.push(instruction);
        Ok(self.program.instructions.len() - 1)
    }

    fn charge(&mut self, bytes: usize) -> Result<(), RegexError> {
        self.bytes += bytes;
        if self.bytes > REGEX_COMPILED_BYTES_MAX { Err(RegexError::TooLarge) } else { Ok(()) }
    }

    fn here(&self) -> Address {
        self.program.instructions.len()
    }

    fn set(&mut self, address: Address, instruction: Instruction) {
        if let Some(slot) = self.program.instructions.get_mut(address) {
            *slot = instruction;
        }
    }

    fn slot(&mut self) -> Slot {
        self.program.slots += 1;
        self.program.slots - 1
    }

    /// Returns the number of a class's set.
    fn set_of(&mut self, class: &str) -> Result<usize, RegexError> {
        if let Some(known) = self.known.get(class) {
            return Ok(*known);
        }
        let set = CharSet::parse(class)?;
        self.charge(set.bytes())?;
        self.program.sets.push(set);
        let number = self.program.sets.len() - 1;
        self.known.insert(class.to_owned(), number);
        Ok(number)
    }

    fn node(&mut self, node: &Node) -> Result<(), RegexError> {
        match node {
            Node::Empty => {}
            Node::Character { code, fold: Fold::Exact } if char::from_u32(*code).is_some() => {
                let character = char::from_u32(*code).unwrap_or_default();
                self.push(Instruction::Character(character))?;
            }
            Node::Character { code, fold } => {
                let set = self.set_of(&write::character(*code, *fold))?;
                self.push(Instruction::Set(set))?;
            }
            Node::Class(class) => {
                let set = self.set_of(class)?;
                self.push(Instruction::Set(set))?;
            }
            Node::LineBreak => self.line_break()?,
            Node::Place(place) => {
                self.push(Instruction::Place(*place))?;
            }
            Node::Sequence(nodes) => {
                for node in nodes {
                    self.node(node)?;
                }
            }
            Node::Alternatives(nodes) => self.alternatives(nodes)?,
            Node::Capture(inside) => {
                self.groups += 1;
                let group = self.groups;
                self.captured(group, inside)?;
            }
            Node::Atomic(inside) => self.guarded(GuardKind::Atomic, inside)?,
            Node::Look { node, is_behind: false, is_negated } => {
                self.guarded(GuardKind::Ahead { is_negated: *is_negated }, node)?;
            }
            Node::Look { node, is_behind: true, is_negated } => {
                let (least, most) = super::extent::lengths(node);
                let kind = GuardKind::Behind { is_negated: *is_negated, least, most };
                self.guarded(kind, node)?;
            }
            Node::Repeat { node, least, most, greed, .. } => {
                self.repeat(node, *least, *most, *greed)?;
            }
            Node::Reference { group, fold } => {
                self.push(Instruction::Reference { group: *group, fold: *fold })?;
            }
        }
        Ok(())
    }

    /// The start of a group is kept beside until it ends: a reference in it sees what it took before.
    fn captured(&mut self, group: usize, inside: &Node) -> Result<(), RegexError> {
        let start = self.slot();
        self.push(Instruction::Save(start))?;
        self.node(inside)?;
        self.push(Instruction::Close { group, start })?;
        Ok(())
    }

    fn line_break(&mut self) -> Result<(), RegexError> {
        let split = self.push(Instruction::Jump(0))?;
        self.push(Instruction::Character('\r'))?;
        self.push(Instruction::Character('\n'))?;
        let jump = self.push(Instruction::Jump(0))?;
        self.set(split, Instruction::Split(split + 1, jump + 1));
        let set = self.set_of("[\\n-\\r\\x{85}\\x{2028}\\x{2029}]")?;
        self.push(Instruction::Set(set))?;
        self.set(jump, Instruction::Jump(jump + 2));
        Ok(())
    }

    fn alternatives(&mut self, nodes: &[Node]) -> Result<(), RegexError> {
        let mut jumps = Vec::new();
        for (number, node) in nodes.iter().enumerate() {
            if number + 1 == nodes.len() {
                self.node(node)?;
                continue;
            }
            let split = self.push(Instruction::Jump(0))?;
            self.node(node)?;
            jumps.push(self.push(Instruction::Jump(0))?);
            self.set(split, Instruction::Split(split + 1, self.here()));
        }
        for jump in jumps {
            self.set(jump, Instruction::Jump(self.here()));
        }
        Ok(())
    }

    fn guarded(&mut self, kind: GuardKind, inside: &Node) -> Result<(), RegexError> {
        let guard = self.push(Instruction::Commit)?;
        self.depth += 1;
        self.node(inside)?;
        self.depth -= 1;
        self.push(Instruction::Commit)?;
        let next = self.here();
        self.set(guard, Instruction::Guard(Guard { kind, next }));
        Ok(())
    }

    fn repeat(
        &mut self,
        node: &Node,
        least: u32,
        most: Option<u32>,
        greed: Greed,
    ) -> Result<(), RegexError> {
        if most == Some(0) {
            // Nothing of it can match, but its groups count.
            let jump = self.push(Instruction::Jump(0))?;
            self.node(node)?;
            self.set(jump, Instruction::Jump(self.here()));
            return Ok(());
        }
        let class = match node {
            Node::Class(class) => Some(class.clone()),
            Node::Character { code, fold } => Some(write::character(*code, *fold)),
            _ => None,
        };
        if let Some(class) = class {
            let set = self.set_of(&class)?;
            self.push(Instruction::Run { set, least, most, greed })?;
            return Ok(());
        }
        if greed == Greed::Possessive {
            let guard = self.push(Instruction::Commit)?;
            self.depth += 1;
            self.repeat(node, least, most, Greed::Greedy)?;
            self.depth -= 1;
            self.push(Instruction::Commit)?;
            let next = self.here();
            self.set(guard, Instruction::Guard(Guard { kind: GuardKind::Atomic, next }));
            return Ok(());
        }
        let is_place = matches!(node, Node::Empty | Node::Place(_) | Node::Look { .. });
        if is_place && least > 0 {
            return self.node(node);
        }
        if is_place || (least, most) == (0, Some(1)) {
            return self.option(node, greed);
        }
        self.looped(node, (least, most), greed)
    }

    fn option(&mut self, node: &Node, greed: Greed) -> Result<(), RegexError> {
        let split = self.push(Instruction::Jump(0))?;
        self.node(node)?;
        let after = self.here();
        let ways = match greed {
            Greed::Reluctant => Instruction::Split(after, split + 1),
            Greed::Greedy | Greed::Possessive => Instruction::Split(split + 1, after),
        };
        self.set(split, ways);
        Ok(())
    }

    fn looped(
        &mut self,
        node: &Node,
        (least, most): (u32, Option<u32>),
        greed: Greed,
    ) -> Result<(), RegexError> {
        let (count, begin) = (self.slot(), self.slot());
        // As in Java, a loop that nothing is around remembers where its body failed: what follows is the same each time.
        let is_outermost = self.depth == 0 && most.is_none() && !self.has_references;
        let memo = is_outermost.then_some(self.program.memos);
        self.program.memos += usize::from(is_outermost);
        let enter = self.push(Instruction::Commit)?;
        let body = self.push(Instruction::Save(begin))?;
        self.depth += 1;
        self.node(node)?;
        self.depth -= 1;
        self.push(Instruction::Again { body, count, begin, least, most, greed, memo })?;
        let exit = self.here();
        self.set(enter, Instruction::Enter { count, least, most, greed, exit });
        Ok(())
    }
}
