"""The table of constructs: how many cases that count used each. The rows are in constructs.tsv."""
import json
import pathlib
import re


def rows():
    """Name, place and pattern of each row; the place says what is searched, and in which cases."""
    text = pathlib.Path(__file__).with_name("constructs.tsv").read_text(encoding="utf-8")
    for line in text.split("\n"):
        if line and not re.match("#( |$)", line):
            name, place, pattern = line.split("\t")
            yield name, place, re.compile(pattern)


def is_used(place, pattern, case, answer):
    fails = "error" in answer
    body = case.get("body")
    if place == "template":
        return not fails and bool(pattern.search(case["template"]))
    if place == "failing":
        return fails and bool(pattern.search(case["template"]))
    if place == "output":
        return not fails and bool(pattern.search(answer["output"]))
    reads = "$input." in case["template"]
    if place == "body":
        return not fails and reads and bool(pattern.search(body or ""))
    if place == "failing body":
        return fails and reads and bool(pattern.search(body or ""))
    return not fails and bool(pattern.search(answer[place]))


def count(pairs):
    known = [(name, place, pattern) for name, place, pattern in rows()]
    counts = {name: 0 for name, _, _ in known}
    for case, answer in pairs:
        if answer:
            for name, place, pattern in known:
                counts[name] += is_used(place, pattern, case, answer)
    return counts


def show(pairs):
    """Prints the table; answers whether a construct has no case."""
    counts = count(pairs)
    for name, number in counts.items():
        print(f"{number:7} {name}")
    missing = [name for name, number in counts.items() if not number]
    if missing:
        print("without a case:", ", ".join(missing))
    return bool(missing)
