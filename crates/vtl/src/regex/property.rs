//! `\p{...}`: Java's names for the properties of characters, in the engines' words.

use super::block;
use super::class;
use super::error::RegexError;
use super::tree::Flags;

/// The inside of a class: Unicode's white space.
pub(super) const WHITE_SPACE: &str = "\\p{Z}\\t-\\r\\x{85}";

/// Returns the class that `\p{name}` stands for.
pub(super) fn class(name: &str, is_negated: bool, flags: Flags) -> Result<String, RegexError> {
    let inside = match name.split_once('=') {
        Some((property, value)) => valued(property, value, flags)?,
        None => named(name, flags)?,
    };
    match inside {
        Some(inside) => Ok(class::bracketed(&inside, is_negated)),
        None => Err(RegexError::syntax(format!("`\\p{{{name}}}` is no property of characters"))),
    }
}

fn valued(property: &str, value: &str, flags: Flags) -> Result<Option<String>, RegexError> {
    match property.to_ascii_lowercase().as_str() {
        "sc" | "script" => Ok(script(value)),
        "blk" | "block" => Ok(in_block(value)),
        "gc" | "general_category" => plain(value, flags),
        _ => Ok(None),
    }
}

fn named(name: &str, flags: Flags) -> Result<Option<String>, RegexError> {
    if let Some(block) = name.strip_prefix("In") {
        return Ok(in_block(block));
    }
    if let Some(short) = name.strip_prefix("Is") {
        let upper = short.to_ascii_uppercase();
        let found = unicode(&upper, flags).or_else(|| posix(&upper, flags)).map(str::to_owned);
        return match found {
            Some(found) => Ok(Some(found)),
            None => Ok(plain(short, flags)?.or_else(|| script(short))),
        };
    }
    let unicode = flags.has_unicode_classes.then(|| posix(&name.to_ascii_uppercase(), flags));
    match unicode.flatten() {
        Some(inside) => Ok(Some(inside.to_owned())),
        None => plain(name, flags),
    }
}

fn in_block(name: &str) -> Option<String> {
    let (first, last) = block::find(name)?;
    Some(format!("\\x{{{first:x}}}-\\x{{{last:x}}}"))
}

fn script(name: &str) -> Option<String> {
    let is_word = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    (is_word && !name.is_empty()).then(|| format!("\\p{{Script={name}}}"))
}

/// Letters of any case where the flag `i` is set.
fn cased(flags: Flags, class: &'static str) -> &'static str {
    if flags.ignores_case { "\\p{Lowercase}\\p{Uppercase}\\p{Lt}" } else { class }
}

/// POSIX names as Unicode understands them. `name` is in upper case.
fn posix(name: &str, flags: Flags) -> Option<&'static str> {
    Some(match name {
        "ALPHA" => "\\p{Alphabetic}",
        "LOWER" => cased(flags, "\\p{Lowercase}"),
        "UPPER" => cased(flags, "\\p{Uppercase}"),
        "SPACE" => WHITE_SPACE,
        "PUNCT" => "\\p{P}",
        "XDIGIT" => "\\p{Nd}A-Fa-f\\x{ff21}-\\x{ff26}\\x{ff41}-\\x{ff46}",
        "ALNUM" => "\\p{Alphabetic}\\p{Nd}",
        "CNTRL" => "\\p{Cc}",
        "DIGIT" => "\\p{Nd}",
        "BLANK" => "\\p{Zs}\\t",
        "GRAPH" => "[^\\p{Z}\\p{Cc}\\p{Cn}]",
        "PRINT" => "[^\\p{Zl}\\p{Zp}\\p{Cc}\\p{Cn}]",
        _ => return None,
    })
}

/// Binary properties of Unicode. `name` is in upper case.
fn unicode(name: &str, flags: Flags) -> Option<&'static str> {
    Some(match name {
        "ALPHABETIC" => "\\p{Alphabetic}",
        "ASSIGNED" => "[^\\p{Cn}]",
        "CONTROL" => "\\p{Cc}",
        "HEXDIGIT" | "HEX_DIGIT" => "\\p{Nd}A-Fa-f\\x{ff21}-\\x{ff26}\\x{ff41}-\\x{ff46}",
        "IDEOGRAPHIC" => "\\p{Ideographic}",
        "JOINCONTROL" | "JOIN_CONTROL" => "\\x{200c}\\x{200d}",
        "LETTER" => "\\p{L}",
        "LOWERCASE" => cased(flags, "\\p{Lowercase}"),
        "NONCHARACTERCODEPOINT" | "NONCHARACTER_CODE_POINT" => "\\p{Noncharacter_Code_Point}",
        "TITLECASE" => cased(flags, "\\p{Lt}"),
        "PUNCTUATION" => "\\p{P}",
        "UPPERCASE" => cased(flags, "\\p{Uppercase}"),
        "WHITESPACE" | "WHITE_SPACE" => WHITE_SPACE,
        "WORD" => "\\w",
        _ => return None,
    })
}

/// Categories, POSIX names as ASCII understands them, and Java's own.
fn plain(name: &str, flags: Flags) -> Result<Option<String>, RegexError> {
    const CATEGORIES: [&str; 37] = [
        "Cn", "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Me", "Mc", "Nd", "Nl", "No", "Zs", "Zl", "Zp",
        "Cc", "Cf", "Co", "Cs", "Pd", "Ps", "Pe", "Pc", "Po", "Sm", "Sc", "Sk", "So", "Pi", "Pf",
        "L", "M", "N", "Z", "C", "P", "S",
    ];
    if flags.ignores_case && matches!(name, "Lu" | "Ll" | "Lt") {
        return Ok(Some("\\p{Lu}\\p{Ll}\\p{Lt}".to_owned()));
    }
    if name == "Cs" {
        return Ok(Some(class::NOTHING.to_owned()));
    }
    if CATEGORIES.contains(&name) {
        return Ok(Some(format!("\\p{{{name}}}")));
    }
    if let Some(java) = name.strip_prefix("java") {
        return java_method(java, flags).map(|found| found.map(str::to_owned));
    }
    Ok(ascii(name, flags).map(str::to_owned))
}

fn ascii(name: &str, flags: Flags) -> Option<&'static str> {
    Some(match name {
        "LC" => "\\p{Lu}\\p{Ll}\\p{Lt}",
        "LD" => "\\p{L}\\p{Nd}",
        "L1" => "\\x{0}-\\x{ff}",
        "all" => "\\x{0}-\\x{10ffff}",
        "ASCII" => "\\x{0}-\\x{7f}",
        "Alnum" => "0-9A-Za-z",
        "Alpha" => "A-Za-z",
        "Blank" => "\\x20\\t",
        "Cntrl" => "\\x{0}-\\x{1f}\\x{7f}",
        "Digit" => "0-9",
        "Graph" => "\\x21-\\x7e",
        "Lower" | "Upper" if flags.ignores_case => "A-Za-z",
        "Lower" => "a-z",
        "Upper" => "A-Z",
        "Print" => "\\x20-\\x7e",
        "Punct" => "\\x21-\\x2f\\x3a-\\x40\\x5b-\\x60\\x7b-\\x7e",
        "Space" => "\\x20\\t-\\r",
        "XDigit" => "0-9A-Fa-f",
        _ => return None,
    })
}

/// The methods of `java.lang.Character`.
fn java_method(name: &str, flags: Flags) -> Result<Option<&'static str>, RegexError> {
    Ok(Some(match name {
        "LowerCase" => cased(flags, "\\p{Lowercase}"),
        "UpperCase" => cased(flags, "\\p{Uppercase}"),
        "TitleCase" => cased(flags, "\\p{Lt}"),
        "Alphabetic" => "\\p{Alphabetic}",
        "Ideographic" => "\\p{Ideographic}",
        "Digit" => "\\p{Nd}",
        "Defined" => "[^\\p{Cn}]",
        "Letter" => "\\p{L}",
        "LetterOrDigit" => "\\p{L}\\p{Nd}",
        "JavaIdentifierStart" => "\\p{L}\\p{Nl}\\p{Sc}\\p{Pc}",
        "JavaIdentifierPart" => {
            "\\p{L}\\p{Nl}\\p{Sc}\\p{Pc}\\p{Nd}\\p{Mc}\\p{Mn}\\x{0}-\\x{8}\\x{e}-\\x{1b}\
             \\x{7f}-\\x{9f}\\p{Cf}"
        }
        "IdentifierIgnorable" => "\\x{0}-\\x{8}\\x{e}-\\x{1b}\\x{7f}-\\x{9f}\\p{Cf}",
        "SpaceChar" => "\\p{Z}",
        "Whitespace" => "[\\p{Z}&&[^\\x{a0}\\x{2007}\\x{202f}]]\\t-\\r\\x{1c}-\\x{1f}",
        "ISOControl" => "\\x{0}-\\x{1f}\\x{7f}-\\x{9f}",
        "UnicodeIdentifierStart" | "UnicodeIdentifierPart" | "Mirrored" => {
            return Err(RegexError::unsupported(format!("\\p{{java{name}}}")));
        }
        _ => return Ok(None),
    }))
}
