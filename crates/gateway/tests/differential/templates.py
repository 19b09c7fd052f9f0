"""Random mapping templates: every directive, reference, operator and method, nested in one another, over known values."""
import methods
from bodies import KEYS, TEXTS
from paths import Paths, kind

NAMES = ["x", "y", "z", "item", "root", "l", "m", "s", "n", "a-b", "x_1", "elem", "k", "Integer", "v"]
UNDEFINED = ["u", "nope", "null", "u.a", "u.b.c", "u[0]", "u.f('x')", "u-1", "util.nosuch('x')", "input.nosuch", "context.nope.x",
             "stageVariables.nope", "method.request.path.id", "util.toJson('x')", "input.json()", "input.params('nope')"]
LINE_ENDS = ["\n", "\n", "\n", "\r\n", "\r", "\n\n", " \n", "\t\n"]
INTEGERS = ["0", "1", "2", "3", "5", "10", "-1", "-3", "16", "100", "1000", "2147483647", "-2147483648", "3000000000", "9223372036854775807",
            "99999999999999999999", "007", "86400"]
FLOATS = ["1.5", "0.5", ".5", "2.0", "3.", "1e3", "-2.5", "1.0E10", "1e-5", "0.1", "100.0", "1e308", "123456789.123", "2.5e-3", "0.0"]
TEXT = ["text", " ", "{", "}", ", ", "\": \"", "\n", "  ", "\t", "$5.00", "$", "#", "C#", "a#b", "#13ff93", "\\", "\\\\", "'", "\"", "é", "😀", "$-",
        "$.a", "$[0]", "${}", "#pk = :pk", "\"#d\"", "[", "]", "(", ")", "<b>", "&amp;", "%", "@", "|", ":", "-", ".", "..", "!", "=", "\u00a0",
        "\r\n", "\r", "\\$x", "\\\\$x", "\\#if", "\\#set($x=1)", "$$", "##", "$!", "$!!x", "*#", "]]#", "#end1", "#elseno", "#foo", "#foo('a')",
        "user@example.com", "\\n", "\\\"", "null", "true", "1", "-1", "#{foo}", "$\\", "\\ ", "#@x", "#(", "$(", "# if", "#\n", "#IF(true)", "\u0001"]


class Templates:
    """Makes templates over one case's values: `values` has body (parsed), params, context and stageVariables."""

    def __init__(self, rng, values):
        self.rng = rng
        self.values = values
        self.paths = Paths(rng)
        self.variables = {}
        self.loops = 0
        self.depth = 0
        self.budget = rng.choice([6, 12, 25, 45])

    def pick(self, items):
        return self.rng.choice(items)

    def chance(self, share):
        return self.rng.random() < share

    def gap(self):
        """Space between tokens."""
        roll = self.rng.random()
        return "" if roll < 0.75 else " " if roll < 0.93 else self.pick(["  ", "\t", "\n", " \n ", "\r\n"])

    def end_of_line(self):
        """What may follow a directive."""
        roll = self.rng.random()
        return "" if roll < 0.55 else self.pick(LINE_ENDS) if roll < 0.85 else self.pick([" ", "  ", "\t", "\n  ", " x", "\n\t\n"])

    # Values.

    def text_literal(self, text=None):
        text = self.pick(TEXTS[:20] + KEYS + methods.REGEXES[:20]) if text is None else text
        text = text.replace("\u2028", "")
        if self.chance(0.6) or "$" in text or "#" in text or "\"" in text:
            return "'" + text.replace("'", "''") + "'"
        return "\"" + text + "\""

    def interpolated(self):
        """A double-quoted string with references, directives and anything in it."""
        parts = []
        for _ in range(self.rng.randint(1, 4)):
            roll = self.rng.random()
            if roll < 0.5:
                parts.append(self.reference())
            elif roll < 0.65 and self.depth < 4:
                parts.append(self.statement())
            else:
                parts.append(self.pick(["a", " ", "#", "-", "USER#", "\"\"", "''", "\\n", "\\", "$", ":", ".", "é", "\\u0041", "\n", "$5", "##", "/", "\\u00e9"]))
        text = "".join(parts)
        return "\"" + (text if self.chance(0.3) else text.replace("\"", "'").replace("''''", "\"\"")) + "\""

    def walk(self, name, value):
        """A chain into a map that is known: properties, subscripts and get."""
        chain = name
        while True:
            if isinstance(value, dict) and (self.chance(0.85) or not chain):
                key = self.pick(list(value) or KEYS) if self.chance(0.93) else self.pick(KEYS)
                value = value.get(key)
                chain += self.member(key)
            elif isinstance(value, list) and self.chance(0.8):
                index = self.rng.randint(-1, max(len(value) - 1, 0)) if self.chance(0.95) else 9
                value = value[index] if -len(value) <= index < len(value) else None
                chain += f"[{index}]" if self.chance(0.7) else f".get({index})"
            else:
                return chain, kind(value)
            if self.chance(0.3):
                return chain, kind(value)

    def member(self, key):
        is_name = key[:1].isalpha() and key.isascii() and key.replace("_", "a").replace("-", "a").isalnum()
        roll = self.rng.random()
        if is_name and roll < 0.6:
            return "." + key
        quoted = self.text_literal(key)
        return f".get({quoted})" if roll < 0.85 else f"[{self.gap()}{quoted}{self.gap()}]"

    def source(self):
        """A chain that leads to a value, and its kind."""
        roll = self.rng.random()
        if self.variables and roll < 0.4:
            name = self.pick(list(self.variables))
            return name, self.variables[name]
        if roll < 0.58:
            return self.from_input()
        if roll < 0.64:
            return self.walk("input.params()", self.values["params"])
        if roll < 0.68:
            place = self.values["params"].get(self.pick(["path", "querystring", "header"]), {})
            return f"input.params({self.text_literal(self.pick(list(place) or ['id']))})", "string"
        if roll < 0.77:
            return self.walk("context", self.values["context"])
        if roll < 0.8:
            return self.pick([("context.responseOverride", "map"), ("context.requestOverride.header", "map"), ("context.responseOverride.status", "any"),
                              ("context.requestOverride", "map"), ("context.requestOverride.path", "map"), ("context", "map"),
                              ("context.requestOverride.querystring", "map"), ("context.responseOverride.header", "map")])
        if roll < 0.86:
            return self.walk("stageVariables", self.values["stageVariables"])
        if roll < 0.91:
            return self.utility()
        if roll < 0.94 and self.loops:
            return self.pick([("foreach." + name, "int") for name in ("index", "count")] + [("foreach." + name, "bool") for name in ("hasNext", "first", "last")]
                             + [("velocityCount", "int"), ("velocityHasNext", "bool"), ("foreach.parent.count", "int"), ("foreach", "nothing"),
                                ("foreach.topmost.count", "int"), ("foreach.hasNext()", "nothing"), ("foreach.parent", "nothing"), ("foreach.index()", "nothing")])
        if roll < 0.95:
            return self.pick(["input", "util", "input.body", "input.getBody()", "stageVariables", "context"]), "any"
        return self.pick(UNDEFINED), "nothing"

    def from_input(self):
        roll = self.rng.random()
        path, value = self.paths.path(self.values["body"])
        quote = "\"" if "'" in path and "\"" not in path else "'"
        path = path.replace(quote, quote * 2) if self.chance(0.95) else path
        if roll < 0.62:
            chain = f"input.path({self.gap()}{quote}{path}{quote}{self.gap()})"
            return (chain, kind(value)) if self.chance(0.6) else self.walk(chain, value)
        if roll < 0.85:
            return f"input.json({quote}{path}{quote})", "string"
        if roll < 0.92:
            return f"input.path(\"{self.pick(['$.', '$.a[', '$..', '$'])}{self.reference()}{self.pick(['', ']', '.id'])}\")", "any"
        return self.pick([("input.body", "string"), (f"input.path({self.argument('any')})", "any"), (f"input.json({self.argument('any')})", "string"),
                          (f"input.params({self.argument('any')})", "string")])

    def utility(self):
        roll = self.rng.random()
        if roll < 0.3:
            return f"util.parseJson({self.pick([self.text_literal(self.pick(STRANGE_JSON)), '$input.body', self.argument('string')])})", "any"
        name = self.pick(["escapeJavaScript", "escapeJavaScript", "urlEncode", "urlDecode", "base64Encode", "base64Decode", "qr", "parseJson"])
        return f"util.{name}({self.argument('string')})", "string"

    def chain(self):
        """A chain, often with properties and method calls after it."""
        self.depth += 1
        try:
            chain, known = self.source()
            # Byte, Short and Float are Integer and Double to Vestibule: what is called on them may differ.
            while self.depth < 5 and known != "printed" and self.chance(0.38):
                chain, known = self.longer(chain, known)
            return chain, known
        finally:
            self.depth -= 1

    def longer(self, chain, known):
        roll = self.rng.random()
        if "(" not in chain and "." not in chain and chain not in self.variables and roll < 0.2:
            return chain, known
        if roll < 0.1:
            return chain + f"[{self.index()}]", "any"
        if roll < 0.18:
            return chain + "." + self.pick(methods.PROPERTIES.get(known, []) + ["a", "id", "S", "size"]), "any"
        table = methods.BY_KIND.get(known, methods.OTHER) if self.chance(0.88) else self.pick(list(methods.BY_KIND.values()))
        name, arguments, answer = self.pick(table)
        given = [self.argument(argument) for argument in arguments]
        if self.chance(0.02):
            given.append(self.argument("any"))
        inside = f"{self.gap()},{self.gap()}".join(given)
        return f"{chain}.{name}({self.gap() if given else ''}{inside})", answer

    def index(self):
        roll = self.rng.random()
        if roll < 0.35:
            return self.pick(["0", "1", "-1", "2", "9", " 0 ", "-2"])
        if roll < 0.7:
            return self.text_literal(self.pick(KEYS))
        return "$" + self.chain()[0] if roll < 0.9 else self.pick(["true", "\"$k\"", "\"${n}\"", "$foreach.index", "1.5", "null", "$velocityCount"])

    def argument(self, wanted):
        roll = self.rng.random()
        if roll < 0.1 and self.depth < 5:
            return self.reference()
        if roll < 0.14:
            return self.pick(["null", "true", "false", "foo", "[1,2]", "{'a':1}", "[]", "{}", "[1..3]", "1.5", "$u", "''"])
        if wanted in ("index", "int"):
            return self.pick(["0", "1", "2", "3", "-1", "5", "16"]) if wanted == "index" or self.chance(0.6) else self.pick(INTEGERS)
        if wanted == "string":
            return self.text_literal() if self.chance(0.6) else self.interpolated() if self.chance(0.3) and self.depth < 4 else self.reference()
        if wanted in ("regex", "replacement"):
            return self.text_literal(self.pick(methods.REGEXES if wanted == "regex" else methods.REPLACEMENTS))
        if wanted == "key":
            return self.text_literal(self.pick(KEYS)) if self.chance(0.8) else self.reference()
        if wanted == "digits":
            return self.text_literal(self.pick(["1", "12", "-3", "0", "2147483648", "1.5", "x", "", "ff", " 1", "+5", "1e3", "007"])) if self.chance(0.8) else self.reference()
        if wanted == "format":
            return self.text_literal(self.pick(["%s", "%d", "%05d", "%.2f", "%x", "a%sb", "%10s|", "%%", "%n", "%q", "%b", "%,d", "%-5s|", "%s %s"]))
        if wanted == "double":
            return self.pick(FLOATS)
        if wanted in ("list", "map"):
            return self.list_literal() if wanted == "list" else self.map_literal()
        if wanted == "bool":
            return self.pick(["true", "false"])
        return self.literal() if self.chance(0.5) or self.depth > 4 else self.reference()

    def element(self):
        self.depth += 1
        try:
            return self.literal() if self.depth > 4 or self.chance(0.55) else self.reference()
        finally:
            self.depth -= 1

    def list_literal(self):
        inside = f"{self.gap()},{self.gap()}".join(self.element() for _ in range(self.rng.randint(0, 3)))
        return f"[{self.gap()}{inside}{self.gap()}]"

    def map_literal(self):
        pairs = []
        for _ in range(self.rng.randint(0, 3)):
            key = self.text_literal(self.pick(KEYS)) if self.chance(0.85) else self.element()
            pairs.append(f"{key}{self.gap()}:{self.gap()}{self.element()}")
        return f"{{{self.gap()}{(',' + self.gap()).join(pairs)}{self.gap()}}}"

    def range_literal(self):
        end = [self.pick(["0", "1", "2", "3", "5", "-1", "-2"]) if self.chance(0.75) else self.reference() for _ in range(2)]
        return f"[{self.gap()}{end[0]}{self.gap()}..{self.gap()}{end[1]}{self.gap()}]"

    def literal(self):
        roll = self.rng.random()
        if roll < 0.3 or self.depth > 4:
            return self.text_literal()
        if roll < 0.4:
            return self.interpolated()
        if roll < 0.55:
            return self.pick(INTEGERS)
        if roll < 0.64:
            return self.pick(FLOATS)
        if roll < 0.7:
            return self.pick(["true", "false"])
        return self.list_literal() if roll < 0.82 else self.map_literal() if roll < 0.93 else self.range_literal()

    def reference(self):
        chain, _ = self.chain()
        return self.as_reference(chain)

    def as_reference(self, chain):
        roll = self.rng.random()
        return "$" + chain if roll < 0.65 else "${" + chain + "}" if roll < 0.82 else "$!" + chain if roll < 0.92 else "$!{" + chain + "}"

    # Expressions.

    def expression(self):
        self.depth += 1
        try:
            roll = self.rng.random()
            if self.depth > 5 or roll < 0.4:
                return self.reference()
            if roll < 0.52:
                return self.literal()
            if roll < 0.57:
                return f"({self.gap()}{self.expression()}{self.gap()})"
            if roll < 0.63:
                return self.pick(["!", "!", "not ", "! "]) + self.expression()
            space = " " if self.chance(0.8) else self.gap()
            return f"{self.expression()}{space}{self.operator()}{space}{self.expression()}"
        finally:
            self.depth -= 1

    def operator(self):
        return self.pick(["==", "==", "==", "!=", "!=", "&&", "||", "+", "-", "*", "/", "%", "<", ">", "<=", ">=", "eq", "ne", "lt", "gt", "le", "ge", "and", "or"])

    def condition(self):
        roll = self.rng.random()
        if roll < 0.3:
            return self.reference()
        if roll < 0.65:
            other = self.pick(["''", "\"\"", "$null", "$u", "'a'", "1", "0", "'[S]'", "true", "false", "'1'", "[]", "{}"]) if self.chance(0.6) else self.expression()
            return f"{self.pick([self.reference(), self.interpolated()])} {self.pick(['==', '!=', '<', '>', '<=', '>='])} {other}"
        return self.expression()

    # Statements.

    def statement(self):
        self.depth += 1
        self.budget -= 1
        try:
            roll = self.rng.random()
            if self.budget < 0 or self.depth > 5 or roll < 0.3:
                return self.reference() + self.pick(["", "", " ", "|", ";", ",", "\n", "\"", ".", "-", "(", "[", "()", ".x", "{", "}", "#", "$", "\\", "/", ":"])
            if roll < 0.4:
                return self.pick(TEXT) if self.chance(0.5) else self.pick(["{\"k\": ", "\"a\":\"b\",\n", "  ", " text ", "\n", ",", "}", "|"])
            for limit, make in ((0.6, self.set), (0.72, self.branch), (0.84, self.loop), (0.87, self.define), (0.91, self.override), (0.94, self.comment),
                                (0.97, self.mutation)):
                if roll < limit:
                    return make()
            return self.rare()
        finally:
            self.depth -= 1

    def block(self):
        return "".join(self.statement() for _ in range(self.pick([0, 1, 1, 2, 3])))

    def set(self):
        name = self.pick(NAMES)
        roll = self.rng.random()
        if roll < 0.5:
            chain, known = self.chain()
            value = self.as_reference(chain)
        elif roll < 0.75:
            value, known = self.literal(), "any"
            known = {"[": "list", "{": "map", "'": "string", "\"": "string"}.get(value[0], "double" if "." in value else "int" if value[-1].isdigit() else "bool")
        else:
            value, known = self.expression(), "any"
        left = name
        if self.variables and self.chance(0.25):
            left = self.target()
        elif "-" not in value or self.chance(0.5):
            self.variables[name] = known
        hash_set = "#set" if self.chance(0.95) else "#{set}"
        quiet = self.pick(["$", "$", "$", "$", "$!", "${"]) if self.chance(0.2) else "$"
        close = "}" if quiet == "${" else ""
        return f"{hash_set}{self.pick(['', '', ' '])}({self.gap()}{quiet}{left}{close}{self.pick([' = ', '=', ' =', '= ', self.gap() + '=' + self.gap()])}{value}{self.gap()}){self.end_of_line()}"

    def target(self):
        name = self.pick(list(self.variables))
        step = self.pick([".a", ".b", ".c.d", "['a']", "[\"$k\"]", "[0]", "[-1]", "[$n]", ".x-y", "['x y']", ".get('a').b", "[0].id", "[1]", ".id", "[9]", ".key", ".empty"])
        return name + step

    def override(self):
        place = self.pick(["responseOverride.status", "responseOverride.header.{k}", "responseOverride.header['{k}']", "responseOverride.header[$k]", "requestOverride.header.{k}",
                           "requestOverride.path.{k}", "requestOverride.querystring.{k}", "requestOverride.querystring[\"{k}\"]", "requestOverride.custom",
                           "responseOverride.custom", "['requestOverride'].querystring['{k}']", "responseOverride", "requestOverride.header", "custom"])
        place = place.replace("{k}", self.pick(["id", "x-amzn-ErrorType", "Location", "k", "body", "a_b", "Content-Type"]))
        dot = "" if place.startswith("[") else "."
        roll = self.rng.random()
        if roll < 0.75:
            return f"#set($context{dot}{place} = {self.expression() if self.chance(0.6) else self.literal()}){self.end_of_line()}"
        where = self.pick(["responseOverride.header", "requestOverride.path", "requestOverride.querystring", "requestOverride", "responseOverride", "requestOverride.header"])
        if roll < 0.9:
            return f"$context.{where}.put({self.argument('key')},{self.argument('any')})"
        return self.pick([f"$context.{where}.remove('header')", f"$context.{where}.keySet()", f"$context.{where}.entrySet()", f"$context.{where}.putAll({self.map_literal()})",
                          f"$context.{where}", f"$context.{where}.size()", f"#foreach($e in $context.{where}.entrySet())$e.key=$e.value;#end"])

    def branch(self):
        open_if = self.pick(["#if", "#if", "#if", "#if", "#{if}"])
        made = f"{open_if}{self.pick(['', '', ' '])}({self.gap()}{self.condition()}{self.gap()}){self.end_of_line()}{self.block()}"
        while self.chance(0.22):
            made += f"#elseif{self.pick(['', ' '])}({self.condition()}){self.end_of_line()}{self.block()}"
        if self.chance(0.5):
            made += self.pick(["#else", "#else ", "#{else}", "#else\n"]) + self.block()
        return made + self.closing()

    def closing(self):
        return self.pick(["#end", "#end", "#end", "#{end}"]) + self.end_of_line()

    def loop(self):
        name = self.pick(["i", "e", "k", "elem", "x", "entry", "row"])
        roll = self.rng.random()
        if roll < 0.55:
            chain, known = self.chain()
            over = self.as_reference(chain)
            if known == "map" and self.chance(0.6):
                way, known = self.pick([("keySet", "set"), ("entrySet", "entries"), ("values", "collection")])
                over = f"${chain}.{way}()"
        else:
            over, known = self.pick([(self.range_literal, "int"), (self.list_literal, "list"), (self.map_literal, "map")])
            over = over()
        before = dict(self.variables)
        self.variables[name] = {"set": "string", "entries": "entry", "int": "int"}.get(known, "any")
        self.loops += 1
        body = self.block()
        if self.chance(0.4):
            body += self.pick(["$foreach.index", "#if($foreach.hasNext),#end", "$foreach.count", "$velocityCount", f"#if(${name} == 2)#break#end", "#if($foreach.last)!#end",
                               "#if($foreach.first)^#end", "$foreach.parent.index", f"${name}.key=${name}.value", f"[${name}]", "#if($velocityHasNext), #end", "#break"])
        self.loops -= 1
        self.variables = {**before, **{known: value for known, value in self.variables.items() if known != name}}
        word = "in" if self.chance(0.97) else self.pick(["of", "IN", "x"])
        return f"#foreach{self.pick(['', '', ' '])}({self.gap()}${name} {word} {over}{self.gap()}){self.end_of_line()}{body}{self.closing()}"

    def define(self):
        name = self.pick(["block", "d", "x", "z"])
        made = f"#define{self.pick(['', ' '])}({self.gap()}${name}{self.gap()}){self.end_of_line()}{self.block()}{self.closing()}"
        self.variables[name] = "nothing"
        return made + self.pick(["", f"${name}", f"${name}${name}", f"\"${name}\"", f"${name}()", f"#set($y = ${name})$y", f"#set($y = \"${name}\")$y.length()"])

    def mutation(self):
        chain, known = self.chain()
        call = self.longer(chain, known)[0] if known != "printed" else chain
        return self.pick([f"$util.qr(${call})", f"#set($bar = ${call})", f"${call}", f"$!{call}"]) + self.pick(["", f" ${chain}", "$input.json('$')", "$input.path('$')"])

    def comment(self):
        inner = self.pick(["c", " $x #if ", "", " * ", "\n", " #end ", "#set($x=1)", "$"])
        return self.pick([f"##{inner}\n", f"#*{inner}*#", f"#**{inner}*#", f"##{inner}\r\n", f"#*{inner}*#\n", f"  ##{inner}\n", "##", f"#[[{inner}]]#", f"#[[{inner}"
                          + self.statement() + "]]#"])

    def rare(self):
        roll = self.rng.random()
        if roll < 0.15:
            return self.pick(["#stop", "#break", "#{stop}", "#{break}", "#if(false)#stop#end", "#stop "])
        if roll < 0.3:
            return f"#literal(){self.block()}#end"
        if roll < 0.4:
            return f"#macro(m $a){self.block()}#end#m({self.literal()})"
        if roll < 0.5:
            return self.pick(["#parse", "#include", "#include ", "#evaluate", "#nosuch", "#return"]) + self.pick(["", f"({self.literal()})", f"({self.reference()})", " ", "()"])
        if roll < 0.6:
            return "#set($Integer = 0)$Integer." + self.pick(["parseInt", "valueOf", "parseInt"]) + f"({self.argument('digits')})"
        if roll < 0.8:
            return "[" + self.expression_printed() + "]"
        if roll < 0.83:
            return self.pick(["#set($x = 'abc ", "#set($y = \"a$x ", "$x.f('a) "])
        return self.interpolated() + f"\"$x\" '{self.reference()}'"

    def expression_printed(self):
        return f"#set($y = {self.expression()})$y"

    def template(self):
        lead = "#set($root = $input.path('$'))" + self.end_of_line() if self.chance(0.4) else ""
        if lead:
            self.variables["root"] = kind(self.values["body"])
        if self.chance(0.2):
            lead += "#set($s = 'Hello World')#set($n = 1)#set($l = ['b', 'a', 3])#set($m = {'a': 1, 'b': [1, 'x']})"
            self.variables.update({"s": "string", "n": "int", "l": "list", "m": "map"})
        return lead + "".join(self.statement() for _ in range(self.pick([1, 2, 3, 4, 6])))


STRANGE_JSON = ["{\"a\":1}", "[1,2,{\"b\":\"c\"}]", "{a:b}", "not json", "12", "1.50", "", " ", "{", "null", "\"x\"", "true", "[]", "{}", "{\"a\":{\"b\":[1.0,null]}}", "[\"a/b\"]"]
