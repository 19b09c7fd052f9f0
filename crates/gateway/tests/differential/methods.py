"""The Java methods that templates call: for each kind of value the name, the kinds of the arguments and the kind of the answer."""

REGEXES = ["a", ",", "'", "\\\\'", "\\\\", "\\", "[+]", "\\+", "\\s+", "[^a-zA-Z0-9]", "\\d+", "(\\w+)", "(.)(.)", "^\\s+|\\s+$", "(?<=a)b", "(?=[A-Z])",
           "(?i)hello", "[aeiou]", "\\.", "#", ":", "T|Z", "-", "/", "|", "", ".", ".*", "(a|b)*", "^.*?(\\d+).*$", "(?<y>\\d{4})-(\\d\\d)", "\\|", "\\$", "$",
           "(", "[", "*", "\\p{L}+", "\\\"", "[{}\\[\\]]", "x*", "\\n", "[\\r\\n]+", "(?s).*a.*", "a{1,2}", "\\Qa.b\\E", "(?!b)", "\\bW", "ab"]
REPLACEMENTS = ["", "'", "x", "$1", "$0", "-$1-", "\\$", "\\\\", "$", "\\", "$2$1", "${y}", "\\\"", "\\n", "$9", "<$0>", " "]

STRING = [
    ("length", [], "int"), ("isEmpty", [], "bool"), ("toString", [], "string"), ("trim", [], "string"), ("toLowerCase", [], "string"),
    ("toUpperCase", [], "string"), ("contains", ["string"], "bool"), ("startsWith", ["string"], "bool"), ("endsWith", ["string"], "bool"),
    ("indexOf", ["string"], "int"), ("indexOf", ["string", "index"], "int"), ("lastIndexOf", ["string"], "int"), ("substring", ["index"], "string"),
    ("substring", ["index", "index"], "string"), ("replace", ["string", "string"], "string"), ("replaceAll", ["regex", "replacement"], "string"),
    ("replaceFirst", ["regex", "replacement"], "string"), ("matches", ["regex"], "bool"), ("split", ["regex"], "array"),
    ("split", ["regex", "index"], "array"), ("equals", ["any"], "bool"), ("equalsIgnoreCase", ["string"], "bool"), ("concat", ["string"], "string"),
    ("charAt", ["index"], "char"), ("compareTo", ["string"], "int"), ("isBlank", [], "bool"), ("strip", [], "string"), ("repeat", ["index"], "string"),
    ("hashCode", [], "int"), ("valueOf", ["any"], "string"), ("format", ["format", "any"], "string"), ("join", ["string", "list"], "string"),
    ("toCharArray", [], "array"), ("codePointAt", ["index"], "int"), ("lastIndexOf", ["string", "index"], "int"), ("startsWith", ["string", "index"], "bool"),
    ("subSequence", ["index", "index"], "string"), ("compareToIgnoreCase", ["string"], "int"), ("intern", [], "string"), ("getBytes", [], "array"),
    ("contentEquals", ["string"], "bool"), ("regionMatches", ["index", "string", "index", "index"], "bool"),
]
COLLECTION = [
    ("size", [], "int"), ("size", [], "int"), ("isEmpty", [], "bool"), ("contains", ["any"], "bool"), ("add", ["any"], "bool"), ("addAll", ["list"], "bool"),
    ("remove", ["any"], "bool"), ("iterator", [], "iterator"), ("toArray", [], "array"), ("toString", [], "string"), ("equals", ["any"], "bool"),
    ("clear", [], "nothing"), ("containsAll", ["list"], "bool"), ("removeAll", ["list"], "bool"), ("retainAll", ["list"], "bool"), ("hashCode", [], "int"),
]
LIST = COLLECTION + [
    ("get", ["index"], "any"), ("get", ["index"], "any"), ("set", ["index", "any"], "any"), ("add", ["index", "any"], "nothing"),
    ("remove", ["index"], "any"), ("indexOf", ["any"], "int"), ("lastIndexOf", ["any"], "int"), ("subList", ["index", "index"], "list"),
    ("addAll", ["index", "list"], "bool"), ("toJSONString", [], "string"), ("listIterator", [], "iterator"), ("clone", [], "list"),
]
MAP = [
    ("get", ["key"], "any"), ("get", ["key"], "any"), ("get", ["key"], "any"), ("put", ["key", "any"], "any"), ("put", ["key", "any"], "any"),
    ("keySet", [], "set"), ("keySet", [], "set"), ("values", [], "collection"), ("entrySet", [], "entries"), ("size", [], "int"), ("isEmpty", [], "bool"),
    ("containsKey", ["key"], "bool"), ("containsValue", ["any"], "bool"), ("remove", ["key"], "any"), ("putAll", ["map"], "nothing"),
    ("getOrDefault", ["key", "any"], "any"), ("putIfAbsent", ["key", "any"], "any"), ("toString", [], "string"), ("clear", [], "nothing"),
    ("equals", ["any"], "bool"), ("hashCode", [], "int"), ("replace", ["key", "any"], "any"), ("clone", [], "map"), ("toJSONString", [], "string"),
    ("remove", ["key", "any"], "bool"),
]
INTEGER = [
    ("parseInt", ["digits"], "int"), ("parseInt", ["digits"], "int"), ("valueOf", ["digits"], "int"), ("toString", [], "string"), ("intValue", [], "int"),
    ("longValue", [], "int"), ("doubleValue", [], "double"), ("equals", ["any"], "bool"), ("compareTo", ["int"], "int"), ("hashCode", [], "int"),
    ("parseLong", ["digits"], "int"), ("max", ["int", "int"], "int"), ("min", ["int", "int"], "int"), ("sum", ["int", "int"], "int"),
    ("toHexString", ["int"], "string"), ("toBinaryString", ["int"], "string"), ("byteValue", [], "printed"), ("shortValue", [], "printed"), ("floatValue", [], "printed"),
    ("compare", ["int", "int"], "int"), ("signum", ["int"], "int"), ("toString", ["int", "int"], "string"), ("bitCount", ["int"], "int"),
    ("parseInt", ["digits", "int"], "int"), ("abs", [], "int"), ("add", ["int"], "int"), ("mod", ["int"], "int"), ("pow", ["index"], "int"),
]
DOUBLE = [
    ("parseDouble", ["digits"], "double"), ("valueOf", ["digits"], "double"), ("toString", [], "string"), ("intValue", [], "int"), ("longValue", [], "int"),
    ("doubleValue", [], "double"), ("isNaN", [], "bool"), ("isInfinite", [], "bool"), ("compareTo", ["double"], "int"), ("equals", ["any"], "bool"),
    ("hashCode", [], "int"), ("max", ["double", "double"], "double"), ("floatValue", [], "printed"), ("toString", ["double"], "string"),
    ("compare", ["double", "double"], "int"), ("scale", [], "int"), ("toPlainString", [], "string"), ("setScale", ["index"], "double"),
    ("stripTrailingZeros", [], "double"), ("negate", [], "double"),
]
BOOLEAN = [("toString", [], "string"), ("equals", ["any"], "bool"), ("booleanValue", [], "bool"), ("parseBoolean", ["string"], "bool"),
           ("valueOf", ["string"], "bool"), ("compareTo", ["bool"], "int"), ("hashCode", [], "int"), ("logicalXor", ["bool", "bool"], "bool")]
ARRAY = [("size", [], "int"), ("get", ["index"], "any"), ("isEmpty", [], "bool"), ("contains", ["any"], "bool"), ("set", ["index", "any"], "any"),
         ("indexOf", ["any"], "int"), ("add", ["any"], "bool"), ("subList", ["index", "index"], "list"), ("equals", ["any"], "bool"), ("iterator", [], "iterator")]
ITERATOR = [("hasNext", [], "bool"), ("next", [], "any"), ("remove", [], "nothing"), ("previous", [], "any"), ("nextIndex", [], "int")]
ENTRY = [("getKey", [], "string"), ("getValue", [], "any"), ("setValue", ["any"], "any"), ("toString", [], "string"), ("equals", ["any"], "bool")]
CHAR = [("toString", [], "string"), ("charValue", [], "char"), ("equals", ["any"], "bool"), ("compareTo", ["char"], "int"), ("hashCode", [], "int"),
        ("isDigit", ["char"], "bool"), ("isLetter", ["char"], "bool"), ("toUpperCase", ["char"], "char"), ("getNumericValue", ["char"], "int")]
OTHER = [("nosuch", [], "nothing"), ("nosuch", ["any"], "nothing"), ("get", ["any"], "any"), ("toString", [], "string"), ("size", [], "int"),
         ("length", [], "int"), ("equals", ["any"], "bool"), ("count", [], "nothing"), ("isEmpty", [], "bool"), ("put", ["key", "any"], "any")]

BY_KIND = {"string": STRING, "list": LIST, "map": MAP, "int": INTEGER, "double": DOUBLE, "bool": BOOLEAN, "array": ARRAY, "set": COLLECTION,
           "entries": COLLECTION, "collection": COLLECTION, "iterator": ITERATOR, "entry": ENTRY, "char": CHAR, "nothing": OTHER, "any": OTHER}
PROPERTIES = {"list": ["empty", "size", "length", "first"], "array": ["length", "size"], "string": ["empty", "length", "bytes", "blank", "size"],
              "map": ["empty", "size", "keySet", "values", "length"], "entry": ["key", "value"], "set": ["empty", "size"], "entries": ["empty"],
              "int": ["value", "intValue"], "double": ["naN", "infinite"], "bool": ["value"], "collection": ["empty"]}
