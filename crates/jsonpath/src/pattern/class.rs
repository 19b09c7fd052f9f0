//! Classes of characters: `[a-z]`, `[^\d]`, `[a-z&&[^m]]`.

use super::RegexError;
use super::escape::{self, Escape};
use super::translate::{Translator, push_escaped};

/// Deepest nesting of classes. Past it, compiling fails.
const DEPTH_MAX: usize = 16;

/// Translates a class whose `[` was read.
pub(super) fn translate(translator: &mut Translator<'_>, depth: usize) -> Result<(), RegexError> {
    if depth >= DEPTH_MAX {
        return Err(RegexError::Depth);
    }
    translator.out.push('[');
    if translator.source.eat("^") {
        translator.out.push('^');
    }
    let mut is_first = true;
    loop {
        let character = translator.source.next().ok_or(RegexError::End)?;
        if translator.is_comment(character) {
            continue;
        }
        match character {
            ']' if !is_first => {
                translator.out.push(']');
                return Ok(());
            }
            '[' => translate(translator, depth + 1)?,
            '&' if translator.source.eat("&") => translator.out.push_str("&&"),
            '\\' => match escape::read(&mut translator.source, translator.flags)? {
                Escape::Character(start) => range(translator, start)?,
                Escape::Class(class) => translator.out.push_str(&class),
                Escape::Quoted(text) => text.chars().for_each(|c| member(translator, c, c)),
                Escape::Letter(letter) => return Err(RegexError::Escape(letter)),
            },
            start => range(translator, start)?,
        }
        is_first = false;
    }
}

/// Writes the character `start`, or the range that starts with it.
fn range(translator: &mut Translator<'_>, start: char) -> Result<(), RegexError> {
    let mut ahead = translator.source;
    let is_range = ahead.eat("-") && !matches!(ahead.peek(), None | Some('[' | ']'));
    if !is_range {
        member(translator, start, start);
        return Ok(());
    }
    translator.source = ahead;
    let end = match translator.source.next() {
        Some('\\') => match escape::read(&mut translator.source, translator.flags)? {
            Escape::Character(end) => end,
            Escape::Class(_) | Escape::Quoted(_) | Escape::Letter(_) => {
                return Err(RegexError::Range);
            }
        },
        Some(end) => end,
        None => return Err(RegexError::End),
    };
    if end < start {
        return Err(RegexError::Range);
    }
    member(translator, start, end);
    Ok(())
}

fn member(translator: &mut Translator<'_>, start: char, end: char) {
    push_range(&mut translator.out, start, end);
    if !translator.flags.ignores_case {
        return;
    }
    for (first, last, to_other) in [
        ('a', 'z', char::to_ascii_uppercase as fn(&char) -> char),
        ('A', 'Z', char::to_ascii_lowercase as fn(&char) -> char),
    ] {
        let (from, to) = (start.max(first), end.min(last));
        if from <= to {
            push_range(&mut translator.out, to_other(&from), to_other(&to));
        }
    }
}

fn push_range(out: &mut String, start: char, end: char) {
    push_escaped(out, start);
    // To the engine, but not to Java, `[:` opens a named class; `[:-:` does not.
    if start != end || start == ':' {
        out.push('-');
        push_escaped(out, end);
    }
}
