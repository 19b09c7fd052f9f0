"""Random bodies: what clients and DynamoDB send, JSON as permissive parsers read it, and what is no JSON at all."""
import json

KEYS = ["a", "b", "c", "id", "name", "n", "items", "Items", "Item", "key", "value", "x-y", "d.e", "user id", "S", "N", "L", "M", "é",
        "size", "empty", "first", "k", "type", "list", "tags", "price", "", "0", "a_b", "$x", "#t", "it's", "😀", "length", "keys"]
TEXTS = ["", "a", "b", "x y", "Hello World", "true", "12", "-3", "1.5", "héllo", "日本", "😀", "a,b,,c,,", "it's", 'say "hi"', "back\\slash",
         "a/b", "line\nend", "tab\t", "\u0000\u0001", "\u007f\u0085", "\u2028\u20ac\u2014", "$x", "#if(true)", "</b>", "USER#42#x", "a=1&b=2",
         "%20%C3%A9+", "eyJpZCI6MX0=", "{\"a\":1}", "[1,2]", "2024-01-31T10:20:30.000Z", "[a, b]", "{a=1}", "null", " pad ", "\u00a0", "ß",
         "İI", "a\r\nb", "\u200d", "prod", "orders", "42", "ab" * 9]
NUMBERS = ["0", "1", "-1", "2", "7", "42", "100", "-0", "007", "2147483647", "2147483648", "-2147483649", "9223372036854775807",
           "9223372036854775808", "12345678901234567890123", "1.0", "1.10", "0.1", "-2.5", "1e5", "1E10", "1e-7", "0.1e-7", "123456789.125",
           "1e400", "-1e400", "1.10000000000000000", "3.14159265358979323846", "1.00000000000000000e5", "1e21", "5e-324", "0.0", "-0.0", "1.5e3",
           "1700000000", "1700000000123", "1.0E7", "9999999.5", "0.001", "0.0001"]
STRANGE = ["{a:b}", "{'a':'b'}", "{a:b,}", "[1,2,]", "[,]", "[1,,2]", "{,}", "{\"a\":1,}", "not json", "123", "\"text\"", "true", "false", "null",
           "NaN", "{bad", "[1,2", "{\"a\"", "{\"a\":", "{\"a\":1", "}", "]", "{}}", "{} x", "[] []", "{\"a\":1}{\"b\":2}", "\"open", "'single'",
           "{\"a\" 1}", "{\"a\":1 \"b\":2}", "{a b:c d}", "{\"a\":+1}", "{\"a\":.5}", "{\"a\":5.}", "{\"a\":1e}", "{\"a\":0x1F}", "{\"a\":01}",
           "{\"a\":--1}", "{\"a\":1_0}", "{\"a\":tru}", "{\"a\":True}", "{\"a\":nul}", "{\"a\":undefined}", "{\"a\":'it''s'}", "{\"a\":\"\\x\"}",
           "{\"a\":\"\\u12\"}", "{\"a\":\"\\u00e9\\ud83d\\ude00\"}", "{\"a\":\"tab\tin\"}", "{\"a\":\"line\nin\"}", "{'a\"b':'c\\'d'}", "// c\n{}",
           "/* c */{\"a\":1}", "{\"a\":1}//x", "a=1&b=2", "<xml/>", "a", "-", "+1", "1 2", "[a b, c]", "[a,'b',\"c\"]", "{\"a\":1,\"a\":2}", "{1:2}",
           "{true:false}", "{null:null}", "[[[[1]]]]", "[]", "{}", "\"\"", "0", "-1", "1.5", "[null]", "{\"a\":null}", "\ufeff{}", "{\"a\":NaN}",
           "{\"a\":Infinity}", "[tru,fals,nul]", "{\"a\":}", "{:1}", "{\"a\":[}", "[{]", "{\"a\":{\"b\":[1,{\"c\":[2]}]}}", ":", ",", "{a:b:c}",
           "[a:b]", "{\"a\":\"b\\\"}", "{\"\\u0061\":1}", "{\"a\":1e5x}", "{\"a\":1 }", "\u00a0{}", "{\"a\":\u00a01}", "{a:\u20ac}", "[1.2.3]",
           "{\"a\":-}", "{\"a\":-x}", "{\"a\":1-2}", "{\"a\":2024-01-01}", "[12:30]", "{\"a\": 1.}", "[.]", "[e5]", "[1e5]", "[1E+5,1e+,1e-]"]
BLANK = ["", "", " ", "\n", " \t\r\n ", "  "]
ERRORS = ["com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException", "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException",
          "com.amazon.coral.validate#ValidationException", "com.amazon.coral.service#SerializationException",
          "com.amazonaws.dynamodb.v20120810#TransactionCanceledException"]


class Literal(str):
    """A number as it is spelled."""


def python_number(text):
    """What the spelling stands for, near enough to know its type."""
    return float(text) if any(c in text for c in ".eE") else int(text)


class Bodies:
    def __init__(self, rng):
        self.rng = rng

    def pick(self, items):
        return self.rng.choice(items)

    def scalar(self):
        roll = self.rng.random()
        if roll < 0.5:
            return self.pick(TEXTS)
        if roll < 0.8:
            return Literal(self.pick(NUMBERS))
        return self.pick([True, False, None])

    def value(self, depth=0):
        roll = self.rng.random()
        if depth > 3 or roll < 0.45:
            return self.scalar()
        if roll < 0.72:
            keys = [self.pick(KEYS) for _ in range(self.rng.choice([0, 1, 2, 2, 3, 4]))]
            return {key: self.value(depth + 1) for key in keys}
        if roll < 0.85:
            return self.rows(depth)
        return [self.value(depth + 1) for _ in range(self.rng.choice([0, 1, 2, 3, 4]))]

    def rows(self, depth):
        keys = [self.pick(KEYS) for _ in range(3)]
        count = self.rng.randint(0, 4)
        return [{key: self.value(depth + 2) for key in keys if self.rng.random() < 0.8} for _ in range(count)]

    def attribute(self, depth=0):
        """A DynamoDB attribute value."""
        roll = self.rng.random()
        if depth > 2 or roll < 0.45:
            return {"S": self.pick(TEXTS)}
        if roll < 0.65:
            return {"N": self.pick(["1", "9.50", "-3", "0", "12345678901234567890", "1700000000", "1e3"])}
        if roll < 0.73:
            return {"BOOL": self.pick([True, False])}
        if roll < 0.76:
            return {"NULL": True}
        if roll < 0.8:
            return {"SS": [self.pick(TEXTS) or "z" for _ in range(self.rng.randint(1, 3))]}
        if roll < 0.83:
            return {"NS": ["1", "2.5"]}
        if roll < 0.86:
            return {"B": "aGk="}
        if roll < 0.93:
            return {"L": [self.attribute(depth + 1) for _ in range(self.rng.randint(0, 3))]}
        return {"M": {self.pick(["a", "b", "name", "city"]): self.attribute(depth + 1) for _ in range(self.rng.randint(0, 3))}}

    def item(self):
        names = ["id", "name", "n", "price", "tags", "flag", "createdAt", "type", "size", "a-b"]
        return {"id": {"S": self.pick(["1", "u-7", "it's"])}, **{name: self.attribute() for name in names if self.rng.random() < 0.5}}

    def reply(self):
        """What DynamoDB answers."""
        roll = self.rng.random()
        if roll < 0.1:
            return {}
        if roll < 0.35:
            return {"Item": self.item()}
        if roll < 0.8:
            count = self.rng.randint(0, 5)
            found = {"Count": Literal(str(count)), "Items": [self.item() for _ in range(count)], "ScannedCount": Literal(str(count))}
            if self.rng.random() < 0.4:
                found["LastEvaluatedKey"] = {"id": {"S": "u-7"}, "sort": {"N": "3"}}
            return found
        if roll < 0.9:
            return {"Attributes": self.item()}
        error = {"__type": self.pick(ERRORS), self.pick(["message", "Message"]): self.pick(["The conditional request failed", "a \"b\" 'c'"])}
        if self.rng.random() < 0.3:
            error["Item"] = self.item()
        return error

    def post(self):
        """What a client posts."""
        names = ["id", "name", "age", "email", "artist", "message", "tags", "address", "active", "price", "items", "note"]
        made = {}
        for name in self.rng.sample(names, self.rng.randint(0, 6)):
            made[name] = {"age": Literal(self.pick(NUMBERS)), "tags": [self.pick(TEXTS) for _ in range(self.rng.randint(0, 3))],
                          "address": {"city": "Köln", "zip": Literal("50667"), "lines": ["a", "b"]}, "active": self.pick([True, False]),
                          "items": self.rows(1)}.get(name, self.pick(TEXTS))
        return made

    def text(self, value):
        """The value as JSON text, in one of the ways to write it."""
        style = self.rng.random()
        comma, colon = (",", ":") if style < 0.6 else (", ", ": ") if style < 0.85 else (" ,\n\t", " : ")
        return self.write(value, comma, colon, self.rng.random() < 0.15, self.rng.random() < 0.5)

    def write(self, value, comma, colon, loose, ascii_only):
        def inner(part):
            return self.write(part, comma, colon, loose, ascii_only)
        if isinstance(value, Literal):
            return str(value)
        if isinstance(value, dict):
            return "{" + comma.join(f"{self.key(key, loose, ascii_only)}{colon}{inner(part)}" for key, part in value.items()) + "}"
        if isinstance(value, list):
            return "[" + comma.join(inner(part) for part in value) + (comma if loose and value and self.rng.random() < 0.2 else "") + "]"
        if isinstance(value, str) and loose and self.rng.random() < 0.5:
            if value.isalnum():
                return value
            if "'" not in value and "\\" not in value:
                return "'" + value + "'"
        return json.dumps(value, ensure_ascii=ascii_only)

    def key(self, key, loose, ascii_only):
        if loose and key.isalnum():
            return key
        return json.dumps(key, ensure_ascii=ascii_only)

    def damaged(self, text):
        """The text with a few characters changed."""
        for _ in range(self.rng.randint(1, 2)):
            at = self.rng.randint(0, len(text))
            roll = self.rng.random()
            if roll < 0.4:
                text = text[:at] + text[at + 1:]
            elif roll < 0.8:
                text = text[:at] + self.pick(list("{}[]\",':\\0eE.-+ \ntfn/#") + ["\\u", "\\ud83d", "null", "NaN", "😀"]) + text[at:]
            else:
                text = text[:at]
        return text

    def body(self):
        """A body's text, or None for none, with the value that a reader may expect in it."""
        roll = self.rng.random()
        if roll < 0.05:
            return None, {}
        if roll < 0.09:
            return self.pick(BLANK), {}
        if roll < 0.17:
            return self.pick(STRANGE), {"a": "b"}
        value = self.reply() if roll < 0.45 else self.post() if roll < 0.6 else self.value()
        if roll > 0.98:
            for _ in range(self.rng.choice([10, 30, 60, 90])):
                value = {"a": value} if self.rng.random() < 0.5 else [value]
        text = self.text(value)
        if self.rng.random() < 0.06:
            text = self.damaged(text)
        if self.rng.random() < 0.02:
            text = text.replace("\"a\"", "\"a\\ud83d\"")
        return text, value
