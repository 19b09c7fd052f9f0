#!/usr/bin/env python3
"""Calls every Java member that a template can reach, with right and wrong arguments, and asks Velocity 1.7 what it answers.

Usage: surface.py ORACLE MEMBERS COUNT SEED > surface.jsonl
ORACLE is a program that reads {"template"} a line and answers {"output"} or {"error"} a line.
MEMBERS is a program that reads a receiver's setup a line and answers {"methods": [{"name", "params", "returns"}]} a line:
what reflection lists of the value that the setup leaves in $r (Members.java). COUNT is how often each method is called.
What prints an address in memory is asked again without printing it; what still differs from run to run is left out.
"""
import json
import random
import re
import subprocess
import sys

PRELUDE = (
    "#set($a='a')#set($c=$a.charAt(0))#set($t='a b')#set($p=$t.split(' '))#set($bytes=$t.getBytes())#set($chars=$t.toCharArray())"
    "#set($big=12345678901234567890)#set($dec=$util.parseJson('[1.23456789012345678901]').get(0))#set($L=3000000000)"
)
# What a template can get hold of: statements that leave it in $r.
RECEIVERS = [
    "#set($r='Hello World')", "#set($r='')", "#set($r='12')", "#set($r='-0x1F')", "#set($r=' 1.5 ')", "#set($r='true')",
    "#set($r='aXé😀ß')", "#set($r=\"  a\n b\t\")", "#set($r='a,b,,c,,')", "#set($r='%s-%5d|%-4s|')", "#set($r='ABC')",
    "#set($r=$c)", "#set($q='éA')#set($r=$q.charAt(0))", "#set($q='é9')#set($r=$q.charAt(1))", "#set($q='😀')#set($r=$q.charAt(0))",
    "#set($r=$p)", "#set($r=[3,1,2])", "#set($r=['b','a','c','a'])", "#set($r=[])", "#set($r=[1..3])", "#set($r=[1,'a',[2],{'k':1}])",
    "#set($r=$util.parseJson('[3,1,2]'))", "#set($r=$util.parseJson('[\"b\",\"a\",null]'))", "#set($r=$util.parseJson('[]'))",
    "#set($r=$util.parseJson('{\"a\":1,\"b\":\"x\"}'))", "#set($r={'a':1,'b':'x','c':[1,2]})", "#set($r={})", "#set($r={1:'one',2:'two'})",
    "#set($r=$input.params())", "#set($r=$context.identity)",
    "#set($q={'a':1,'b':'x'})#set($r=$q.keySet())", "#set($q={'a':1,'b':'x'})#set($r=$q.values())", "#set($q={'a':1,'b':'x'})#set($r=$q.entrySet())",
    "#set($r=$context.identity.keySet())", "#set($r=$context.identity.entrySet())", "#set($r=$context.identity.values())",
    "#set($q={'a':1})#foreach($e in $q.entrySet())#set($r=$e)#end", "#foreach($e in $context.identity.entrySet())#set($r=$e)#end",
    "#set($q={'a':1,'b':2})#set($r=$q.keySet().iterator())", "#set($q={'a':1})#set($r=$q.entrySet().iterator())",
    "#set($q=[3,1,2])#set($r=$q.iterator())", "#set($q=[3,1,2])#set($r=$q.listIterator())", "#set($q=[3,1,2])#set($r=$q.listIterator(1))",
    "#set($q=[3,1,2])#set($r=$q.listIterator())#set($x=$r.next())", "#set($q=[3,1,2])#set($r=$q.iterator())#set($x=$r.next())",
    "#set($q=[3,1,2,5])#set($r=$q.subList(1,3))", "#set($r=$p.subList(0,2))", "#set($r=$p.iterator())", "#set($r=$p.listIterator())",
    "#set($q=[3,1,2])#set($r=$q.toArray())", "#set($r=3)", "#set($r=-7)", "#set($r=0)", "#set($r=2147483647)", "#set($r=$L)", "#set($r=$big)",
    "#set($r=1.5)", "#set($r=-0.0)", "#set($r=1e300)", "#set($r=$dec)",
    "#set($r=true)", "#set($r=false)",
    "#set($r=$bytes)", "#set($r=$chars)",
    "#foreach($k in ['a','b'])#if($foreach.first)#set($r=$foreach)#end#end",
]
NUMBERS = ["0", "1", "2", "-1", "3", "10", "16", "36", "97", "2147483647", "-2147483648"]
ANYTHING = ["'a'", "''", "'b'", "'1'", "1", "0", "-1", "3000000000", "$big", "1.5", "true", "false", "$null", "$c", "$p", "[1]", "['a','b']", "[]",
            "{'a':1}", "{}", "$dec", "$bytes", "$chars", "$r"]
BY_TYPE = {
    "int": NUMBERS + ["$c"], "long": NUMBERS + ["3000000000"], "short": ["1"], "byte": ["1"],
    "char": ["$c", "$p[1].charAt(0)"], "double": ["1.5", "2", "-0.5", "3000000000", "0.0"], "float": ["1", "1.5"],
    "boolean": ["true", "false"],
    "java.lang.String": ["'a'", "''", "'o'", "'l'", "'Hello World'", "'hello world'", "'12'", "'-7'", "'1.5'", "'true'", "'ff'", "'%s'", "'%d %s'", "'é'", "'x'",
                         "$null"],
    "java.lang.CharSequence": ["'a'", "''", "'o'", "'Hello World'", "$null"],
    "java.lang.Object": ["'a'", "'b'", "1", "3", "'x'", "$null", "[1,2]", "$c", "1.5", "true", "$r", "{'k':1}"],
    "[Ljava.lang.Object;": ["$p", "['a']", "$null", "'a'", "1"], "[Ljava.lang.CharSequence;": ["$p", "'a'", "$null"],
    "java.lang.Iterable": ["['a','b']", "[]", "[1]", "$p", "$null", "{'a':1}", "['a',$null]"],
    "java.util.Collection": ["['a']", "['a','b']", "[1,3]", "[]", "$null", "$r", "$p", "{'a':1}.x", "[1,'a']"],
    "java.util.Map": ["{'a':9}", "{}", "{'z':'y','a':2}", "$null", "$r", "$context.identity"],
    "java.math.BigInteger": ["$big", "$null", "12345678901234567891", "-99999999999999999999"],
    "java.math.BigDecimal": ["$dec", "$null"], "[B": ["$bytes", "$null"], "[C": ["$chars", "$null"], "java.util.Comparator": ["$null"],
    "java.lang.Boolean": ["true", "false", "$null"], "java.lang.Integer": ["1", "3", "$null"], "java.lang.Long": ["3000000000", "$null"],
    "java.lang.Double": ["1.5", "$null"], "java.lang.Character": ["$c", "$null"],
}
INDEXES = ["0", "1", "-1", "9", "'a'", "'0'", "$null", "1.5", "true", "$c", "3000000000"]
# By decision (reflection) or for what they are (threads, clocks, locales).
LEFT_OUT = {"getClass", "wait", "notify", "notifyAll"}
# Refused by name, as docs/compatibility.md says: the calls are not made.
REFUSED = {
    "java.lang.String": {"chars", "codePoints", "lines", "describeConstable", "resolveConstantDesc", "transform", "getChars", "getBytes"},
    "java.lang.Character": {"getName", "codePointOf", "getType", "getDirectionality", "isMirrored", "isJavaLetter", "isJavaLetterOrDigit",
                            "isJavaIdentifierStart", "isJavaIdentifierPart", "isUnicodeIdentifierStart", "isUnicodeIdentifierPart",
                            "isIdentifierIgnorable", "isIdeographic", "codePointAt", "codePointBefore", "codePointCount", "offsetByCodePoints",
                            "highSurrogate", "lowSurrogate", "toChars", "describeConstable"},
    "java.lang.Integer": {"getInteger", "describeConstable", "resolveConstantDesc"},
    "java.lang.Long": {"getLong", "describeConstable", "resolveConstantDesc"},
    "java.lang.Double": {"describeConstable", "resolveConstantDesc"},
    "java.lang.Boolean": {"getBoolean", "describeConstable"},
    "java.math.BigInteger": {"isProbablePrime", "nextProbablePrime", "probablePrime", "sqrtAndRemainder", "modPow", "modInverse", "divideAndRemainder", "toByteArray"},
    "java.math.BigDecimal": {"divide", "divideToIntegralValue", "divideAndRemainder", "remainder", "pow", "sqrt", "round", "scaleByPowerOfTen",
                             "toEngineeringString", "toBigIntegerExact", "longValueExact", "intValueExact", "shortValueExact", "byteValueExact"},
    "org.apache.velocity.runtime.directive.ForeachScope": {"getReplaced", "getInfo"},
}
REFUSED_BY_ALL = {"stream", "parallelStream", "spliterator", "of", "copyOf", "entry", "ofEntries", "comparingByKey", "comparingByValue", "merge"}
SEEN = "[$x]#foreach($q in $x)<$q>#end|$r"
UNSEEN = "#foreach($q in $x)<$q>#end"
# The hash of `values()` is its address. Floats, and the text of doubles that Java before 19 writes longer, are not kept.
UNSTABLE_CALL = re.compile(r"values\(\)\)#set\(\$x='-'\)#set\(\$x=\$r\.hashCode|floatValue|longBitsToDouble")
UNSTABLE = re.compile(r"@[0-9a-f]{2,}|class java|\[type:|Lambda")


def argument(rng, kind):
    if rng.random() < 0.2 or kind not in BY_TYPE:
        return rng.choice(ANYTHING)
    return rng.choice(BY_TYPE[kind])


def calls(rng, method, count):
    kinds = method["params"]
    for _ in range(count if kinds else 1):
        given = [argument(rng, kind) for kind in kinds]
        if method["name"] == "pow":
            # Larger powers pass the limit of a number's length.
            given = [rng.choice(NUMBERS[:6])]
        if kinds and kinds[-1].startswith("[L") and rng.random() < 0.7:
            given[-1:] = [rng.choice(ANYTHING) for _ in range(rng.randint(0, 3))]
        yield f"$r.{method['name']}({','.join(given)})"
    yield f"$r.{method['name']}({','.join(argument(rng, kind) for kind in [*kinds, ''])})"
    if kinds:
        yield f"$r.{method['name']}({','.join(argument(rng, kind) for kind in kinds[1:])})"


def properties(method):
    for prefix in ("get", "is"):
        name = method["name"].removeprefix(prefix)
        if not method["params"] and name != method["name"] and name:
            yield f"$r.{name}"
            yield f"$r.{name[0].lower()}{name[1:]}"


def templates(rng, members, count):
    """Pairs of a template without what it prints at its end, and whether that may be an address."""
    for setup, of_class, methods in members:
        refused = LEFT_OUT | REFUSED_BY_ALL | REFUSED.get(of_class, set())
        for method in methods:
            if method["name"] in refused:
                continue
            is_seen = not method["returns"].startswith("[")
            for call in [*calls(rng, method, count), *properties(method)]:
                yield f"{setup}#set($x='-')#set($x={call})", is_seen
        for index in INDEXES:
            yield f"{setup}#set($x='-')#set($x=$r[{index}])", True
            yield f"{setup}#set($r[{index}]={rng.choice(ANYTHING)})", True
        for name in ("a", "b", "x", "key", "value", "empty", "length", "size", "Empty", "first"):
            yield f"{setup}#set($x='-')#set($x=$r.{name})", True
            yield f"{setup}#set($r.{name}={rng.choice(ANYTHING)})", True
        for operation in ("$r + 1", "$r == 'a'", "$r == 1", "!$r", "$r < 2", "\"$r\"", "$r * $r", "$r == $r", "$r + 'a'"):
            yield f"{setup}#set($x='-')#set($x={operation})", True


def ask(program, lines):
    text = "".join(line + "\n" for line in lines)
    run = subprocess.run(program, input=text, capture_output=True, text=True, check=True)
    return [json.loads(answer) for answer in run.stdout.split("\n")[:-1]]


def members_of(program):
    receivers = [json.dumps(PRELUDE + receiver) for receiver in RECEIVERS]
    return [(receiver, answer["class"], answer["methods"]) for receiver, answer in zip(RECEIVERS, ask(program, receivers))]


CONTEXT = {"identity": {"a": "b"}}


def cases(oracle, members, count, seed):
    chosen = list(dict.fromkeys(templates(random.Random(seed), members_of(members), count)))
    kept = []
    for seen in (True, False):
        asked = [own + (SEEN if seen else UNSEEN) for own, is_seen in chosen if is_seen or not seen]
        lines = [json.dumps({"template": PRELUDE + template, "context": CONTEXT}) for template in asked]
        unstable = []
        for template, answer in zip(asked, ask([oracle], lines)):
            # json-smart cannot write arrays of scalars; here it can.
            if UNSTABLE_CALL.search(template) or "ClassCastException: class [" in answer.get("error", ""):
                continue
            if "output" in answer and UNSTABLE.search(answer["output"]):
                unstable.append((template.removesuffix(SEEN), False))
            else:
                kept.append((template, answer))
        chosen = [(own, False) for own, is_seen in chosen if not is_seen and seen] + unstable
    return kept


def main():
    oracle, members, count, seed = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    print(json.dumps({"prelude": PRELUDE, "seen": SEEN}, ensure_ascii=False))
    for template, answer in cases(oracle, members, count, seed):
        kept = {"t": template.removesuffix(SEEN)} if template.endswith(SEEN) else {"u": template}
        kept.update({"o": answer["output"]} if "output" in answer else {"e": True})
        print(json.dumps(kept, ensure_ascii=False, separators=(",", ":")))


if __name__ == "__main__":
    main()
