#!/usr/bin/env python3
"""Compares Vestibule with the libraries that AWS renders mapping templates with, over random cases.

Usage: run.py ORACLE VESTIBULE COUNT SEED             makes COUNT cases, asks both and shows where they differ
       run.py ORACLE refresh COUNT SEED > cases.jsonl  makes COUNT cases with the oracle's answers

ORACLE is a program that reads one case a line (`template`, `body`, `params`, `context`, `stageVariables`) and answers
`{"output", "requestOverride", "responseOverride"}` or `{"error"}`; VESTIBULE is the `vestibule` program. An error has to
be one on both sides; its words may differ. The run fails when a case differs or a construct of constructs.tsv has none.

Left out when they differ, and counted: `unstable`, what the oracle answers otherwise when it is asked again with its
objects at other addresses; `address`, `$input`, `$util`, iterators or arrays as text; `reflection`, which Vestibule answers with the empty
string; `surrogate`, a lone half of a surrogate pair, which UTF-8 does not have; `unanswered`, what the oracle does not
survive (it cannot write what is left in an override); `bound`, what passes a bound of Vestibule's; `refused`, a method that Vestibule refuses
by name. docs/compatibility.md lists what these are.
"""
import json
import random
import re
import subprocess
import sys

import constructs
from cases import Cases
from minimise import minimised

# `$input`, `$util`, iterators and arrays, whose text has an address and a class's name.
ADDRESS = re.compile(r"\$!?\{?(input|util)(\.(toString|hashCode)\(\)|(?!\.[A-Za-z]|[\w-]))|(terator|toCharArray|getBytes|toArray)\(\)|\.split\([^()]*\)(?![\[.])")
SURROGATE = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])|(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F]")
REFLECTION = re.compile(r"[cC]lass\b|wait\(|notify|\.declaringClass|\.bytes\.class")
BOUND = re.compile(r"(takes|builds|makes|hold|asks for) more than|larger than|deeper than|longer than|^over \d+ levels")
# Overrides that the template leaves alone.
UNTOUCHED = {"requestOverride": '{"header":{},"path":{},"querystring":{}}', "responseOverride": '{"header":{}}'}
# Takes up addresses, so that those of the case after it are others.
WARM_UP = {"template": "#foreach($i in [1..37])$input.hashCode()$util.hashCode()#set($s='a')#set($p=$s.split(','))$p.hashCode()#end"}


def ask(command, cases, first=()):
    """The answers in order; None for a case that the program did not survive. Each program is asked `first` before."""
    answers = []
    while len(answers) < len(cases):
        lines = "".join(json.dumps(case) + "\n" for case in [*first, *cases[len(answers):]])
        said = subprocess.run(command, input=lines.encode(), capture_output=True, check=False)
        # Not splitlines: answers hold other line terminators as they are.
        given = said.stdout.decode(errors="replace").split("\n")[len(first):-1]
        answers += [read(line) for line in given]
        if len(answers) < len(cases):
            answers.append(None)
    return answers


def read(line):
    """An answer with its numbers as they are written and its objects in the order of their keys; None when it is none."""
    try:
        pairs = json.loads(line, parse_int=Number, parse_float=Number, parse_constant=Number, object_pairs_hook=lambda pairs: {"": pairs})
    except ValueError:
        return None
    answer = dict(pairs[""])
    return {key: value if key in ("output", "error") else canonical(value) for key, value in answer.items()}


class Number(str):
    """A number as it is written."""


def canonical(value):
    if isinstance(value, dict):
        return "{" + ",".join(sorted(f"{json.dumps(key)}:{canonical(part)}" for key, part in value[""])) + "}"
    if isinstance(value, list):
        return "[" + ",".join(canonical(part) for part in value) + "]"
    return str(value) if isinstance(value, Number) else json.dumps(value)


def is_same(expected, answer):
    if expected is None or answer is None:
        return False
    if "error" in expected or "error" in answer:
        return "error" in expected and "error" in answer
    return expected == answer


def is_comparable(case, expected, answer):
    """Whether a difference counts, as far as one answer of the oracle shows."""
    if reason(case):
        return False
    return "error" in expected or not (answer and refusal(answer))


def reason(case):
    """Why a case that differs does not count, by its template and body."""
    for name, pattern in (("reflection", REFLECTION), ("address", ADDRESS)):
        if pattern.search(case["template"]):
            return name
    return "surrogate" if SURROGATE.search(case.get("body") or "") else None


def refusal(answer):
    """Why an error of Vestibule does not count where the oracle has none."""
    error = answer.get("error", "")
    return "bound" if BOUND.search(error) else "refused" if error.endswith("is not supported") else None


def asked_apart(oracle, cases):
    """Answers of the oracle with its objects at other addresses."""
    return ask([oracle], cases, [WARM_UP])


def differing(oracle, vestibule, cases):
    """Of each case: None when it is answered alike or left out, else the two answers. Counts what is left out."""
    expected, answers = ask([oracle], cases), ask([vestibule, "render", "--cases", "-"], cases)
    found = [None] * len(cases)
    left_out = dict.fromkeys(["unstable", "address", "reflection", "surrogate", "unanswered", "bound", "refused"], 0)
    suspects = []
    for index, case in enumerate(cases):
        if expected[index] is None:
            left_out["unanswered"] += 1
        elif answers[index] is None:
            suspects.append(index)
        elif not is_same(expected[index], answers[index]):
            if is_comparable(case, expected[index], answers[index]):
                suspects.append(index)
            else:
                left_out[reason(case) or refusal(answers[index])] += 1
    again = asked_apart(oracle, [cases[index] for index in suspects]) if suspects else []
    for index, other in zip(suspects, again):
        if other is None or not is_same(expected[index], other):
            left_out["unstable"] += 1
        else:
            found[index] = (expected[index], answers[index])
    return found, expected, left_out


def compare(oracle, vestibule, count, seed, shown=12):
    maker = Cases(random.Random(seed))
    cases = [maker.case() for _ in range(count)]
    found, expected, left_out = differing(oracle, vestibule, cases)
    different = [index for index, answers in enumerate(found) if answers]

    def differ(candidates):
        return differing(oracle, vestibule, candidates)[0]

    for case, (wanted, got) in minimised([cases[index] for index in different[:shown]], differ):
        print(json.dumps(case, ensure_ascii=False))
        print("  oracle:   ", json.dumps(wanted, ensure_ascii=False))
        print("  vestibule:", json.dumps(got, ensure_ascii=False), "\n")
    missing = constructs.show(zip(cases, expected))
    errors = sum("error" in answer for answer in expected if answer)
    print(f"seed {seed}: {count} cases, {errors} of them errors, {len(different)} differ; left out:",
          ", ".join(f"{number} {reason}" for reason, number in left_out.items()))
    return 1 if different or missing else 0


def refresh(oracle, count, seed):
    """Prints the cases with the oracle's answers, but those that are left out."""
    maker = Cases(random.Random(seed))
    cases = [maker.case() for _ in range(count)]
    for case, answer, other in zip(cases, ask([oracle], cases), asked_apart(oracle, cases)):
        if answer and not reason(case) and is_same(answer, other):
            answer = {"error": True} if "error" in answer else answer
            kept = {key: value for key, value in answer.items() if value != UNTOUCHED.get(key)}
            line = json.dumps({**case, **kept}, ensure_ascii=False, separators=(",", ":"))
            # The permissive reader of cases drops this character.
            print(line.replace("\x7f", "\\u007f"))
    return 0


def main():
    oracle, other, count, seed = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    sys.exit(refresh(oracle, count, seed) if other == "refresh" else compare(oracle, other, count, seed))


if __name__ == "__main__":
    main()
