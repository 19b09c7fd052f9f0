//! The public module `regex`: what it finds, what it refuses and by which name, where it stops.

use vestibule_vtl::regex::{MatchError, Options, Regex, RegexError, Span};

const PART: Options = Options { span: Span::Part, ignores_case: false, backtracks_max: 1_000 };
const WHOLE: Options = Options { span: Span::Whole, ..PART };

fn compile(pattern: &str, options: Options) -> Result<Regex, RegexError> {
    Regex::compile(pattern, options)
}

fn found(pattern: &str, text: &str) -> Result<Vec<(usize, usize)>, MatchError> {
    let regex = compile(pattern, PART)?;
    let mut search = regex.search(text)?;
    let mut found = Vec::new();
    while let Some(next) = search.next()? {
        found.push((next.start(), next.end()));
    }
    Ok(found)
}

fn is_match(pattern: &str, options: Options, text: &str) -> Result<bool, MatchError> {
    compile(pattern, options)?.is_match(text)
}

fn refusal(pattern: &str) -> Option<RegexError> {
    compile(pattern, PART).err()
}

/// Source: oracle (Java 17)
#[test]
fn matches_are_found_one_after_the_other() {
    assert_eq!(found("a+", "aabca").unwrap(), [(0, 2), (4, 5)]);
    assert_eq!(found("x*", "xéx").unwrap(), [(0, 1), (1, 1), (3, 4), (4, 4)]);
    assert_eq!(found("(?m)^", "a\nb\n").unwrap(), [(0, 0), (2, 2)]);
    assert_eq!(found("(?m)^", "").unwrap(), []);
    assert_eq!(found("$", "a\r\n").unwrap(), [(1, 1), (3, 3)]);
    assert_eq!(found("<b>", "a<b>c").unwrap(), [(1, 4)]);
    assert_eq!(found("\\Ga", "aaba").unwrap(), [(0, 1), (1, 2)]);
    assert_eq!(found("[[:alpha:]]", "a:z").unwrap(), [(0, 1), (1, 2)]);
}

/// Source: oracle (Java 17): an empty match lies between the halves of a surrogate pair too.
#[test]
fn empty_matches_part_surrogate_pairs() {
    assert_eq!(found("", "😀").unwrap(), [(0, 0), (2, 2), (4, 4)]);
    assert_eq!(found("(?=😀)", "😀").unwrap(), [(0, 0)]);
    assert_eq!(found("(?=😀)|.", "😀a").unwrap(), [(0, 0), (2, 4), (4, 5)]);
    assert_eq!(found("\\B", "a😀b").unwrap(), [(3, 3)]);
}

/// Source: oracle (Java 17)
#[test]
fn a_whole_text_matches_or_not() {
    assert_eq!(is_match("a|ab", WHOLE, "ab"), Ok(true));
    assert_eq!(is_match("4\\d{2}", WHOLE, "404"), Ok(true));
    assert_eq!(is_match("4\\d{2}", WHOLE, "1404"), Ok(false));
    assert_eq!(is_match(".+", WHOLE, "a\nb"), Ok(false));
    let ignores_case = Options { ignores_case: true, ..WHOLE };
    assert_eq!(is_match("straße", ignores_case, "STRAßE"), Ok(true));
    assert_eq!(is_match("é", ignores_case, "É"), Ok(false));
    assert_eq!(is_match("(?u)é", ignores_case, "É"), Ok(true));
    assert_eq!(is_match("k", ignores_case, "\u{212a}"), Ok(false));
}

/// Source: oracle (Java 17)
#[test]
fn groups_have_numbers_and_names() {
    let regex = compile("(?<year>\\d{4})-(?<month>\\d\\d)(x)?", PART).unwrap();
    assert_eq!(regex.groups(), 3);
    assert_eq!(regex.group_number("month"), Some(2));
    assert_eq!(regex.group_number("day"), None);
    let found = regex.search("on 2024-05").and_then(|mut search| search.next());
    let found = found.expect("few steps").expect("a match");
    assert_eq!(found.group(0), Some(3..10));
    assert_eq!(found.group(2), Some(8..10));
    assert_eq!(found.group(3), None);
    // Java runs a loop over what can be empty once more.
    let regex = compile("(a*)*(b)", PART).unwrap();
    let found = regex.search("aab").and_then(|mut search| search.next());
    let found = found.expect("few steps").expect("a match");
    assert_eq!((found.group(1), found.group(2)), (Some(2..2), Some(2..3)));
}

/// Source: inferred (what the engines cannot do; Java knows all of these)
#[test]
fn what_is_not_supported_is_refused_by_name() {
    for (pattern, name) in [
        ("\\X", "\\X"),
        ("a\\b{g}", "\\b{g}"),
        ("\\N{DIGIT ONE}", "\\N"),
        ("(?c)a", "(?c)"),
        ("\\p{javaMirrored}", "\\p{javaMirrored}"),
    ] {
        assert_eq!(refusal(pattern), Some(RegexError::Unsupported(name.to_owned())));
        assert_eq!(refusal(pattern).unwrap().to_string(), format!("`{name}` is not supported"));
    }
}

/// Source: oracle (Java 17) for the refusals; the words are ours
#[test]
fn what_java_refuses_is_refused() {
    for (pattern, message) in [
        ("(a", "a `(` is not closed"),
        ("a)", "a `)` closes nothing"),
        ("[a", "a `[` is not closed"),
        ("a**", "`*` has nothing to repeat"),
        ("a{", "`{` is no repetition here; write `\\{` for the character"),
        ("a{2", "a repetition is not closed with `}`"),
        ("a{2,1}", "a repetition ends before it starts: 2"),
        ("a{2147483648}", "the number of a repetition is too large"),
        ("\\", "the pattern ends with a single `\\`"),
        ("\\y", "`\\y` is no escape"),
        ("[\\b]", "`\\b` is no escape"),
        ("\\x4", "`\\x` is not followed by `hh` or `{h...}`"),
        ("\\x{110000}", "the code after `\\x{` is past 10FFFF"),
        ("\\u12", "`\\u` is not followed by four hexadecimal digits"),
        ("\\08", "`\\0` is not followed by an octal digit"),
        ("\\p{Foo}", "`\\p{Foo}` is no property of characters"),
        ("\\p{L", "the name of a property is not closed with `}`"),
        ("(?z)", "`(?` begins no group that Java knows"),
        ("(?<1>a)", "`1` is no name of a group"),
        ("(?<a>b)(?<a>c)", "the group `a` is there twice"),
        ("\\k<a>", "there is no group `a` before `\\k<a>`"),
        ("(?<=a*)b", "a lookbehind has no obvious maximum length"),
        ("[z-a]", "a range in `[...]` has no end or ends before it starts"),
        ("[&&]", "`&&` stands between no classes"),
    ] {
        assert_eq!(refusal(pattern), Some(RegexError::Syntax(message.to_owned())), "{pattern}");
    }
}

/// Source: inferred (the limits are ours)
#[test]
fn patterns_are_bounded() {
    assert_eq!(refusal(&"a".repeat(4_097)), Some(RegexError::TooLong));
    assert_eq!(refusal("((a{1000}){1000}){1000}"), Some(RegexError::TooLarge));
    assert_eq!(refusal("(?=b)((a{1000}){1000}){1000}"), Some(RegexError::TooLarge));
    let nested = format!("{}(?=a)a{}", "(?:".repeat(60), "){1000}".repeat(60));
    assert_eq!(refusal(&nested), Some(RegexError::TooLarge));
    let groups = format!("{}{}", "(".repeat(65), ")".repeat(65));
    assert_eq!(refusal(&groups).unwrap().to_string(), "groups nest deeper than 64");
    let classes = format!("{}a{}", "[".repeat(65), "]".repeat(65));
    assert_eq!(refusal(&classes).unwrap().to_string(), "classes nest deeper than 64");
    let cut = format!("[a{}]", "&&a".repeat(65));
    assert_eq!(refusal(&cut).unwrap().to_string(), "classes nest deeper than 64");
    let given_up = is_match("(?=a)(a|aa)+\\1c", PART, &"a".repeat(40));
    assert_eq!(given_up, Err(MatchError::Backtracks(1_000 + 32 * 40)));
    assert_eq!(
        MatchError::Backtracks(2_280).to_string(),
        "it takes more than 2280 steps for one text"
    );
}

/// Source: inferred (the limits are ours): what a pattern looks at again and again counts, not only its ways back.
#[test]
fn steps_forward_are_bounded() {
    let text = "a".repeat(20_000);
    let steps = 1_000 + 32 * 20_000;
    for pattern in ["(?=.*b)a", "a++b", "(?>a+)b", "(?=x)|(?<=(a{1,90}))b", "(?!.*a$)a"] {
        assert_eq!(is_match(pattern, PART, &text), Err(MatchError::Backtracks(steps)), "{pattern}");
    }
    // Those that look around where they are do not come near it.
    for pattern in
        ["(?<=[a-z])(?=[A-Z])", "(?<!a)b", "(\\w)\\1b", "(?<=a)(?!a)b", "\\B(?=(b{3})+$)"]
    {
        assert_eq!(is_match(pattern, PART, &text), Ok(false), "{pattern}");
    }
    // As in Java, a loop remembers where it failed.
    let twice = Options { backtracks_max: 10_000, ..PART };
    assert_eq!(is_match("(?=a)(a|aa)+c", twice, &"a".repeat(400)), Ok(false));
}
