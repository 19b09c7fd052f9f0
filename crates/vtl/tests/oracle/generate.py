#!/usr/bin/env python3
"""Makes random templates and asks Apache Velocity 1.7 (set up as API Gateway runs it) what they render.

Usage: generate.py ORACLE COUNT SEED > answers.jsonl
       generate.py ORACLE COUNT SEED patterns > patterns.jsonl
ORACLE is a program that reads {"template", "context", "stageVariables"} a line and answers {"output"} or {"error"} a line.
Templates whose answer depends on addresses in memory, or on the class of a value, are left out.
"""
import json
import random
import re
import subprocess
import sys

import patterns

CONTEXT = {
    "requestId": "r-1",
    "httpMethod": "GET",
    "identity": {"sourceIp": "10.0.0.1", "userAgent": "curl/8 (x; y)"},
    "stage": "prod",
    "n": 42,
    "authorizer": {"claims": {"sub": "u1", "groups": "a,b"}},
}
STAGE = {
    "table": "orders",
    "url": "a.example.com",
    "i": 7,
    "d": 2.5,
    "t": True,
    "f": False,
    "empty": "",
    "list": [1, "two", {"three": 3}, [4]],
    "map": {"k": "v", "nested": {"a": [1, 2]}, "x-y": 1},
    "text": "héllo wörld 😀!",
    "csv": "a,b,,c,,",
    "big": 12345678901234567890,
    "long": 3000000000,
    "nul": None,
}
PRELUDE = (
    "#set($s='Hello World')#set($e='')#set($i=3)#set($j=-7)#set($d=1.5)#set($l=[3,1,2])#set($w=['b','a','c','a'])"
    "#set($m={'a':1,'b':'x','c':[1,2]})#set($t=true)#set($f=false)#set($v=$stageVariables)#set($c=$context)"
    "#set($L=3000000000)#set($B=12345678901234567890)#set($p=$s.split(' '))#set($h=$s.charAt(1))"
)
NAMES = ["s", "e", "i", "j", "d", "l", "w", "m", "t", "f", "L", "B", "p", "h", "u", "v.table", "v.list", "v.map", "v.text",
         "v.nul", "v.d", "v.big", "c.identity", "c.n", "c.requestId", "m.a", "m.c", "l[0]", "w[-1]", "m['b']", "v.csv", "v.long"]
TEXTS = ["''", "'a'", "'b'", "'x y'", "'o'", "'l+'", "'[a-z]'", "'\\d'", "'(.)(.)'", "'$1'", "'é'", "','", "' '", "\"q$i\"", "\"$e\"",
         "'Hello World'", "'\\\\'", "'12'", "'-3'", "'1.5'", "'World'", "'.'", "'(?i)h'", "'\\s+'", "'^H'", "'d$'", "'%s-%d'", "'b'"]
STRING = {"length": 0, "isEmpty": 0, "charAt": 1, "codePointAt": 1, "substring": (1, 2), "subSequence": 2, "repeat": 1, "equals": 1,
          "equalsIgnoreCase": 1, "indexOf": (1, 2), "lastIndexOf": (1, 2), "startsWith": (1, 2), "endsWith": 1, "contains": 1,
          "contentEquals": 1, "concat": 1, "compareTo": 1, "compareToIgnoreCase": 1, "replace": 2, "matches": 1, "replaceAll": 2,
          "replaceFirst": 2, "split": (1, 2), "toLowerCase": 0, "toUpperCase": 0, "trim": 0, "strip": 0, "isBlank": 0, "toString": 0,
          "hashCode": 0, "valueOf": 1, "join": (2, 3), "intern": 0, "stripLeading": 0, "stripTrailing": 0, "nosuch": (0, 2), "format": (1, 3)}
LIST = {"size": 0, "isEmpty": 0, "get": 1, "set": 2, "add": (1, 2), "addAll": (1, 2), "remove": 1, "removeAll": 1, "retainAll": 1,
        "contains": 1, "containsAll": 1, "indexOf": 1, "lastIndexOf": 1, "clear": 0, "subList": 2, "toString": 0, "equals": 1,
        "nosuch": (0, 1), "clone": 0}
MAP = {"size": 0, "isEmpty": 0, "get": 1, "put": 2, "putAll": 1, "remove": (1, 2), "containsKey": 1, "containsValue": 1, "clear": 0,
       "keySet": 0, "values": 0, "entrySet": 0, "getOrDefault": 2, "putIfAbsent": 2, "replace": (2, 3), "toString": 0, "equals": 1}
NUMBER = {"intValue": 0, "longValue": 0, "doubleValue": 0, "toString": (0, 1), "compareTo": 1, "equals": 1, "hashCode": 0,
          "parseInt": (1, 2), "valueOf": (1, 2), "parseDouble": 1, "parseLong": 1, "max": 2, "min": 2, "sum": 2, "compare": 2,
          "toHexString": 1, "toBinaryString": 1, "isNaN": 0, "add": 1, "multiply": 1, "mod": 1, "pow": 1, "abs": 0, "byteValue": 0}
SET = {"size": 0, "isEmpty": 0, "contains": 1, "containsAll": 1, "remove": 1, "toString": 0, "equals": 1, "iterator": 0}
NOISE = ["$", "!", "{", "}", "[", "]", "(", ")", "#", "##", "\\", "a", ".b", "\n", " ", "$s", "${s}", "$!s", "$!{s}", "#if(true)", "#end",
         "#else", "#{else}", "#set($x=1)", "  #set($y='q')", "#[[", "]]#", "#*", "*#", '"', "'", ",", "1", "2.5", "-", ".", "..", "#foo",
         "#foo(", "#foreach($k in $w)", "$k", "\t", "\\\\", "\\$s", "\\#if", "#end\n", "@", "$u", "\\$u", "|", ":", "=", "$m.a", "$m.", "true",
         "#break", "#stop", "\r\n", "é", "$s.length()", "${m.a}", "#{end}", "#elseif(false)", "#define($z)", "#literal()", "#macro(q)",
         "${", "$!{", "#include", "#evaluate($s)", "#**", "*", "$$", "$\\!s", "$l[0]", "#{set}($x=2)", "#set ($x = 3)", "\u00a0"]


PATTERNS = ["a", "b", ".", "\\d", "\\w", "\\s", "[a-c]", "[^b]", "(a|b)", "(?:ab)", "a*", "b+", "c?", "a{2}", "b{1,2}", "^", "$", "\\b", "x*?",
            "a++", "(?=b)", "(?<=a)", "(a)\\1", "[[a]b]", "[a-z&&[^c]]", "\\p{Lu}", "\\p{Alpha}", "\\.", "\\Q.\\E", "|", "(?i)A", "\\x41",
            "\\u0061", "[\\d.]", "[-a]", "(?s).", "\\h", "(", "[", "{", "}", ")", "*", "\\", "\\q", "(?<n>a)", "\\k<n>", "\\/", "-", "#", "&",
            "<", "\\<", "[]a]", "(?x) a", "a{", "a{,2}", "\\Z", "(?>a|ab)", "(?!a)", "\\$", "(?i:B)", "\\D+", "\\S+"]
SUBJECTS = ["aabbcc", "a.b-c d", "AbC", "", "ab\nab\n", "a$b\\c", "123 abc", "xaaay", "{a}[b]", "\"a\"#&~<>"]
REPLACEMENTS = ["", "X", "$0", "<$1>", "\\$", "$", "\\", "${n}", "$2", "-$0-$0"]


class Maker:
    def __init__(self, rng):
        self.rng = rng
        self.depth = 0

    def pick(self, items):
        return self.rng.choice(list(items))

    def reference(self):
        name = self.pick(NAMES)
        roll = self.rng.random()
        if roll < 0.45:
            return "$" + name
        if roll < 0.55:
            return "${" + name + "}"
        if roll < 0.6:
            return "$!" + name
        return self.call("$" + name, self.pick([STRING, LIST, MAP, NUMBER, SET]) if roll > 0.9 else self.table(name))

    def table(self, name):
        first = name.split(".")[-1]
        if first in ("l", "w", "list", "p") or name == "m.c":
            return LIST
        if first in ("m", "map", "identity"):
            return MAP
        if first in ("i", "j", "d", "L", "B", "n", "big", "long", "a"):
            return NUMBER
        return STRING

    def call(self, target, table):
        method = self.pick(table)
        count = table[method]
        if isinstance(count, tuple):
            count = self.rng.randint(*count)
        if self.rng.random() < 0.03:
            count += 1
        arguments = ",".join(self.argument(table is STRING) for _ in range(count))
        text = f"{target}.{method}({arguments})"
        if method in ("keySet", "values", "entrySet") and self.rng.random() < 0.5:
            return self.call(text, SET)
        if self.rng.random() < 0.15:
            return self.call(text, self.pick([STRING, LIST, MAP, NUMBER]))
        return text

    def argument(self, texts):
        roll = self.rng.random()
        if texts and roll < 0.6 or roll < 0.2:
            return self.pick(TEXTS)
        if roll < 0.75:
            return str(self.pick([0, 1, 2, 3, 5, -1, 10, 16]))
        if roll < 0.88:
            return "$" + self.pick(NAMES)
        if roll < 0.93:
            return self.literal()
        return self.pick(["1.5", "true", "false", "null", "[1,2]", "{'a':1}", "[]", "['a','b']", "3000000000"])

    def literal(self):
        roll = self.rng.random()
        if roll < 0.3:
            return self.pick(TEXTS)
        if roll < 0.5:
            return str(self.pick([0, 1, -1, 2, 7, 100, 2147483647, 9223372036854775807, 99999999999999999999]))
        if roll < 0.6:
            return self.pick(["1.5", "-0.5", ".25", "3.", "1e3", "2.0E-5", "1e7", "123456.789", "0.0"])
        if roll < 0.7:
            return self.pick(["true", "false"])
        if roll < 0.8:
            return "[" + ",".join(self.element() for _ in range(self.rng.randint(0, 3))) + "]"
        if roll < 0.9:
            return "{" + ",".join(f"{self.pick(TEXTS)}:{self.element()}" for _ in range(self.rng.randint(0, 2))) + "}"
        return self.pick(["[1..3]", "[3..-1]", "[$i..5]", "[$j .. $i]", "[ 0 .. 2 ]"])

    def element(self):
        return self.literal() if self.rng.random() < 0.6 else self.reference()

    def expression(self):
        self.depth += 1
        try:
            roll = self.rng.random()
            if self.depth > 4 or roll < 0.35:
                return self.reference()
            if roll < 0.55:
                return self.literal()
            if roll < 0.62:
                return "(" + self.expression() + ")"
            if roll < 0.68:
                return "!" + self.expression()
            operator = self.pick(["+", "-", "*", "/", "%", "==", "!=", "<", ">", "<=", ">=", "&&", "||", "and", "or", "eq", "ne", "lt", "gt"])
            return f"{self.expression()} {operator} {self.expression()}"
        finally:
            self.depth -= 1

    def statement(self):
        self.depth += 1
        try:
            roll = self.rng.random()
            if self.depth > 3 or roll < 0.3:
                return self.reference() + self.pick([" ", "|", ";", "\n", ""])
            if roll < 0.4:
                return self.pick(["text", " a\n", "{\"k\": ", "C# ", "$5", "\t\n  ", ", "])
            if roll < 0.6:
                target = self.pick(["x", "y", "m.new", "m['z']", "l[0]", "w[1]", "l[-1]", "s", "v.map.q", "c.responseOverride.status", "p[0]", "m.q.r"])
                return f"#set(${target} = {self.expression()})" + self.pick(["", "\n", " "])
            if roll < 0.75:
                other = self.pick(["", f"#else {self.block()}", f"#{{else}}{self.block()}", f"#elseif({self.expression()}){self.block()}"])
                return f"#if({self.expression()}){self.block()}{other}#end" + self.pick(["", "\n"])
            if roll < 0.9:
                extra = self.pick(["$k,", "$velocityCount", "#if($foreach.hasNext),#end", "$foreach.index", "#if($k == 2)#break#end", "$foreach.count$foreach.last"])
                return f"#foreach($k in {self.expression() if self.rng.random() < 0.5 else '$' + self.pick(['l', 'w', 'm', 'm.keySet()', 'm.entrySet()', 'p', 'v.list'])})$k{extra}{self.block()}#end"
            if roll < 0.94:
                return f"#define($z){self.block()}#end$z" + self.pick(["", "$z"])
            return f"\"{self.pick(TEXTS)}\" [$x] [$y] $m $l $w"
        finally:
            self.depth -= 1

    def block(self):
        return "".join(self.statement() for _ in range(self.rng.randint(0, 2)))

    def matching(self):
        pattern = "".join(self.pick(PATTERNS) for _ in range(self.rng.randint(1, 4)))
        by = self.pick(REPLACEMENTS)
        use = self.pick([f"$s.replaceAll('{pattern}','{by}')", f"$s.replaceFirst('{pattern}','{by}')", f"$s.matches('{pattern}')",
                         f"#foreach($x in $s.split('{pattern}',{self.rng.randint(-1, 3)}))[$x]#end"])
        return PRELUDE + f"#set($s='{self.pick(SUBJECTS)}')" + use

    def template(self):
        roll = self.rng.random()
        if roll > 0.85:
            return self.matching()
        if roll < 0.3:
            return PRELUDE + "".join(self.pick(NOISE) for _ in range(self.rng.randint(1, 9)))
        if roll < 0.5:
            return PRELUDE + "#set($x = " + self.expression() + ")[$x]"
        if roll < 0.7:
            return PRELUDE + "|".join(self.reference() for _ in range(self.rng.randint(1, 2))) + " $l $w $m"
        if roll < 0.75:
            inner = "".join(self.pick(NOISE) for _ in range(self.rng.randint(1, 4))).replace('"', "'")
            return PRELUDE + f"#set($x = \"{inner}\")[$x]"
        return PRELUDE + "".join(self.statement() for _ in range(self.rng.randint(1, 5)))


# The hash of an array is its address.
ADDRESS = re.compile(r"(\$\{?p|split\([^)]*\)|toArray\(\))\b[^ ]*hashCode")
UNSTABLE = re.compile(r"@[0-9a-f]{2,}|class java|\[type:|stream\.|Optional")


def ask(oracle, cases):
    lines = "".join(json.dumps(case) + "\n" for case in cases)
    answers = subprocess.run([oracle], input=lines, capture_output=True, text=True, check=True).stdout
    # Not splitlines: answers hold other line terminators as they are.
    return [json.loads(answer) for answer in answers.split("\n")[:-1]]


def ask_patterns(oracle, count, rng):
    """One line a case: the template, where $v is $stageVariables, the variables, and the output, or that it fails."""
    cases = [patterns.case(rng) for _ in range(count)]
    asked = [dict(case, template=case["template"].replace("$v.", "$stageVariables.")) for case in cases]
    for case, answer in zip(cases, ask(oracle, asked)):
        kept = {"template": case["template"], **case["stageVariables"]}
        kept.update({"output": answer["output"]} if "output" in answer else {"error": True})
        print(json.dumps(kept))


def main():
    oracle, count, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    if sys.argv[4:] == ["patterns"]:
        ask_patterns(oracle, count, random.Random(seed))
        return
    maker = Maker(random.Random(seed))
    cases = [{"template": maker.template(), "context": CONTEXT, "stageVariables": STAGE} for _ in range(count)]
    answers = ask(oracle, cases)
    print(json.dumps({"context": CONTEXT, "stageVariables": STAGE, "prelude": PRELUDE}, ensure_ascii=False))
    for case, answer in zip(cases, answers):
        kept = {"template": case["template"].removeprefix(PRELUDE)}
        if "output" in answer:
            if ADDRESS.search(kept["template"]) or UNSTABLE.search(answer["output"]):
                continue
            kept["output"] = answer["output"]
        else:
            kept["error"] = answer["error"].split("\n")[0][:160]
        print(json.dumps(kept, ensure_ascii=False))


if __name__ == "__main__":
    main()
