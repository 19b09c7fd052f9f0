#!/usr/bin/env python3
"""Asks the oracle (Velocity 1.7, Jayway JsonPath 2.0.0, json-smart 2.2) what paths find in bodies.

Usage: generate.py ORACLE > answers.jsonl
ORACLE is a program that renders mapping templates: one JSON case a line in, one JSON answer a line out.
The cases come from a fixed seed, so a second run writes the same file. One line a body:
  {"body", "cases": [case, ...]}
and a case is one of
  {"path", "json", "printed"}  what $input.json and $input.path give; printed is left out when both are alike
  {"path", "error"}            which of "document" and "path" is refused
"""

import json
import random
import subprocess
import sys

RANDOM = random.Random(20240607)
SEPARATOR = "\u0001"
# How many paths of anything.
WILD = 2400

STORE = (
    '{"store":{"book":['
    '{"category":"reference","author":"Nigel Rees","title":"Sayings of the Century","price":8.95},'
    '{"category":"fiction","author":"Evelyn Waugh","title":"Sword of Honour","price":12.99},'
    '{"category":"fiction","author":"Herman Melville","title":"Moby Dick","isbn":"0-553-21311-3","price":8.99},'
    '{"category":"fiction","author":"J. R. R. Tolkien","title":"The Lord of the Rings","isbn":"0-395-19395-8","price":22.99}],'
    '"bicycle":{"color":"red","price":19.95}},"expensive":10}'
)
DYNAMODB = (
    '{"Items":[{"id":{"S":"a1"},"n":{"N":"5"},"tags":{"L":[{"S":"x"},{"S":"y"}]},"ok":{"BOOL":true}},'
    '{"id":{"S":"b/2"},"n":{"N":"-1.50"},"m":{"M":{"k":{"NULL":true}}}}],"Count":2,"ScannedCount":2,'
    '"LastEvaluatedKey":{"id":{"S":"b/2"}}}'
)
TABLE = (
    '{"b":[1,2,{"c":"x"},{"c":"y","n":5}],"o":{"k":{"z":1}},"s":"str","nul":null,"a-b":"hy","d.e":"dot",'
    '"t":true,"f":false,"":"none","empty":[],"eo":{},"1":"one","it":"x","length":3}'
)
BODIES = [
    STORE,
    DYNAMODB,
    TABLE,
    "{}",
    "[]",
    "",
    " ",
    "null",
    '"text"',
    "12.50",
    "not json",
    '[{"a":1},{"a":2,"b":{"c":3}},{"b":{"c":null}},5,"s",null,[1,[2,{"a":"deep"}]]]',
    '{"name":"J\\u00f6rg \\"JJ\\" O\'Neil","emoji":"\\ud83d\\ude00 \u3042","url":"http://x/y?z=1","nl":"a\\nb\\tc","ctl":"\\u0001\\u007f\\u2028\u20ac"}',
    '{"n":[0,-0,1,1.0,1.10,1e5,1E-7,123456789,2147483647,2147483648,9223372036854775807,9223372036854775808,'
    "0.1,100000000000000000000.5,1.10000000000000000,12345678.9,1e400,007]}",
    '{"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException","message":"The conditional request failed"}',
    '{"users":[{"name":"Ann","age":31,"roles":["admin","dev"],"active":true},{"name":"Bob","age":"31","roles":[],"active":false},'
    '{"name":"Cy","age":null,"nick":"null"},{"name":"Di","age":31.0,"address":{"city":"Bern","zip":"3000"}}],"limit":31,"who":"Bob"}',
    "{'single':'quotes', bare: word , n: 1 two}",
    '{"a":{"a":{"a":{"a":1}}},"b":{"a":[{"a":2}]}}',
    '{"a":"x","a":"y","b":1,"a":null}',
    "[[1,2,3],[4,5],[],[[6]]]",
    '{"order":{"id":"7","lines":[{"sku":"A","qty":2,"price":1.5},{"sku":"B","qty":0,"price":3},{"sku":"C","qty":10,"price":"2"}]}}',
]
PATHS = [
    "$", "@", "", " ", "$.", "$..", "$[", "$]", "$x", "$$", ".", "*", "..", "$.*", "$..*", "$[*]", "$.b", "b", ".b", "$.b[0]",
    "$.b[9]", "$.b[-1]", "$.b[-1:]", "$.b[:2]", "$.b[:9]", "$.b[9:]", "$.b[1:9]", "$.b[1:3]", "$.b[0,2]", "$.b[0,9]", "$.b[*].c", "$..c", "$..zzz", "$.b[*].zzz",
    "$.b[?(@.c=='x')]", '$.b[?(@.c=="x")]', "$.b[?(@.n>4)].c", "$.b[?(@.n)]", "$.b[?(!@.n)]", "$['d.e']", "$['a-b']", "$.a-b",
    "$['s','a-b']", "$['s','zzz']", "$['s','a-b'].x", "$.o.*", "$.o.k.z", "$.s.x", "$.o.q.r", "$.nul", "$.nul.x", "$.b.length()",
    "$.b.size()", "$.length", "$.length()", "$.b[(@.length-1)]", "$.b[(@.length - 2)].c", "$.b[(@.size()-1)]", "$.b[@.length-1]",
    "$.b[(@.foo-1)]", "$.sp ace", "$['sp ace']", '$["s"]', "$[s]", "$.b[a]", "$.b[1:]", "$.b[:-1]", "$.b[-3:-1]", "$.b[0:4:2]",
    "$.b[::2]", "$.b[:]", "$.b[ 0 ]", "$.b[0 ,1]", "$.b[1,]", "$.b[99999999999]", "$.b[x1]", "$.['s']", "$. s", "$.s ", " $.s",
    "$['s']['x']", "$['b'][2]['c']", "$.b.[2]", "$.b[2].c.d", "$.b[2]c", "$.it's", "$.a]b", "$['it]", "$['']", "$..['c']", "$..['c','n']",
    "$..[0]", "$..[*]", "$..*.c", "$..b[0]", "$..[?(@.c)]", "$..[?(@.price>10)]", "$...c", "$..b..c", "$..[0].c", "$.$", "$..$", "$.b[?]",
    "$.b[?,?]", "$[?(@.a)]", "$[0].a", "$[*].a", "$[*].b.c", "$..a", "$..b.c", "$[1].b", "$[6][1][1].a", "$[0,1].a", "$[1:3]", "$[-2:]",
    "$.store.book[*].author", "$..author", "$.store.*", "$.store..price", "$..book[2]", "$..book[-1:]", "$..book[0,1]", "$..book[:2]",
    "$..book[?(@.isbn)]", "$.store.book[?(@.price < 10)]", "$..book[?(@.price <= $.expensive)]", "$..book[?(@.price <= $['expensive'])].title",
    "$.store.book[?(@.category == 'fiction' && @.price < 10)].title", "$.store.book[?(@.category == 'reference' || @.price > 20)].title",
    "$.store.book[?(@.author =~ /.*REES/i)].title", "$.store.book[?(@.author =~ /.*REES/)].title", "$.store.book[?(@.title =~ /S.*/)].price",
    "$.store.book[?(@.price == 8.95)].title", "$.store.book[?('fiction' == @.category)].title", "$.store.book[?(@.isbn == null)].title",
    "$.store.book[?(@.isbn != null)].title", "$.store.book[?(@.category != 'fiction')].title", "$.store.book[?(@.price in [8.95])]",
    "$.store.book[?(@.category nin ['fiction'])]", "$.store.book[?(@.author size 4)]", "$.store.book[?(@.isbn empty false)]",
    "$.store.book[?(@.price > 'abc')]", "$.store.book[?(@.title > 'N')].title", "$.store.book[0]['title','price']", "$.store.book[*]['title','price']",
    "$.store.book[*].*", "$.store.book[?((@.price > 10) && (@.price < 20))].title", "$.store.book[?(@.price > 10 && @.price < 20 || @.isbn)].title",
    "$.store.book[?(@['price'] > 10)].title", "$.store.bicycle[?(@.color == 'red')]", "$.store.bicycle[?(@.price)].color", "$.store.book.title",
    "$.store.book[0].title.x", "$.expensive[0]", "$.expensive.x", "$.expensive[*]", "$.Items", "$.Items[0]", "$.Items[0].id.S", "$.Items[*].id.S",
    "$.Items[*].tags.L[*].S", "$.Items[*].n.N", "$.Items[?(@.m)].id", "$.Items[?(@.n.N == '5')].id.S", "$.Items[?(@.n.N == 5)].id.S", "$.Count",
    "$.LastEvaluatedKey", "$.LastEvaluatedKey.id", "$.Item", "$.__type", "$.message", "$.users[?(@.age == 31)].name", "$.users[?(@.age > 30)].name",
    "$.users[?(@.age != 31)].name", "$.users[?(@.active == true)].name", "$.users[?(@.active == 'true')].name", "$.users[?(@.active)].name",
    "$.users[?(@.nick == null)].name", "$.users[?(@.age == null)].name", "$.users[?(@.age == $.limit)].name", "$.users[?(@.name == $.who)].name",
    "$.users[?(@.roles)].name", "$.users[?(@.roles == [])].name", "$.users[?(@.roles[0] == 'admin')].name", "$.users[?(@.address.city == 'Bern')].name",
    "$.users[?(@.address.city)].name", "$.users[?(@.name =~ /[A-C].*/)].age", "$.users[?(@.age =~ /3\\d/)].name", "$.users[?($.limit)].name",
    "$.users[?(@.name == 'Ann' && )]", "$.users[?()]", "$.users[?(@.name ==)].name", "$.users[?(@..x)]", "$.users[?(@.name == 'it\\'s')]", "$.users[?@.age]",
    "$.users[?(@.age)", "$.users[?(@.name == ')')].name", "$.users[?(@.name == ']')].name", "$.users[?(@.name = 'Ann')].name", "$.users[?(@.name === 'Ann')].name",
    "$.users[?(@.age >= 31 && @.age <= 31)].name", "$.users[?(@ == 5)]", "$[?(@ == 5)]", "$[?(@ > 1)]", "$.n[?(@ > 1)]", "$.n[?(@ == 1)]", "$.n[*]", "$.n[3]",
    "$.n[-1:]", "$.n", "$.name", "$.emoji", "$.url", "$.nl", "$.ctl", "$.single", "$.bare", "$['bare','n']", "$.a", "$.a.a", "$..a.a", "$.a.a.a.a.a", "$.a..a",
    "$..a[0]", "$..a[*]", "$.*.a", "$.*.*", "$[*][*]", "$[*][0]", "$[3][0][0]", "$[?(@[0])]", "$[?(@[0] == 1)]", "$[?(@[0] == 4)]", "$[0][1:]", "$[1:][0]",
    "$.order.lines[?(@.qty > 0)].sku", "$.order.lines[?(@.qty == '2')].sku", "$.order.lines[?(@.price == 2)].sku", "$.order.lines[?(@.price >= @.qty)].sku",
    "$.order.lines[*].sku", "$.order.lines[0,2].sku", "$.order.lines[5].sku", "$.order.lines[*]['sku','qty']", "$.order.id", "$.order['id']", "$['order'].lines[0]",
    "order.lines[0].sku", "order", "['order']", "[0]", "[*]", "@.order.id", "@.a", "$.body-json", "$.1", "$[1]", "$['1']", "$.t", "$.f", "$.empty", "$.empty[0]",
    "$.empty[*]", "$.eo", "$.eo.*", "$.eo.x", "$.a.b.c.d", "$.x[0].y", "$.t.x", "$.t[0]", "$.s[0]", "$.s[*]", "$.s.*", "$.s[?(@.x)]", "$.o[0]", "$.o[0].x", "$.o[*]",
    "$.o[?(@.k)]", "$.o[?(@.z)]", "$.o.k[?(@.z == 1)]", "$.b[?(@.c =~ /x|y/)].c", "$.b[?(@.c =~ 'x')].c", "$.b[?(/x/ =~ @.c)].c", "$.b[?(@.c > /x/)]", "$.b[?(@.c =~ /(/)]",
    "$.b[?(@.c != 'x')]", "$.b[?(@.q != 'x')]", "$.b[?(1 == 1)]", "$.b[?('a' < 'b')]", "$.b[?(a)]", "$.b[?(@.c && @.n)]", "$.b[?(@.c || @.n)]", "$.b[?(!@.c)]", "$.b[?(! @.c)]",
    "$.b[?(@.c == !@.n)]", "$.b[?(@['c','n'])]", "$.b[?(@.c[0])]", "$.b[*][*]", "$.b[*].*", "$.b.*", "$.b.*.c", "$.b[2,3].c", "$.b[3,2,2].c", "$.b[2:9].c",
]
ODD_BODIES = [
    '{"a":1', "'abc", '"abc"x', "{a:b c , d : \"e\"}", "[1,,2,]", '{,"a":1,,}', "12 34", "12\u00e9", "[12\u00e9]", "-", "[-]", "1e", "[1e+]", "-.", "1.", "1234567890123456789012.", "1e400", "-1e400", "NaN",
    "[NaN, NaNx, Infinity, -Infinity]", "007", "-007", "-0", "-0.0", "-9223372036854775808", "1.0000000000000000001", '{"a":"x\\u00e9\\x41\\q\\/b"}', '"\\ud83d\\ude00"', '"\\ud83d"', '"\\ude00\\ud83d"',
    '"\\ud83dx\\ude00"', '"\\ud83d\\q\\ude00"', '"\\\U0001f600"', '"a\tb"', '"\\t a\tb\u007f"', "{'a':tr ue}", '{"a":true }', '{"k":"v"} tail', "[1] tail", "{a}", '{"a":1 "b":2}', '{"a" 1}', "{:1}", '{"a":}', '{"a":,"b":1}',
    "[}", "[:]", "[1 2]", '["a""b"]', '["a" "b"]', '[{"a":1}{"b":2}]', "[[1][2]]", '"\u001a"', '"\\n\u001a"', '"\\\u001ax"', "[1,2\u001a]", '{"a\\"b":1}', "{a\"b:1}", "{'a':'it\\'s'}", '{"":1}', "+1", ".5", "1.5.2", "1.5e3x", "0x10",
    '{"a":1}}', "//c", '{"a":1/*c*/}', "12\u00a0", "[\u000b]", "\u000b", "\u0007null", "[\u0007true]", '{\u000b"a":1}', "[1\u000b]", '{"a":\u000b1}', "1e99999", "1e-99999", "1.00000000000000000e5", "1.00000000000000000e-5", "1.00000000000000000e99",
    "-00000000000000000001", "0000000000000000000000001", "{'a\\u0041':1}", "~", "[~]", "[1~]", "{a~b:1}", "{\u00e9:1}", "\ufeff{}", '"\\u12"', '"\\u12g4"', "[nul, nullx, true1, False]", "{'a':{'b':[{'c':[]}]}}", '"/\u2028\u20ac\u00ad\u0080"', '["/\u2028\u20ac\u00ad\u0080"]',
]
WORDS = json.dumps(["", "a", "A", "aa", "ab", "abc", "ABC", "a1", "1", "12", "a b", "a.b", "a-b", "a_b", "é", "É", "aé", "a\nb", "a\u2028b", "x]y", "[x]", "{x}", "a+b",
                    "foobar", "foobaz", "barfoo", "aaa", "aaab", "tel:+41 31", "2024-01-31", "a@b.ch", "<b>", "k", "\u212a", "\u0661", "\t", "~#", "a:b", "!", "\\", "^$", 5, 12.5, True, None, [1, "x"], {"k": "v"}],
                   ensure_ascii=True)
REGEXES = [
    "a", "A", "a.b", "a\\.b", "[a-c]+", "[^a-c]*", "\\d+", "\\D+", "\\w+", "\\W+", "\\s", "\\S+", "a\\sb", "(?i)abc", "(?i:A)b", "a|ab|abc", "(a|b)+", "foo(?:bar|baz)", "foo(?=bar).*",
    "foo(?!bar).*", ".*(?<=bar)foo", ".*(?<!foo)bar", "(a)\\1", "(a)\\1+b", "a++b", "a*+a", "a{2}", "a{2,}", "a{1,2}b?", "a{", "a{x}", "x{1", "a**", "+", "(", "[a", "a)", "\\", "\\q", "[\\w-]+", "[\\d.-]+",
    "[a-c&&[^b]]+", "[a[b]]+", "[\\]]", "x\\]y", "x]y", "\\[x\\]", "\\{x\\}", "{x}", "a\\+b", "\\Qa+b\\E", "[\\Q+-\\Ea-b]+", "\\x61", "\\u0061b", "\\0141", "\\p{Alpha}+", "\\p{L}+", "\\pL+", "\\P{L}+",
    "\\p{Lower}+", "\\p{Upper}+", "\\p{IsLatin}+", "\\p{Punct}+", "\\p{Digit}+", "\\p{Nope}", "[[:alpha:]]+", "[:a]+", "[a:]+.", ".*", ".", "..", "(?s).*", "a(?s:.)b", "a\\Rb", "^a$", "^.*$", "\\Aa\\z", "a\\Z", "\\ba.*",
    "é", "(?i)é", "[é-ê]", "\\d{4}-\\d{2}-\\d{2}", "[^@]+@[^@]+", "tel:\\+?[\\d ]+", "<b>", "[<>b]+", "(?<n>a)\\k<n>", "(?x)a b", "(?m)^a$", "\\h", "\\t", "~#", "[~#]+", "[a--b]", "a\\-b", "\\<b\\>", "\\!", "\\_",
    "[z-a]", "[a-\\d]", "k", "(?i)k", "[a-", "[]a]", "12\\.5", "true", "\\[1,.*", "\\{k=v\\}", "(?i)[a-c]+", "(?i)[^a-c]+", "\\\\", "\\^\\$", "(?:)", "", "a|", "()", "a?b*c{0,1}", "\\cI", "(?>a+)b", "[\\s\\S]+", "[\\w&&[^\\d]]+", "a{0}", "\\e", "\\v",
]
KEYS = ["a", "b", "id", "name", "items", "n", "S", "key-1", "x y", "é", "a.b", "list", "nested", "0", "_t", "$ref"]


def value(depth):
    kind = RANDOM.randrange(12 if depth else 7)
    if kind == 0:
        return RANDOM.choice(["null", "true", "false"])
    if kind == 1:
        return str(RANDOM.randint(-20, 120))
    if kind == 2:
        return RANDOM.choice(["1.5", "0.25", "-3.0", "1e3", "19.99", "12345678901", "99999999999999999999", "0.000123", "1.0E10"])
    if kind < 7:
        return json.dumps(RANDOM.choice(["", "x", "y", "some text", "a/b", "ü", "\U0001f600", "5", "true", "null", "it's", 'q"q', "l1\nl2", "\u2013"]),
                          ensure_ascii=RANDOM.random() < 0.5)
    if kind < 9:
        return "[" + ",".join(value(depth - 1) for _ in range(RANDOM.randrange(4))) + "]"
    keys = RANDOM.sample(KEYS, RANDOM.randrange(1, 5))
    space = RANDOM.choice(["", "", " "])
    return "{" + ("," + space).join(json.dumps(key) + ":" + space + value(depth - 1) for key in keys) + "}"


def step():
    key = RANDOM.choice(KEYS)
    number = RANDOM.randrange(3)
    return RANDOM.choice([
        f".{key}", f".{key}", f".{key}", f".{key}", f"['{key}']", f"[{number}]", f"[{number}]", "[*]", ".*", f"..{key}",
        f"[{number}:]", f"[:{number}]", f"[-{number}:]", f"[{number},{number + 1}]", f"['{key}','id']",
        f"[?(@.{key})]", f"[?(@.{key} == 'x')]", f"[?(@.{key} > {number})]", f"[?(@.{key} != null)]", f"[?(@.{key} == true)]",
        f"[?(@.{key} =~ /[a-z].*/)]", f"[?(@.{key} && @.id)]", f"[?(@.{key} >= '{number}' || !@.name)]", "[(@.length-1)]", "..*", f"..[{number}]",
    ])


def guided(document):
    """A path that leads somewhere in `document`, and perhaps a step further."""
    path = "$"
    for _ in range(RANDOM.randrange(1, 6)):
        if isinstance(document, dict) and document:
            key = RANDOM.choice(list(document))
            shape = RANDOM.randrange(12)
            if shape == 0:
                path += RANDOM.choice([".*", "[*]", "..*"])
            elif shape == 1:
                path += f"['{key}','{RANDOM.choice(list(document))}']"
            elif shape == 2:
                path += f"..{key}" if key.isidentifier() else f"..['{key}']"
            elif shape == 3:
                path += f"[?(@['{key}'])]"
                continue
            elif key and not set(key) & set(" .[]'") and shape < 10:
                path += f".{key}"
            else:
                path += f"['{key}']"
            document = document[key]
        elif isinstance(document, list) and document:
            at = RANDOM.randrange(len(document))
            element = document[at]
            shapes = [f"[{at}]"] * 6 + ["[*]"] * 4 + [f"[{at}:]", f"[:{at + 1}]", f"[0,{at}]", f"[-{len(document) - at}:]", "[(@.length-1)]", f"..[{at}]", f"[{at}:{len(document)}]"]
            if isinstance(element, dict) and element:
                shapes += [f"[?({condition(element)})]", f"[?({condition(element)} && {condition(element)})]", f"[?({condition(element)} || {condition(element)})]"] * 2
            else:
                shapes += [f"[?(@ == {literal(element)})]", f"[?(@ >= {literal(element)})]"]
            path += RANDOM.choice(shapes)
            document = element
        else:
            path += RANDOM.choice(["", "", "", ".x", "[0]", ".*", "..x"])
            break
    return path


def literal(value):
    if isinstance(value, str):
        return "'" + value + "'"
    return RANDOM.choice([json.dumps(value), "0", "null", "'x'"])


def condition(element):
    key = RANDOM.choice(list(element))
    path = f"@.{key}" if key and not set(key) & set(" .[]'") else f"@['{key}']"
    operator = RANDOM.choice(["==", "==", "==", "!=", "<", "<=", ">", ">="])
    return RANDOM.choice([path, f"!{path}", f"{path} {operator} {literal(element[key])}", f"{path}{operator}{literal(element[key])}", f"{literal(element[key])} {operator} {path}", f"{path} =~ /.*[a-z]/i"])


OPERATORS = ["==", "!=", "<", "<=", ">", ">=", "=~", "===", "!==", "=", "<>", "in", "nin", "size", "empty", "exists", "contains", "all", "type",
             "subsetof", "anyof", "noneof", "IN", "Size", "matches"]
LITERALS = ["1", "0", "-1", "1.5", "10", "1e1", "01", "99999999999", "'x'", "''", '"x"', "'5'", "'it\\'s'", '"q\\"q"', "true", "false", "null", "True", "[]", "{}",
            "['x','y']", "[1,2]", '["x",1,null]', "['x']", "{'a':1}", "/x/", "/X/i", "/[a-z]+/", "/x", "x", "@", "$", "@.a", "@['a']", "$.a", "$..a", "@.length()",
            "undefined", "NaN", "'\\u0041'", "'a b'", "-", "'x''y'", "1 2", "(1)"]
BRACKETS = ["'a'", '"a"', "'a','b'", "'a', 'b'", " 'a' ", "'a' , 'id'", "a", "'a.b'", "'x y'", "'it\\'s'", "'\\u0061'", "''", "'*'", "*", " * ", "0", " 0 ", "-1", "+1",
            "00", "0,1", "0, 1", "1,0", "0,-1", "0,", ",0", "0,'a'", "0:1", "0:", ":1", ":", "-1:", ":-1", "-2:-1", "0:99", "-99:1", "5:2", "1:1", "0:2:1", "::",
            " 0 : 1 ", "1 :", "0x1", "1.0", "2147483648", "?", "?()", "?(", "?(@)", "?(@.a)", "?(!@.a)", "?(@.*)", "?(@..a)", "?(@[0])", "?(@['a'])", "? (@.a)",
            "?( @.a )", "?(@.a )]", "(@.length-1)", "(@.length)", "( @.length - 1 )", "(@.length()-1)", "(@.size()-1)", "(@.a)", "(0)", "", " ", "'a", "a'", "'a'b", "]",
            "[0]", "$", "@", "'a']['b'", "..", "?(1==1)", "?(true)", "?('a')"]
TAILS = ["", "", "", "", ".length()", ".length", ".size()", ".min()", ".max()", ".avg()", ".sum()", ".keys()", ".concat()", ".foo()", "()", ".", "..", " ", ".a ", ". a", "\t", ".*.*", ".$",
         "~", "^", ".a.b", ".'a'", '."a"', ".a-b", ".a b", ".a[", ".0", ".-1", "['a'].b", "[*].a", "..[*]", "..*", ".é"]


def space():
    return RANDOM.choice(["", "", "", " ", " ", "  ", "\t", "\n"])


def operand():
    roll = RANDOM.random()
    if roll < 0.55:
        key = RANDOM.choice(KEYS)
        return RANDOM.choice([f"@.{key}", f"@.{key}", f"@['{key}']", f'@["{key}"]', f"@.{key}.a", f"@.{key}[0]", f"@.{key}[*]", f"@..{key}", "@", f"$.{key}", f"@.{key}.length()",
                              f"@.{key}[?(@.a)]", f"@.{key}['a','b']"])
    return RANDOM.choice(LITERALS)


def wild_condition(depth=2):
    roll = RANDOM.random()
    if depth and roll < 0.25:
        operator = RANDOM.choice(["&&", "||", "&&", "||", "and", "or", "&", "|", ","])
        return f"{wild_condition(depth - 1)}{space()}{operator}{space()}{wild_condition(depth - 1)}"
    if depth and roll < 0.38:
        return f"({space()}{wild_condition(depth - 1)}{space()})"
    if depth and roll < 0.45:
        return f"!{space()}{RANDOM.choice(['(', ''])}{wild_condition(depth - 1)}{RANDOM.choice([')', ''])}"
    if roll < 0.55:
        return operand()
    return f"{operand()}{space()}{RANDOM.choice(OPERATORS[:7] if RANDOM.random() < 0.6 else OPERATORS)}{space()}{operand()}"


def wild():
    """A path of anything, well formed or not."""
    path = RANDOM.choice(["$", "$", "$", "$", "$", "@", "", " $", "$ "])
    for _ in range(RANDOM.randrange(1, 4)):
        roll = RANDOM.random()
        if roll < 0.35:
            path += f"[{space()}?{space()}({space()}{wild_condition()}{space()}){space()}]"
        elif roll < 0.65:
            path += f"[{RANDOM.choice(BRACKETS)}]"
        elif roll < 0.9:
            path += RANDOM.choice([".", ".", "..", ". ", ""]) + RANDOM.choice(KEYS + ["*", "a", "b", "a", "b"])
        else:
            path += RANDOM.choice(TAILS)
    path += RANDOM.choice(TAILS)
    return damaged(path) if RANDOM.random() < 0.1 else path


SCRAPS = ["{", "}", "[", "]", ",", ":", '"a"', "'a'", "a", '"', "'", "\\", "null", "true", "false", "1", "-1", "1.5", "1e5", "-", "+", ".", "e", "0", "00", "-0", "\t", "\n", " ",
          "\u00e9", '"\\u0041"', '"\\x"', "//", "/*", "#", "NaN", "Infinity", "tru", "nul", "undefined", "0x1F", "1_000", "1L", "1.", ".5", "1e", "1e+", "\u0000", "\u00a0", "\ufeff", "=", ";", "(", ")",
          "<", "12345678901234567890", "1.7976931348623157e309", "4.9e-324", "1e-400", "0.1e1", "1E5", "-1.50"]


def scraps():
    """A body of pieces of JSON."""
    return "".join(RANDOM.choice(SCRAPS) for _ in range(RANDOM.randrange(1, 9)))


def number():
    """A number of any shape, and what is none."""
    digits = "".join(RANDOM.choice("0123456789") for _ in range(RANDOM.choice([1, 2, 5, 9, 10, 15, 17, 18, 19, 20, 21, 30])))
    text = RANDOM.choice(["", "", "-", "+", "--"]) + digits
    if RANDOM.random() < 0.5:
        text += "." + "".join(RANDOM.choice("0123456789") for _ in range(RANDOM.choice([0, 1, 2, 8, 15, 16, 17, 18, 25])))
    if RANDOM.random() < 0.4:
        text += RANDOM.choice("eE") + RANDOM.choice(["", "+", "-"]) + RANDOM.choice(["0", "1", "7", "20", "22", "23", "100", "308", "309", "324", "400", "", "007"])
    return text


def damaged(text):
    characters = list(text)
    for _ in range(RANDOM.randrange(1, 4)):
        at = RANDOM.randrange(len(characters) + 1)
        action = RANDOM.randrange(4)
        if action == 0 and at < len(characters):
            del characters[at]
        elif action == 1:
            characters.insert(at, RANDOM.choice(list("{}[],:\"'\\ \n\t-+.0eE~u") + ["é", "null", "\\u00e9", "\\x41", "\u0007", "NaN"]))
        elif action == 2:
            del characters[at:]
            if not characters:
                characters = list("{")
        elif at < len(characters):
            characters[at] = RANDOM.choice("{}[],:\"'\\ a1-.")
    return "".join(characters)


def cases():
    pairs = []
    for body in BODIES:
        for path in PATHS:
            roots = {part for part in ("store", "Items", "users", "order", "expensive") if part in path}
            if all(f'"{root}"' in body for root in roots) and RANDOM.random() < (0.9 if roots else 0.16):
                pairs.append((body, path))
    pairs += [(TABLE, path) for path in PATHS]
    for _ in range(900):
        path = "$" + "".join(step() for _ in range(RANDOM.randrange(1, 4)))
        pairs.append((value(3), path))
    for _ in range(900):
        body = RANDOM.choice(BODIES[:3] + BODIES[11:13]) if RANDOM.random() < 0.3 else value(4)
        pairs.append((body, guided(json.loads(body))))
    pairs += [(body, "$") for body in ODD_BODIES]
    pairs += [(WORDS, f"$[?(@ =~ /{regex}/{flag})]") for regex in REGEXES for flag in ("", "i")]
    whole = [value(3) for _ in range(250)] + BODIES
    pairs += [(damaged(RANDOM.choice(whole)), RANDOM.choice(["$", "$", "$.*", "$..a"])) for _ in range(900)]
    wild_bodies = [json.dumps({"a": [{"a": 1, "id": "x"}, {"a": "x", "b": [1, 2]}, {"b": None}, 5, "x", True, None, [1, "x"], {"a": {"a": "x"}}], "b": {"a": 1, "b": "x"}, "id": 1}),
                   json.dumps([{"a": 1, "b": "x"}, {"a": 1.5, "b": ""}, {"a": "1"}, {"a": None}, {"a": [1]}, {"a": {}}, {"a": True}, {"id": "x"}, 1, "x", None, []]),
                   json.dumps([3, 1, 2.5, 10, "5", "x"]), json.dumps({"list": [1, 2, 3, 4, 5], "nested": {"list": [], "n": 7}, "S": "text", "é": "e", "x y": 1, "a.b": 2, "key-1": 3})]
    pairs += [(RANDOM.choice(wild_bodies), wild()) for _ in range(WILD)]
    pairs += [(scraps(), RANDOM.choice(["$", "$", "$.a", "$[0]"])) for _ in range(WILD // 4)]
    for _ in range(WILD // 8):
        shape = RANDOM.choice(["%s", "[%s]", '{"a":%s}', "[%s,1]", "[ %s ]"])
        pairs.append((shape % number(), "$"))
    return list(dict.fromkeys(pairs))


def main():
    pairs = cases()
    template = f"$input.json($stageVariables.p){SEPARATOR}$input.path($stageVariables.p)"
    lines = [json.dumps({"template": template, "body": body, "stageVariables": {"p": path}}) for body, path in pairs]
    run = subprocess.run([sys.argv[1]], input="\n".join(lines) + "\n", capture_output=True, text=True, check=True)
    answers = [json.loads(line) for line in run.stdout.split("\n") if line]
    assert len(answers) == len(pairs), "one answer for each case"
    bodies = {}
    for (body, path), answer in zip(pairs, answers):
        bodies.setdefault(body, []).append({"path": path, **outcome(answer)})
    for body, found in bodies.items():
        print(json.dumps({"body": body, "cases": found}, separators=(",", ":")))


def outcome(answer):
    if "error" in answer:
        refused = ("InvalidPathException", "ath may not be", "ath can not be")
        return {"error": "path" if any(words in answer["error"] for words in refused) else "document"}
    text, printed = answer["output"].split(SEPARATOR, 1)
    return {"json": text} if text == printed else {"json": text, "printed": printed}


main()
