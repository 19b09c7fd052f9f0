"""Random cases: a template with the body, the parameters, `$context` and the stage variables it is rendered over."""
from bodies import Bodies, Literal, python_number
from templates import Templates
from written import TEMPLATES

PARAMETERS = ["id", "limit", "next", "artist", "q", "k", "x", "name", "sort-key", "a.b", "Content-Type", "é"]
VALUES = ["1", "10", "-5", "abc", "x y", "a%20b", "a+b", "it's", "say \"hi\"", "eyJpZCI6IjEifQ==", "true", "", "héllo", "😀", "a/b", "{\"a\":1}", "%zz", "42"]
NOISE = ["$", "!", "{", "}", "[", "]", "(", ")", "#", "##", "\\", "a", ".b", "\n", " ", "$x", "${x}", "#if(true)", "#end", "#else", "#{else}", "#set($x=1)", "#[[", "]]#",
         "#*", "*#", "\"", "'", ",", "1", "-", ".", "..", "#foo(", "#foreach($k in $l)", "\t", "\\$x", "|", ":", "=", "$m.", "true", "#break", "#stop", "\r\n", "é", "${",
         "$!{", "&&", "!=", "null", "\u00a0", "$input.path('$')", "\"\"", "''", ";", "@", "%", "+", "<", "0x", "1.5", "\r", "\x00", "😀"]


class Cases:
    def __init__(self, rng):
        self.rng = rng
        self.bodies = Bodies(rng)

    def pick(self, items):
        return self.rng.choice(items)

    def params(self):
        places = {}
        for place in ("path", "querystring", "header"):
            if self.rng.random() < 0.85:
                places[place] = {name: self.pick(VALUES) for name in self.rng.sample(PARAMETERS, self.rng.choice([0, 1, 2, 3, 5]))}
        return places

    def context(self):
        context = {"requestId": "r-1", "requestTime": "26/Nov/2026:10:20:30 +0000", "requestTimeEpoch": 1795688430123, "httpMethod": "GET", "stage": "prod",
                   "resourcePath": "/pets/{petId}", "path": "/prod/pets/1", "accountId": "123456789012", "apiId": "a1", "protocol": "HTTP/1.1",
                   "identity": {"sourceIp": "10.0.0.1", "userAgent": "curl/8 (x; y)", "cognitoIdentityId": None, "accountId": None, "apiKey": "k", "user": None},
                   "authorizer": {"principalId": "u", "claims": {"sub": "u1", "cognito:username": "ada", "custom:role": "admin", "cognito:groups": "a,admin", "email": "a@b.c"},
                                  "key": "value", "n": 5, "flag": True}}
        kept = self.rng.sample(list(context), self.rng.choice([2, 5, 8, 12]))
        made = {name: context[name] for name in kept}
        for _ in range(self.rng.choice([0, 0, 1, 3, 9])):
            made[self.pick(["custom", "Aa", "BB", "a", "b", "resourceId", "deploymentId", "domainName", "extendedRequestId", "é", "x-y", "error"])] = self.bodies.value(2)
        if self.rng.random() < 0.15:
            made["requestOverride"] = {self.pick(["path", "header", "querystring", "custom"]): {"body": "left", "n": 1}}
        if self.rng.random() < 0.15:
            made["responseOverride"] = self.pick([{"status": 404}, {"header": {"x": "y"}}, {"custom": [1, {"a": "b"}], "header": {}}])
        return made

    def stage_variables(self):
        known = {"table": "orders", "url": "a.example.com", "other": "t2", "x-y": "hyphen", "empty": "", "n": "7", "json": "{\"a\":[1]}"}
        made = {name: known[name] for name in self.rng.sample(list(known), self.rng.randint(0, 5))}
        if self.rng.random() < 0.3:
            made[self.pick(["i", "list", "map", "t", "d"])] = self.bodies.value(1)
        return made

    def mutated(self, template):
        for _ in range(self.pick([1, 1, 2, 3])):
            at, width = self.rng.randint(0, len(template)), self.pick([1, 1, 2, 5, 12])
            roll = self.rng.random()
            if roll < 0.4:
                template = template[:at] + template[at + width:]
            elif roll < 0.6:
                template = template[:at] + template[at:at + width] + template[at:]
            else:
                template = template[:at] + self.pick(NOISE) + template[at:]
        return template

    def template(self, values):
        roll = self.rng.random()
        if roll < 0.2:
            template = self.pick(TEMPLATES)
            if self.rng.random() < 0.15:
                template = template.replace("\n", "\r\n")
            return template if self.rng.random() < 0.6 else self.mutated(template)
        if roll < 0.23:
            return "".join(self.pick(NOISE) for _ in range(self.rng.randint(1, 9)))
        if roll < 0.27:
            return self.mutated(self.pick(TEMPLATES) + Templates(self.rng, values).template())
        template = Templates(self.rng, values).template()
        return self.mutated(template) if roll > 0.88 else template

    def case(self):
        body, value = self.bodies.body()
        given = {"params": self.params(), "context": self.context(), "stageVariables": self.stage_variables()}
        case = {"template": self.template({"body": value, **given})}
        if body is not None:
            case["body"] = body
        for name, values in given.items():
            # What the template does not name is seldom given: it only makes cases long.
            if values and self.rng.random() < (0.95 if name in case["template"] else 0.05):
                case[name] = numbers(values)
        return case


def numbers(value):
    """The value with numbers in place of their spellings."""
    if isinstance(value, Literal):
        number = python_number(value)
        return number if number == number and abs(number) != float("inf") else 0
    if isinstance(value, dict):
        return {key: numbers(part) for key, part in value.items()}
    return [numbers(part) for part in value] if isinstance(value, list) else value
