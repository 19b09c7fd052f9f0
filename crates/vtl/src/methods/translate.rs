//! Java's pattern syntax in the words of the engines here: ASCII classes, line terminators, quoting, illegal braces.

use crate::error::{Exception, Failure};
use crate::limits::NESTING_MAX;

/// A pattern for the engines here.
#[derive(Debug)]
pub(super) struct Translated {
    pub(super) source: String,
    /// The text the pattern stands for, when it has no operators.
    pub(super) plain: Option<String>,
    /// Whether it needs lookaround, backreferences or possessive quantifiers.
    pub(super) backtracks: bool,
}

#[derive(Debug)]
struct Translator<'p> {
    rest: &'p str,
    out: String,
    plain: Option<String>,
    backtracks: bool,
    ends_line: bool,
    /// The groups that are open, the whole pattern first.
    groups: Vec<Group>,
    names: Vec<String>,
    /// Whether a quantifier may stand here.
    after_atom: bool,
    /// Where in `out` the assertion begins that stands before this, when one does.
    assertion: Option<usize>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Group {
    flags: Flags,
    /// Where in `out` it begins.
    start: usize,
    is_assertion: bool,
}

#[derive(Debug, Clone, Copy, Default)]
struct Flags {
    dot_all: bool,
    multi_line: bool,
    comments: bool,
}

/// Translates `pattern` for texts that end with a line terminator, or not.
pub(super) fn translate(pattern: &str, ends_line: bool) -> Result<Translated, Failure> {
    let mut translator = Translator {
        rest: pattern,
        out: String::with_capacity(pattern.len() + 16),
        plain: Some(String::new()),
        backtracks: false,
        ends_line,
        groups: vec![Group::default()],
        names: Vec::new(),
        after_atom: false,
        assertion: None,
    };
    while let Some(next) = translator.take() {
        translator.piece(next)?;
    }
    if translator.groups.len() > 1 {
        return Err(syntax("a `(` is not closed"));
    }
    let Translator { out, plain, backtracks, .. } = translator;
    Ok(Translated { source: out, plain: plain.filter(|text| !text.is_empty()), backtracks })
}

impl Translator<'_> {
    fn take(&mut self) -> Option<char> {
        let mut characters = self.rest.chars();
        let next = characters.next();
        self.rest = characters.as_str();
        next
    }

    fn take_if(&mut self, prefix: &str) -> bool {
        match self.rest.strip_prefix(prefix) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn flags(&self) -> Flags {
        self.groups.last().map_or(Flags::default(), |group| group.flags)
    }

    /// Appends what is no plain text.
    fn operator(&mut self, source: &str, is_atom: bool) {
        self.plain = None;
        self.assertion = None;
        self.out.push_str(source);
        self.after_atom = is_atom;
    }

    /// Appends what matches a place, not characters.
    fn place(&mut self, source: &str) {
        let start = self.out.len();
        self.operator(source, true);
        self.assertion = Some(start);
    }

    /// Opens a group that `source` begins.
    fn open(&mut self, source: &str, flags: Flags, is_assertion: bool) {
        self.groups.push(Group { flags, start: self.out.len(), is_assertion });
        self.operator(source, false);
    }

    fn literal(&mut self, character: char) {
        push_literal(&mut self.out, character);
        if let Some(plain) = &mut self.plain {
            plain.push(character);
        }
        self.assertion = None;
        self.after_atom = true;
    }

    fn piece(&mut self, next: char) -> Result<(), Failure> {
        match next {
            '\\' => self.escape()?,
            '[' => {
                let class = self.class(0)?;
                self.operator(&class, true);
            }
            '(' => self.group()?,
            ')' => {
                let Some(group) = self.groups.pop().filter(|_| !self.groups.is_empty()) else {
                    return Err(syntax("a `)` closes nothing"));
                };
                self.operator(")", true);
                self.assertion = group.is_assertion.then_some(group.start);
            }
            '.' if self.flags().dot_all => self.operator("(?s:.)", true),
            '.' => self.operator("[^\\n\\r\\x{85}\\x{2028}\\x{2029}]", true),
            '^' if self.flags().multi_line => self.place("(?m:^)"),
            '^' => self.place("\\A"),
            '$' if self.flags().multi_line => self.place("(?m:$)"),
            '$' => self.end_of_text(),
            '|' => self.operator("|", false),
            '*' | '+' | '?' => self.quantifier(next)?,
            '{' => self.repetition()?,
            '#' if self.flags().comments => {
                let line = self.rest.find('\n').unwrap_or(self.rest.len());
                self.rest = self.rest.get(line..).unwrap_or_default();
                self.plain = None;
            }
            blank if self.flags().comments && blank.is_ascii_whitespace() => self.plain = None,
            literal => self.literal(literal),
        }
        Ok(())
    }

    /// `$` and `\Z` also match before the line terminator that ends the text.
    fn end_of_text(&mut self) {
        if self.ends_line {
            self.backtracks = true;
            self.place("(?=(?:\\r\\n|[\\n\\r\\x{85}\\x{2028}\\x{2029}])?\\z)");
        } else {
            self.place("\\z");
        }
    }

    fn quantifier(&mut self, operator: char) -> Result<(), Failure> {
        if !self.after_atom {
            return Err(syntax(&format!("`{operator}` has nothing to repeat")));
        }
        self.quantified(operator.encode_utf8(&mut [0; 4]), operator != '+');
        Ok(())
    }

    /// Appends a quantifier. The engines here repeat no assertion: it is needed once, or not at all.
    fn quantified(&mut self, quantifier: &str, is_optional: bool) {
        match self.assertion {
            Some(start) => {
                if is_optional {
                    self.out.truncate(start);
                    self.out.push_str("(?:)");
                }
                let backtracks = self.backtracks;
                let end = self.out.len();
                self.quantifier_mode();
                self.out.truncate(end);
                self.backtracks = backtracks;
                self.assertion = None;
            }
            None => {
                self.operator(quantifier, true);
                self.quantifier_mode();
            }
        }
    }

    /// `?` makes a quantifier reluctant, `+` possessive.
    fn quantifier_mode(&mut self) {
        if self.take_if("?") {
            self.out.push('?');
        } else if self.take_if("+") {
            self.backtracks = true;
            self.out.push('+');
        }
        // INVARIANT: Java lets no second quantifier follow; the engines here would.
        self.after_atom = false;
    }

    /// `{n}`, `{n,}` or `{n,m}`; any other `{` is an error in Java.
    fn repetition(&mut self) -> Result<(), Failure> {
        let illegal = || syntax("`{` is no repetition here; write `\\{` for the character");
        let (inside, rest) = self.rest.split_once('}').ok_or_else(illegal)?;
        let (least, most) = match inside.split_once(',') {
            Some((least, "")) => (least, None),
            Some((least, most)) => (least, Some(most)),
            None => (inside, Some(inside)),
        };
        let number = |text: &str| -> Result<u32, Failure> {
            let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            if is_number { text.parse().map_err(|_| illegal()) } else { Err(illegal()) }
        };
        let least = number(least)?;
        let most = most.map(number).transpose()?;
        if !self.after_atom || most.is_some_and(|most| most < least) {
            return Err(illegal());
        }
        let most = most.map_or(String::new(), |most| most.to_string());
        self.rest = rest;
        self.quantified(&format!("{{{least},{most}}}"), least == 0);
        Ok(())
    }

    fn group(&mut self) -> Result<(), Failure> {
        let outer = self.flags();
        if self.groups.len() >= NESTING_MAX {
            return Err(syntax("groups are nested too deep"));
        }
        if !self.take_if("?") {
            self.open("(", outer, false);
            return Ok(());
        }
        for (java, backtracks) in
            [(":", false), ("=", true), ("!", true), ("<=", true), ("<!", true), (">", true)]
        {
            if self.take_if(java) {
                self.backtracks |= backtracks;
                self.open(&format!("(?{java}"), outer, !matches!(java, ":" | ">"));
                return Ok(());
            }
        }
        if self.take_if("<") {
            let Some((name, rest)) = self.rest.split_once('>') else {
                return Err(syntax("the name of a group is not closed"));
            };
            let first = name.chars().next().is_some_and(|first| first.is_ascii_alphabetic());
            if !first || !name.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
                return Err(syntax(&format!("`{name}` is no name of a group")));
            }
            if self.names.iter().any(|other| other == name) {
                return Err(syntax(&format!("the group `{name}` is there twice")));
            }
            self.names.push(name.to_owned());
            self.rest = rest;
            self.open(&format!("(?<{name}>"), outer, false);
            return Ok(());
        }
        self.inline_flags(outer)
    }

    /// `(?i)` for the rest of the group, `(?i:...)` for a group of its own.
    fn inline_flags(&mut self, outer: Flags) -> Result<(), Failure> {
        let mut flags = outer;
        let mut engine = (String::new(), String::new());
        let mut on = true;
        loop {
            match self.take() {
                Some('-') => on = false,
                Some('s') => flags.dot_all = on,
                Some('m') => flags.multi_line = on,
                Some('x') => flags.comments = on,
                Some('i') if on => engine.0.push('i'),
                Some('i') => engine.1.push('i'),
                Some('u' | 'U' | 'd') => {}
                Some(end @ (':' | ')')) => {
                    let (on, off) = engine;
                    let off = if off.is_empty() { off } else { format!("-{off}") };
                    let names = format!("{on}{off}");
                    if end == ':' {
                        self.open(&format!("(?{names}:"), flags, false);
                    } else {
                        if let Some(group) = self.groups.last_mut() {
                            group.flags = flags;
                        }
                        let source = if names.is_empty() { names } else { format!("(?{names})") };
                        self.operator(&source, false);
                    }
                    return Ok(());
                }
                Some(_) | None => return Err(syntax("`(?` begins no group that Java knows")),
            }
        }
    }

    fn escape(&mut self) -> Result<(), Failure> {
        let Some(next) = self.take() else {
            return Err(syntax("the pattern ends with a single `\\`"));
        };
        match next {
            'Q' => {
                let (quoted, rest) = self.rest.split_once("\\E").unwrap_or((self.rest, ""));
                self.rest = rest;
                for character in quoted.chars() {
                    self.literal(character);
                }
            }
            'd' | 'D' | 'w' | 'W' | 's' | 'S' | 'h' | 'H' | 'v' | 'V' => {
                let class = named_class(next);
                self.operator(&format!("[{class}]"), true);
            }
            'R' => self.operator("(?:\\r\\n|[\\n-\\r\\x{85}\\x{2028}\\x{2029}])", true),
            'b' | 'B' => self.place(if next == 'b' { "\\b" } else { "\\B" }),
            'A' => self.place("\\A"),
            'z' => self.place("\\z"),
            'Z' => self.end_of_text(),
            'G' => {
                self.backtracks = true;
                self.place("\\G");
            }
            'p' | 'P' => {
                let class = self.property(next == 'P')?;
                self.operator(&format!("[{class}]"), true);
            }
            'k' => {
                self.backtracks = true;
                let name = self.rest.strip_prefix('<').and_then(|rest| rest.split_once('>'));
                let Some((name, rest)) = name else {
                    return Err(syntax("`\\k` names no group"));
                };
                self.rest = rest;
                self.operator(&format!("\\k<{name}>"), true);
            }
            '1'..='9' => {
                self.backtracks = true;
                self.operator(&format!("(?:\\{next})"), true);
            }
            other => {
                let character = self.escaped(other)?;
                self.literal(character);
            }
        }
        Ok(())
    }

    /// Returns the character that `\` and `next` stand for.
    fn escaped(&mut self, next: char) -> Result<char, Failure> {
        let code = match next {
            't' => return Ok('\t'),
            'n' => return Ok('\n'),
            'r' => return Ok('\r'),
            'f' => return Ok('\u{c}'),
            'a' => return Ok('\u{7}'),
            'e' => return Ok('\u{1b}'),
            'c' => self.take().map(|control| u32::from(control) ^ 64),
            '0' => self.digits(8, 3),
            'u' => self.digits(16, 4),
            'x' if self.take_if("{") => {
                let code = self.digits(16, 6);
                if self.take_if("}") { code } else { None }
            }
            'x' => self.digits(16, 2),
            other if other.is_ascii_alphabetic() => None,
            other => return Ok(other),
        };
        code.and_then(char::from_u32)
            .ok_or_else(|| syntax(&format!("`\\{next}` means nothing in a pattern")))
    }

    /// Takes up to `most` digits.
    fn digits(&mut self, radix: u32, most: usize) -> Option<u32> {
        let length = self.rest.chars().take(most).take_while(|digit| digit.is_digit(radix)).count();
        let (digits, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        u32::from_str_radix(digits, radix).ok()
    }

    /// Returns `\p{...}` as the inside of a class.
    fn property(&mut self, negated: bool) -> Result<String, Failure> {
        let name = match self.rest.strip_prefix('{') {
            Some(braced) => {
                let (name, rest) =
                    braced.split_once('}').ok_or_else(|| syntax("`\\p{` is not closed"))?;
                self.rest = rest;
                name.to_owned()
            }
            None => self.take().map(String::from).unwrap_or_default(),
        };
        let ascii = match name.as_str() {
            "Lower" => "a-z",
            "Upper" => "A-Z",
            "ASCII" => "\\x00-\\x7F",
            "Alpha" => "a-zA-Z",
            "Digit" => "0-9",
            "Alnum" => "a-zA-Z0-9",
            "Punct" => "!-/:-@\\[-`{-~",
            "Graph" => "!-~",
            "Print" => " -~",
            "Blank" => " \\t",
            "Cntrl" => "\\x00-\\x1F\\x7F",
            "XDigit" => "0-9a-fA-F",
            "Space" => " \\t\\n\\x0B\\f\\r",
            _ => "",
        };
        if !ascii.is_empty() {
            let inverse = if negated { "^" } else { "" };
            return Ok(format!("[{inverse}{ascii}]"));
        }
        let unicode = match name.as_str() {
            "javaLowerCase" | "IsLowercase" => "Lowercase",
            "javaUpperCase" | "IsUppercase" => "Uppercase",
            "javaWhitespace" | "IsWhite_Space" => "White_Space",
            "javaAlphabetic" | "IsAlphabetic" => "Alphabetic",
            "javaDigit" | "IsDigit" => "Nd",
            "javaLetter" | "IsLetter" => "L",
            other => other.strip_prefix("Is").unwrap_or(other),
        };
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'=');
        if unicode.is_empty() || !unicode.bytes().all(is_name) {
            return Err(syntax(&format!("`\\p{{{name}}}` is no property of characters")));
        }
        Ok(format!("\\{}{{{unicode}}}", if negated { 'P' } else { 'p' }))
    }

    /// Translates a class, whose `[` is taken, with its brackets.
    fn class(&mut self, depth: usize) -> Result<String, Failure> {
        if depth >= NESTING_MAX {
            return Err(syntax("classes are nested too deep"));
        }
        let mut class = String::from("[");
        if self.take_if("^") {
            class.push('^');
        }
        let start = class.len();
        loop {
            let Some(next) = self.take() else { return Err(syntax("a `[` is not closed")) };
            match next {
                ']' if class.len() > start => break,
                '[' => class.push_str(&self.class(depth + 1)?),
                '&' if self.take_if("&") => class.push_str("&&"),
                '-' => {
                    let is_range = class.len() > start && !self.rest.starts_with([']', '[']);
                    class.push_str(if is_range { "-" } else { "\\-" });
                }
                '\\' => class.push_str(&self.class_escape()?),
                literal => push_literal(&mut class, literal),
            }
        }
        class.push(']');
        Ok(class)
    }

    fn class_escape(&mut self) -> Result<String, Failure> {
        let Some(next) = self.take() else {
            return Err(syntax("the pattern ends with a single `\\`"));
        };
        match next {
            'd' | 'D' | 'w' | 'W' | 's' | 'S' | 'h' | 'H' | 'v' | 'V' => {
                Ok(format!("[{}]", named_class(next)))
            }
            'p' | 'P' => self.property(next == 'P'),
            'Q' => {
                let (quoted, rest) = self.rest.split_once("\\E").unwrap_or((self.rest, ""));
                self.rest = rest;
                let mut literal = String::new();
                quoted.chars().for_each(|character| push_literal(&mut literal, character));
                Ok(literal)
            }
            other => {
                let mut literal = String::new();
                push_literal(&mut literal, self.escaped(other)?);
                Ok(literal)
            }
        }
    }
}

/// The inside of Java's `\d`, `\w`, `\s`, `\h`, `\v` and their opposites: ASCII, unlike here.
fn named_class(name: char) -> &'static str {
    match name {
        'd' => "0-9",
        'D' => "^0-9",
        'w' => "a-zA-Z_0-9",
        'W' => "^a-zA-Z_0-9",
        's' => " \\t\\n\\x0B\\f\\r",
        'S' => "^ \\t\\n\\x0B\\f\\r",
        'h' => " \\t\\xA0\\x{1680}\\x{180e}\\x{2000}-\\x{200a}\\x{202f}\\x{205f}\\x{3000}",
        'H' => "^ \\t\\xA0\\x{1680}\\x{180e}\\x{2000}-\\x{200a}\\x{202f}\\x{205f}\\x{3000}",
        'v' => "\\n-\\r\\x{85}\\x{2028}\\x{2029}",
        _ => "^\\n-\\r\\x{85}\\x{2028}\\x{2029}",
    }
}

fn push_literal(out: &mut String, character: char) {
    if "\\.+*?()|[]{}^$#&-~".contains(character) {
        out.push('\\');
        out.push(character);
    } else if character.is_ascii_control() || character == ' ' {
        out.push_str(&format!("\\x{{{:x}}}", u32::from(character)));
    } else {
        out.push(character);
    }
}

fn syntax(message: &str) -> Failure {
    Failure::exception(Exception::PatternSyntax, message)
}
