//! The machine that backtracks. It goes on as Java's matcher does and counts its steps, also those forward, so that no
//! pattern and no text can keep it for long.

use std::collections::HashSet;
use std::ops::Range;

use super::program::{Address, Guard, GuardKind, Instruction, Program, Slot};
use super::search::Match;
use super::tree::{Fold, Greed, Place};
use super::words;

/// The steps are used up.
#[derive(Debug)]
pub(super) struct GivenUp;

/// Characters that one step of a run takes.
const RUN_PER_STEP: usize = 4;

/// Finds the first match that starts at byte `from` or later. The match before ended at `last_end`. `is_anchored` lets it start there alone.
pub(super) fn find(
    program: &Program,
    text: &str,
    (from, last_end): (usize, usize),
    is_anchored: bool,
    steps: &mut u64,
) -> Result<Option<Match>, GivenUp> {
    let mut machine = Machine {
        program,
        text,
        slots: vec![None; program.slots],
        stack: Vec::new(),
        failed: vec![HashSet::new(); program.memos],
        last_end,
        steps,
    };
    let mut start = from;
    loop {
        if machine.matches_at(start)? {
            return Ok(Some(Match::new(machine.groups())));
        }
        let Some(next) = text.get(start..).and_then(|rest| rest.chars().next()) else {
            return Ok(None);
        };
        if is_anchored {
            return Ok(None);
        }
        start += next.len_utf8();
    }
}

/// What to do when a way fails, newest last.
#[derive(Debug)]
enum Undo {
    /// Goes on elsewhere.
    Way { address: Address, at: usize },
    /// Runs the body of a reluctant loop for the time numbered `count`.
    Body { address: Address, at: usize, slot: Slot, count: usize },
    /// Puts back what a slot held.
    Slot(Slot, Option<usize>),
    /// Gives back one character of a run, down to `least`.
    Shorter { next: Address, least: usize, at: usize },
    /// Takes one more character of a run.
    Longer { next: Address, set: usize, at: usize, left: Option<u32> },
    /// The body of a loop failed at a place: notes it and leaves the loop.
    Leave { next: Address, at: usize, memo: Option<usize> },
    /// A guard was entered.
    Guard { guard: Guard, at: usize, behind: Option<Behind> },
}

/// Where the body of a lookbehind started, and how much further back it may.
#[derive(Debug, Clone, Copy)]
struct Behind {
    body: Address,
    start: usize,
    left: usize,
}

struct Machine<'p, 's> {
    program: &'p Program,
    text: &'p str,
    slots: Vec<Option<usize>>,
    stack: Vec<Undo>,
    failed: Vec<HashSet<usize>>,
    last_end: usize,
    steps: &'s mut u64,
}

impl Machine<'_, '_> {
    fn groups(&self) -> Vec<Option<Range<usize>>> {
        let pair = |group: usize| {
            let start = self.slots.get(2 * group).copied().flatten()?;
            Some(start..self.slots.get(2 * group + 1).copied().flatten()?)
        };
        (0..=self.program.groups).map(pair).collect()
    }

    fn spend(&mut self, steps: usize) -> Result<(), GivenUp> {
        *self.steps = self.steps.checked_sub(steps as u64).ok_or(GivenUp)?;
        Ok(())
    }

    fn matches_at(&mut self, start: usize) -> Result<bool, GivenUp> {
        // AWS: Java keeps what groups took in a guard that failed later, from one start to the next.
        self.stack.clear();
        let (mut address, mut at) = (0, start);
        loop {
            self.spend(1)?;
            let Some(instruction) = self.program.instructions.get(address) else {
                return Ok(false);
            };
            if matches!(instruction, Instruction::Match) {
                return Ok(true);
            }
            match self.step(instruction, address, at)? {
                Some(next) => (address, at) = next,
                None => match self.back()? {
                    Some(next) => (address, at) = next,
                    None => return Ok(false),
                },
            }
        }
    }

    fn next_character(&self, at: usize) -> Option<char> {
        self.text.get(at..)?.chars().next()
    }

    fn is_in(&self, set: usize, character: char) -> bool {
        self.program.sets.get(set).is_some_and(|set| set.contains(character))
    }

    fn write(&mut self, slot: Slot, value: Option<usize>) {
        if let Some(held) = self.slots.get_mut(slot) {
            self.stack.push(Undo::Slot(slot, std::mem::replace(held, value)));
        }
    }

    fn slot(&self, slot: Slot) -> Option<usize> {
        self.slots.get(slot).copied().flatten()
    }

    /// Does one instruction: where it goes on, or nothing when it fails.
    fn step(
        &mut self,
        instruction: &Instruction,
        address: Address,
        at: usize,
    ) -> Result<Option<(Address, usize)>, GivenUp> {
        let next = address + 1;
        Ok(match instruction {
            Instruction::Character(wanted) => {
                let found = self.next_character(at).filter(|found| found == wanted);
                found.map(|found| (next, at + found.len_utf8()))
            }
            Instruction::Set(set) => {
                let found = self.next_character(at).filter(|found| self.is_in(*set, *found));
                found.map(|found| (next, at + found.len_utf8()))
            }
            Instruction::Run { set, least, most, greed } => {
                self.run(*set, (*least, *most), *greed, next, at)?
            }
            Instruction::Place(place) => self.is_at(*place, at).then_some((next, at)),
            Instruction::Split(first, second) => {
                self.stack.push(Undo::Way { address: *second, at });
                Some((*first, at))
            }
            Instruction::Jump(target) => Some((*target, at)),
            Instruction::Save(slot) => {
                self.write(*slot, Some(at));
                Some((next, at))
            }
            Instruction::Close { group, start } => {
                self.write(2 * group, self.slot(*start));
                self.write(2 * group + 1, Some(at));
                Some((next, at))
            }
            Instruction::Reference { group, fold } => {
                self.reference(*group, *fold, at)?.map(|end| (next, end))
            }
            Instruction::Enter { count, least, most, greed, exit } => {
                self.enter(*count, *least, *most, *greed, (next, *exit), at)
            }
            Instruction::Again { body, count, begin, least, most, greed, memo } => {
                let loops = (*body, *count, *least, *most, *greed, *memo);
                Some(self.again(loops, self.slot(*begin), next, at))
            }
            Instruction::Guard(guard) => self.guard(*guard, next, at),
            Instruction::Commit => self.commit(at),
            Instruction::Match => None,
        })
    }

    /// Takes characters of a set.
    fn run(
        &mut self,
        set: usize,
        (least, most): (u32, Option<u32>),
        greed: Greed,
        next: Address,
        at: usize,
    ) -> Result<Option<(Address, usize)>, GivenUp> {
        let wanted = if greed == Greed::Reluctant { Some(least) } else { most };
        let wanted = wanted.map_or(usize::MAX, |wanted| wanted as usize);
        let rest = self.text.get(at..).unwrap_or_default();
        let (mut taken, mut end, mut shortest) = (0, at, at);
        for character in rest.chars().take(wanted) {
            if !self.is_in(set, character) {
                break;
            }
            taken += 1;
            end += character.len_utf8();
            if taken == least as usize {
                shortest = end;
            }
        }
        self.spend(taken / RUN_PER_STEP)?;
        if taken < least as usize {
            return Ok(None);
        }
        match greed {
            Greed::Greedy if end > shortest => {
                self.stack.push(Undo::Shorter { next, least: shortest, at: end });
            }
            Greed::Reluctant if most != Some(least) => {
                let left = most.map(|most| most - least);
                self.stack.push(Undo::Longer { next, set, at: end, left });
            }
            Greed::Greedy | Greed::Reluctant | Greed::Possessive => {}
        }
        Ok(Some((next, end)))
    }

    fn enter(
        &mut self,
        count: Slot,
        least: u32,
        most: Option<u32>,
        greed: Greed,
        (body, exit): (Address, Address),
        at: usize,
    ) -> Option<(Address, usize)> {
        if least == 0 && most == Some(0) {
            return Some((exit, at));
        }
        if least > 0 {
            self.write(count, Some(1));
            return Some((body, at));
        }
        if greed == Greed::Reluctant {
            self.stack.push(Undo::Body { address: body, at, slot: count, count: 1 });
            return Some((exit, at));
        }
        self.stack.push(Undo::Leave { next: exit, at, memo: None });
        self.write(count, Some(1));
        Some((body, at))
    }

    /// Runs the body of a loop again, or leaves it.
    fn again(
        &mut self,
        (body, count, least, most, greed, memo): (
            Address,
            Slot,
            u32,
            Option<u32>,
            Greed,
            Option<usize>,
        ),
        begin: Option<usize>,
        next: Address,
        at: usize,
    ) -> (Address, usize) {
        // Java leaves a loop whose body took nothing.
        if begin == Some(at) {
            return (next, at);
        }
        let done = self.slot(count).unwrap_or(0);
        if done < least as usize {
            self.write(count, Some(done + 1));
            return (body, at);
        }
        if most.is_some_and(|most| done >= most as usize) {
            return (next, at);
        }
        if greed == Greed::Reluctant {
            self.stack.push(Undo::Body { address: body, at, slot: count, count: done + 1 });
            return (next, at);
        }
        let is_known = memo.and_then(|memo| self.failed.get(memo));
        if is_known.is_some_and(|failed| failed.contains(&at)) {
            return (next, at);
        }
        self.stack.push(Undo::Leave { next, at, memo });
        self.write(count, Some(done + 1));
        (body, at)
    }

    fn reference(&mut self, group: usize, fold: Fold, at: usize) -> Result<Option<usize>, GivenUp> {
        let (Some(start), Some(end)) = (self.slot(2 * group), self.slot(2 * group + 1)) else {
            return Ok(None);
        };
        if group > self.program.groups {
            return Ok(None);
        }
        let taken = self.text.get(start..end).unwrap_or_default();
        self.spend(taken.len() / RUN_PER_STEP)?;
        let rest = self.text.get(at..).unwrap_or_default();
        if fold == Fold::Exact {
            return Ok(rest.starts_with(taken).then_some(at + taken.len()));
        }
        let mut characters = rest.chars();
        let mut length = 0;
        for wanted in taken.chars() {
            match characters.next() {
                Some(found) if words::are_alike(wanted, found, fold) => length += found.len_utf8(),
                Some(_) | None => return Ok(None),
            }
        }
        Ok(Some(at + length))
    }

    /// Enters a guard; nothing when it fails at once.
    fn guard(&mut self, guard: Guard, body: Address, at: usize) -> Option<(Address, usize)> {
        let GuardKind::Behind { is_negated, least, most } = guard.kind else {
            self.stack.push(Undo::Guard { guard, at, behind: None });
            return Some((body, at));
        };
        let Some(start) = self.back_by(at, least) else {
            return is_negated.then_some((guard.next, at));
        };
        let behind = Behind { body, start, left: most - least };
        self.stack.push(Undo::Guard { guard, at, behind: Some(behind) });
        Some((body, start))
    }

    /// Returns the place `count` characters before `at`.
    fn back_by(&self, at: usize, count: usize) -> Option<usize> {
        let before = self.text.get(..at).unwrap_or_default();
        match count.checked_sub(1) {
            None => Some(at),
            Some(skipped) => before.char_indices().rev().nth(skipped).map(|(start, _)| start),
        }
    }

    /// Ends the newest guard: there is no way back into it.
    fn commit(&mut self, end: usize) -> Option<(Address, usize)> {
        let newest = self.stack.iter().rposition(|undo| matches!(undo, Undo::Guard { .. }))?;
        let Some(Undo::Guard { guard, at, behind }) = self.stack.get(newest) else { return None };
        let (guard, at) = (*guard, *at);
        if behind.is_some() && end != at {
            return None;
        }
        // AWS: Java does not put back what groups took in a guard, even when the guard fails the rest.
        self.stack.truncate(newest);
        match guard.kind {
            GuardKind::Ahead { is_negated: true } | GuardKind::Behind { is_negated: true, .. } => {
                None
            }
            GuardKind::Atomic => Some((guard.next, end)),
            GuardKind::Ahead { .. } | GuardKind::Behind { .. } => Some((guard.next, at)),
        }
    }

    /// Goes back to the newest way that is left; nothing when there is none.
    fn back(&mut self) -> Result<Option<(Address, usize)>, GivenUp> {
        while let Some(undo) = self.stack.pop() {
            self.spend(1)?;
            let found = match undo {
                Undo::Way { address, at } => Some((address, at)),
                Undo::Body { address, at, slot, count } => {
                    self.write(slot, Some(count));
                    Some((address, at))
                }
                Undo::Slot(slot, held) => {
                    if let Some(place) = self.slots.get_mut(slot) {
                        *place = held;
                    }
                    None
                }
                Undo::Shorter { next, least, at } => self.shorter(next, least, at),
                Undo::Longer { next, set, at, left } => self.longer(next, set, at, left),
                Undo::Leave { next, at, memo } => {
                    if let Some(failed) = memo.and_then(|memo| self.failed.get_mut(memo)) {
                        failed.insert(at);
                    }
                    Some((next, at))
                }
                Undo::Guard { guard, at, behind } => self.unguarded(guard, at, behind),
            };
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }

    fn shorter(&mut self, next: Address, least: usize, at: usize) -> Option<(Address, usize)> {
        let at = self.back_by(at, 1).filter(|at| *at >= least)?;
        if at > least {
            self.stack.push(Undo::Shorter { next, least, at });
        }
        Some((next, at))
    }

    fn longer(
        &mut self,
        next: Address,
        set: usize,
        at: usize,
        left: Option<u32>,
    ) -> Option<(Address, usize)> {
        if left == Some(0) {
            return None;
        }
        let taken = self.next_character(at).filter(|found| self.is_in(set, *found))?;
        let at = at + taken.len_utf8();
        let left = left.map(|left| left - 1);
        self.stack.push(Undo::Longer { next, set, at, left });
        Some((next, at))
    }

    /// The body of a guard failed.
    fn unguarded(
        &mut self,
        guard: Guard,
        at: usize,
        behind: Option<Behind>,
    ) -> Option<(Address, usize)> {
        let is_negated = match guard.kind {
            GuardKind::Atomic => false,
            GuardKind::Ahead { is_negated } | GuardKind::Behind { is_negated, .. } => is_negated,
        };
        if let Some(behind) = behind.filter(|behind| behind.left > 0)
            && let Some(start) = self.back_by(behind.start, 1)
        {
            let behind = Behind { start, left: behind.left - 1, ..behind };
            self.stack.push(Undo::Guard { guard, at, behind: Some(behind) });
            return Some((behind.body, start));
        }
        is_negated.then_some((guard.next, at))
    }

    fn is_at(&self, place: Place, at: usize) -> bool {
        let before = self.text.get(..at).unwrap_or_default();
        let after = self.text.get(at..).unwrap_or_default();
        let is_end = |c: char| matches!(c, '\r' | '\u{85}' | '\u{2028}' | '\u{2029}');
        let ends_line = |c: char| c == '\n' || is_end(c);
        match place {
            Place::TextStart => before.is_empty(),
            Place::TextEnd => after.is_empty(),
            Place::LastMatchEnd => at == self.last_end,
            Place::LastLineEnd { is_unix: true } => matches!(after, "" | "\n"),
            Place::LastLineEnd { is_unix: false } => match after {
                "" | "\r\n" => true,
                "\n" => !before.ends_with('\r'),
                _ => after.strip_prefix(is_end).is_some_and(str::is_empty),
            },
            Place::LineStart { is_unix: true } => {
                !after.is_empty() && (before.is_empty() || before.ends_with('\n'))
            }
            Place::LineStart { is_unix: false } => {
                let is_split = before.ends_with('\r') && after.starts_with('\n');
                !after.is_empty() && !is_split && (before.is_empty() || before.ends_with(ends_line))
            }
            Place::LineEnd { is_unix: true } => after.is_empty() || after.starts_with('\n'),
            Place::LineEnd { is_unix: false } => {
                let is_split = before.ends_with('\r') && after.starts_with('\n');
                after.is_empty() || (!is_split && after.starts_with(ends_line))
            }
            Place::WordBoundary { is_unicode } => words::is_boundary(before, after, is_unicode),
            Place::NoWordBoundary { is_unicode } => !words::is_boundary(before, after, is_unicode),
        }
    }
}
