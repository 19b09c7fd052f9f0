"""Random regular expressions, texts and replacements, biased to what mapping templates use. Used by generate.py."""
import re

# What people write, and each construct of java.util.regex.
PATTERNS = [
    "[^a-zA-Z0-9]", r"[^\w]", r"\s+", r"\s", "\\\\", r"\\'", "'", "\"", "\\\"", "[+]", r"\+", ",", ", *", r"\s*,\s*", ":",
    "T|Z", "[:T-]", "-", "#", r"\|", r"\.", r"\\n", r"\n", r"[\r\n]+", r"\r?\n", r"\R", r"[\n\r\t]", r"^\s+|\s+$",
    "^\\\"|\\\"$", "^/|/$", "/+", r"[{}\[\]]", r"\{(\w+)\}", r"\$\{(.+?)\}", r"(\d{4})-(\d{2})-(\d{2})",
    r"^(\w+)@(\w+)\.com$", "[aeiou]", r"(?i)bearer\s+", "^[Bb]earer ", "<[^>]+>", "</?b>", "&", "%20", r"[^\x00-\x7F]",
    r"[^\x20-\x7e]+", r"\p{Cntrl}", r"\p{Punct}", r"[^\p{L}\p{N}]+", r"\p{L}+", r"\p{M}",
    r"\p{InCombiningDiacriticalMarks}+", r"[\uD83C-\uDBFF\uDC00-\uDFFF]+", r"(?<=\d)(?=(\d{3})+$)", "(?<=[a-z])(?=[A-Z])",
    "([a-z])([A-Z]+)", "(?<!^)(?=[A-Z])", r"\b", r"\b\w", r"\B", "^", "$", "(?m)^", "(?m)$", r"(?m)^\s*$", "(?m)^#.*$", ".*",
    ".+", ".", "", "x*", "a?", "(a|b)*", r"(.)\1", r"(\w+)\s\1", r"^\d+$", r"\d+(\.\d+)?", r"-?\d+", "[0-9]+", "[^0-9]",
    "[A-Z]{2,3}", r"\w+$", r"\.$", r"^.*?(\d+).*$", "(?s)^.*?b", "(?s).*", r"^[\w.+-]+@[\w-]+\.[\w.]+$",
    "^https?://([^/]+)(/.*)?$", "arn:aws:[^:]*:(.*)", r"(^|,)\s*", r";\s*|,\s*", "=|&", r"\?", r"\*", r"\Qa.b\E", r"\Q+\E",
    r"\t", r"\u00e9", "é", "É", "(?i)É", "(?iu)É", "(?i)k", "(?i)straße", "[[:alpha:]]", "[[:digit:]]+", "[a-z&&[^aeiou]]",
    r"[\[\]]", "[]a]", "[^]]", r"[a\]]", "[-+]", "[+-]", r"[\w-]", r"[\w.-]+", "[a-d[m-p]]", r"\<", r"\>", r"\/", r"\-",
    r"\_", r"\ ", r"\:", r"\~", r"\@", r"\%", r"\=", r"\!", r"\,", r"\;", r"\`", r"(?<y>\d{4})-(?<m>\d\d)", "^(?!.*b).*$",
    r"^(?=.*[a-z])(?=.*\d).{4,}$", "(?x) a b # c", "(?d)$", r"(?U)\w+", r"(?U)\b", r"\h+", r"\v", r"\Z", r"\z", r"\A",
    "a++b", "a*+a", ".*+x", "(?>a+)b", r"\x{1F600}", r"\uD83D\uDE00", "😀", "[😀é]", "[^😀]", r"\0101", r"\07", r"\cA", r"\e",
    r"\a", "a{2}", "a{,2}", "a{2,1}", "{", "}", "a{", "a}", "(", ")", "[", "]", "*", "+a", "?", "\\\\\\\\", r"\k<n>",
    r"(?<n>a)\k<n>", r"\1(a)", r"(a)\2", r"(a)(b)?\2", r"(a)\11", "a**", "a+*", "a{2}{3}", "{2}", "(?z)", "(?i", "(?<1a>b)",
    "(?<a", "(?=", r"\p{Foo}", r"\p{IsLatin}+", r"\p{IsAlphabetic}", r"\p{Lower}", r"\p{javaLowerCase}+", r"\P{L}", r"\pL",
    r"\p{Sc}", r"\p{Zs}", r"[\p{L}&&[^\p{Lu}]]", r"\p{IsGreek}", r"\p{InGreek}", r"\p{sc=Latin}", r"\p{blk=Basic Latin}",
    r"\p{gc=Lu}", r"\y", r"\E", r"a\Eb", r"\Qab", r"[\Qa-c\E]", r"[a-\d]", r"[\d-z]", "[z-a]", "[a-", "[&&a]", "[a&&]",
    "[a&b]", "[a&&b]", "[a-c&&b-d&&c]", "[^a-c&&b]", "[a^]", "[^^]", "[.]", "[$^*+?(){}|]", r"[\\]", r"[\b]", "(?:a|)+b",
    "(a*)*", "(a*)+", "(|a)+", "(a|ab)(c|bcd)", "(?i)[a-c]+", "(?i)[^A]", "(?-i)a", "((?i)a)b", "(?i:a)b", "^*a", "(?=a)*b",
    "(?:^)*", r"\b+a", "$?", "(a(b)?)+", "(?:(a)|b)*", "(a?)*?b", "(a|b)??c", "(a){0}b", r"(a){0,0}\1", r"[\x41-\x43]",
    r"[\t-\r]", r"\x4", r"\u12", r"\0", r"\09", r"\c",
    # Loops that can be empty, what they leave in their groups, and ways back into and out of groups.
    r"(a|b|ab)*?b", r"(a(?=b)|b)*", r"((a)|(b))*\2", r"(?:(a)|(b)|(c))+", r"(a?)*\1b", r"(a*?)*b", r"(?:a?){3}", r"(a|){2,3}b",
    r"(?:(a)|b){2,}?\1", r"((?:ab)?)+", r"(()a)*", r"(^a|b)*", r"(?:\b|a)+", r"(a+|b+)*c", r"(x+x+)+y", r"(?:a|ab)(?:c|bcd)(?:d*)",
    r"(?>a*)a", r"(?>a|ab)c", r"(?>(a)|b)\1?", r"(?:a++|b)*", r"(a*+)b", r"(?:(a)?b)*+", r"(ab)?+\1", r"a{1,2}+a", r"a{2,}?b",
    r"(?=(\w+))\1:", r"(?=(a*))\1a", r"(?!(a))\1?", r"(?=a(?!b))a", r"(?<=(a))b\1", r"(?<=(a|bb))c", r"(?<!a|bc)b", r"(?<=a{1,3})b",
    r"(?<=\b)a", r"(?<=^|,)[^,]*", r"(?<=(?=a))a", r"(?<!\\)'", r"(?<=\n)^", r"(?m)(?<=^)a", r"(?<=[^a])b|(?<=a)a", r"(?<=\r\n)", r"(?<=\R)a",
    r"(?i)(a)\1", r"(?iu)(é)\1", r"(?i)(?<=A)b", r"(?<x>a)(?<y>b)?\k<y>", r"((a)b)\2", r"(a)(?:\1)*", r"(.)(.)\2\1", r"(\w)(?=.*\1)",
    r"(?s)(.*?)(?=\n|\z)", r"(?m)^(.*)$(?!\n)", r"^(?:(?!b).)*$", r"\b(?!abc)\w+", r"(?<=\w)(?=\W)|(?<=\W)(?=\w)", r"(?<=\G)a",
    r"(?=[^\d])\w", r"(?:(?=a)|b)+", r"(?:(?<=a)b|a)*", r"(?=a|(b))[ab]\1?", r"(a)|b\1", r"(?:(a)|b\1)+", r"((?i)a)\1", r"(\d+)(?=%)",
    r"(?<=\$)\d+", r"(?<!\d)\d{3}(?!\d)", r"\s+(?=\S*$)", r"(?<=\.)\s*", r"([^,]*),(?=\1)", r"(?<=:)(?:[^:]*)(?=:)",
]
# To be put together at random.
PIECES = [
    "a", "b", "c", ".", r"\d", r"\w", r"\s", "[a-c]", "[^b]", "(a|b)", "(?:ab|a)", "a*", "b+", "c?", "a{2}", "b{1,2}", "^",
    "$", r"\b", r"\B", "x*?", "a++", "(?=b)", "(?!c)", "(?<=a)", "(?<!b)", "(a)", "(b*)", "(a|b*)", r"\1", r"\2", "[[a]b]",
    "[a-z&&[^c]]", r"\p{Lu}", r"\p{Alpha}", r"\.", r"\Q.\E", "|", "(?i)", "(?i)A", r"\x41", "é", "É", "😀", r"[\d.]", "[-a]",
    "(?s)", "(?m)", r"\h", "(?<n>a)", r"\k<n>", r"\/", "-", "#", " ", r"\n", r"\r", r"\R", "(?x)", r"\Z", r"\z", r"\A",
    "(?>a|ab)", r"\$", r"\D", r"\S+", r"\W", "*", "+", "?", "{2}", "{1,}", "+?", "*?", "(", ")", "(?:", r"\v", "(?u)",
    "(?d)", "(?U)", r"[^\n]", "(a(b)?)", "(?<=a|bb)", "(?<!a{1,2})", "[é-ü]", ".*", ".*?", ".+", "(.+?)", "(.*)", r"\S",
    "(?=(a))", "(b)?", "(?:(a)|(b))", "(?>", "(?=", "(?!", "(?<=", "(?<!", "){2,}", ")*", ")+", ")?", ")*?", ")++", ")", ")", ")", "a|b", "(?:a|)",
    "(a|ab)", "(?:b(a)?)", r"\1?", r"(?:\1)+", "(?<=ab)", "(?<=(b))", "[ab]{2}", "[^a]*+", ".{2}", ".{1,2}?", "(?i:a|É)", "(|a)",
]
TEXTS = [
    "aabbcc", "a.b-c d", "AbC", "", "ab\nab\n", "a$b\\c", "123 abc", "xaaay", "{a}[b]", "\"a\"#&~<>", "Hello, World", "it's",
    "it\\'s", "2024-01-31T10:20:30.000Z", "john@example.com", "a,b,,c,,", ",a,b", "  padded \t text  ",
    "line1\r\nline2\rline3\nend", "line\r\n", "\n", "\r\n", "a\u0085b\u2028c\u2029", "héllo wörld 😀!",
    "\u00c9\u00c0\u00e9 e\u0301 K k \u212a", "😀", "😀😀a", "a😀b", "camelCaseString", "HTTPServer", "1234567", "1234567.89",
    "/path//to/x/", "https://a.example.com/x?y=1&z=%20", "<b>bold</b> <i>x</i>", "arn:aws:sns:us-east-1:123:topic",
    "Bearer abc.def", "key=value; other=2", "#tag\n#two\n x", "", "aaa", "ab", "ba", "abab aa bb", "\u0000\u0001x\u007f",
    "a\u00a0b\u3000c", "Straße STRASSE", "αβΓ", "12٣", "_x_", "{name} ${v}", "a|b|c", "a+b+c", "\\n\\t", "x\n\ny", "a\n",
    "abc\r", "Ωmega ß ſ ı İ i I", "日本語 テスト", "a\u200db", "x\u203fy", "\u0301a", "tab\there", "C:\\dir\\f", "[::1]:80",
    "\ud83d\ude00\n\ud83d\ude00", "aA1!", "a:l",
]
CHARACTERS = [
    "a", "b", "c", "A", "B", " ", "\n", "\r\n", "\r", "é", "😀", "1", "2", ".", "-", "_", ",", "x", "aa", "ab", "bc",
    "\u0301", "\u2028",
]
REPLACEMENTS = [
    "", "X", "-", "$0", "<$1>", "$1$2", "[$0]", r"\$", "\\\\", "$", "\\", "${n}", "${y}/${m}", "$2", "$1_$2", "$12", "$10",
    "_", r"\'", "'", "\\\"", "$a", "${", "${1}", "😀", "$0$0", "é", r"\n", " ",
]


def text(rng):
    if rng.random() < 0.8:
        return rng.choice(TEXTS)
    return "".join(rng.choice(CHARACTERS) for _ in range(rng.randint(0, 8)))


# Java takes some lookbehinds without a maximum length for bounded ones, by an overflow: they are refused here.
OVERFLOWING = re.compile(r"\(\?<[=!].*[*+]")


def pattern(rng):
    chosen = composed(rng)
    while OVERFLOWING.search(chosen):
        chosen = composed(rng)
    return chosen


def composed(rng):
    if rng.random() < 0.5:
        return "".join(rng.choice(PIECES) for _ in range(rng.randint(1, 7)))
    chosen = rng.choice(PATTERNS)
    roll = rng.random()
    if roll < 0.25:
        return chosen + rng.choice(["|", "", "(?i)", "+", "*", "?"]) + rng.choice(PATTERNS)
    if roll < 0.35:
        opened = rng.choice(["(", "(?:", "(?i:", "(?m)", "(?s)", "(?m:"]) + chosen
        return opened + ")" + rng.choice(["", "+", "*", "?", "{2}", "*?"])
    return chosen


def case(rng):
    """Returns a case: a template and its stage variables, as patterns.jsonl has them."""
    variables = {"p": pattern(rng), "s": text(rng)}
    roll = rng.random()
    if roll < 0.58:
        variables["r"] = rng.choice(REPLACEMENTS)
        method = "replaceAll" if roll < 0.5 else "replaceFirst"
        template = f"$v.s.{method}($v.p,$v.r)"
    elif roll < 0.75:
        template = "$v.s.matches($v.p)"
    elif roll < 0.9:
        template = "#foreach($x in $v.s.split($v.p))[$x]#end"
    else:
        template = f"#foreach($x in $v.s.split($v.p,{rng.randint(-1, 3)}))[$x]#end"
    return {"template": template, "stageVariables": variables}
