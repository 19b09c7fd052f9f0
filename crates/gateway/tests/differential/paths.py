"""Random JSONPaths, most of them leading somewhere in a body."""
from bodies import KEYS, Literal, python_number

FIXED = ["$", "$.", "$..", "$[", "$.*", "$[*]", "$..*", "$.a", "a", "a.b", "$['a']", "$[\"a\"]", "$['a','b']", "$[0]", "$[-1]", "$[-1:]", "$[:2]",
         "$[1:]", "$[0,1]", "$..a", "$..id", "$..S", "$.Items[*].id.S", "$.Items[0]", "$.Items[?(@.id.S=='1')]", "$.Items.length()", "$.items.size()",
         "$.sp ace", "$.a.", "$.a..b", "$.a[", "$.a]", "$.a['b", "@", "@.a", "", " ", "$ ", " $.a", "$.a ", "$.a-b", "$.é", "$.x_y", "$.$", "$.Item",
         "$.Item.id.S", "$..['a']", "$..[0]", "$..[*]", "$.*.*", "$[*].a", "$.a[*]", "$.a[0:1]", "$.a[?(@)]", "$..[?(@.S)]", "$..[?(@.N>1)]", "$.a.*",
         "$.LastEvaluatedKey", "$.__type", "$.message", "$.a[99]", "$.a[1:2:3]", "$.a[ 0 ]", "$.a[ 'b' ]", "$[ 'a' ]", "$.a['']", "$['']", "$.a,b",
         "$.a()", "$.length()", "$.min()", "$.a.sum()", "$.a['b']['c']", "$a", "$$", "$.0", "$.a:b", "$.a/b", "$.a#b", "$.A", "$['it''s']",
         "$['it\\'s']", "$.Items[*]", "$.Items[:1].id", "$.Items[1:].id.S", "$.Items[0,2]", "$.Items..S", "$.Items[*].tags.SS[0]", "$.name", "$.tags"]
FILTERS = ["@.{k}", "@.{k}=={v}", "@.{k} == {v}", "@.{k}!={v}", "@.{k} > {v}", "@.{k}>={v}", "@.{k} < {v}", "@.{k}<={v}", "@.{k} =~ /a.*/i",
           "@.{k}=~/[a-z]+/", "@.{k}=={v} && @.{k}", "@.{k}>1 || @.{k}<5", "!@.{k}", "@['{k}']", "@['{k}']=={v}", "@.{k}.S=={v}", "@ == {v}", "@ > 1",
           "@.{k} in ['a','b']", "@.{k} nin [1,2]", "@.{k} size 2", "@.{k} empty true", "@.{k} exists true", "@.{k}=={v} ", " @.{k}", "@.{k}==@.n",
           "@.{k} contains 'a'", "@", "$.a", "@.{k} && @.n", "@.{k}==1 || @.{k}==2", "@.{k}=={v} && @.n>1", "(@.{k})", "@.{k}[0]", "@.{k}.length()", "@.{k}===1", "@.{k} = 1", "{v}"]
VALUES = ["'a'", "'1'", "\"a\"", "1", "2.5", "true", "null", "'x y'", "''", "-1", "a", "'it''s'", "1e3", "'u-7'", "'b'"]


class Paths:
    def __init__(self, rng):
        self.rng = rng

    def pick(self, items):
        return self.rng.choice(items)

    def path(self, value):
        """A path and the value it leads to, as far as known; a list for what is indefinite."""
        if self.rng.random() < 0.17:
            return self.pick(FIXED), None
        text = "$" if self.rng.random() < 0.97 else ""
        definite = True
        for _ in range(self.rng.choice([0, 1, 1, 2, 2, 3, 4])):
            step, value, definite_step = self.step(value)
            text += step
            definite = definite and definite_step
            if value is None and self.rng.random() < 0.7:
                break
        if self.rng.random() < 0.05:
            step, value, definite = self.filtered(value)
            text += step
        if not definite:
            value = [value] if value is not None else []
        return text.removeprefix(".") if not text.startswith("$") else text, value

    def key(self, key):
        if key.replace("_", "a").replace("-", "a").isalnum() and self.rng.random() < 0.75:
            return "." + key
        quote = self.pick(["'", "'", "'", "\""])
        return f"[{quote}{key}{quote}]"

    def step(self, value):
        roll = self.rng.random()
        if isinstance(value, dict) and value and roll < 0.8:
            key = self.pick(list(value))
            if roll < 0.04:
                other = self.pick(list(value) + KEYS)
                return f"['{key}','{other}']" if roll < 0.02 else f"['{key}', '{other}']", {key: value[key]}, True
            return self.key(key), value[key], True
        if isinstance(value, list) and value and roll < 0.8:
            index = self.rng.randrange(len(value))
            return self.items(value, index, roll)
        if roll < 0.9:
            return self.key(self.pick(KEYS)), None, True
        return self.strange(value)

    def items(self, value, index, roll):
        if roll < 0.35:
            return f"[{index}]", value[index], True
        if roll < 0.5:
            return self.pick(["[*]", "[*]", ".*"]), value[index], False
        if roll < 0.6:
            a, b = self.rng.randint(-3, 3), self.rng.randint(-3, 5)
            return self.pick([f"[{a}:]", f"[{a} : {b}]", f"[:{b}]", f"[{a}:{b}]", f"[{index}:]", f"[-{index + 1}:]", "[:]"]), value[index], False
        if roll < 0.66:
            return self.pick([f"[{index},0]", f"[0, {index}]", f"[{index},9]", f"[-1,{index}]"]), value[index], False
        if roll < 0.69:
            return f"[{self.rng.randint(-3, 6)}]", None, True
        return self.filtered(value[index])

    def filtered(self, value):
        gap = self.pick(["", "", "", " "])
        return f"[?({gap}{self.filter(value)}{gap})]", value, False

    def filter(self, value):
        keys = list(value) if isinstance(value, dict) and value else KEYS
        key = self.pick(keys)
        known = value.get(key) if isinstance(value, dict) else value
        literal = self.pick(VALUES)
        if isinstance(known, Literal) and self.rng.random() < 0.7:
            literal = str(known)
        elif isinstance(known, str) and self.rng.random() < 0.6 and "'" not in known:
            literal = f"'{known}'"
        return self.pick(FILTERS).replace("{k}", key).replace("{v}", literal)

    def strange(self, value):
        key = self.pick(list(value) if isinstance(value, dict) and value else KEYS)
        inner = value.get(key) if isinstance(value, dict) else None
        return self.pick([(f"..{key}", inner, False), ("..*", inner, False), (".*", inner, False), (f"..['{key}']", inner, False), ("[*]", inner, False),
                          (f"..[?(@.{key})]", value, False), (".length()", None, True), (f"[{self.rng.randint(-2, 4)}]", None, True), ("..[0]", None, False)])


def kind(value):
    """The type of a parsed value, as methods.py names them."""
    if isinstance(value, Literal):
        return "double" if isinstance(python_number(value), float) else "int"
    for known, name in ((bool, "bool"), (dict, "map"), (list, "list"), (str, "string"), (int, "int"), (float, "double")):
        if isinstance(value, known):
            return name
    return "nothing"
