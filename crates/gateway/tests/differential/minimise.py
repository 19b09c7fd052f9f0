"""Makes differing cases short: pieces are taken out of template and values as long as the answers still differ."""

FIELDS = ("params", "context", "stageVariables")


def shorter(case, width):
    """The case with a piece of `width` characters taken out at each place, or with a value left out."""
    for name in ("template", "body"):
        text = case.get(name) or ""
        step = max(width // 2, 1)
        for at in range(0, len(text), step):
            yield {**case, name: text[:at] + text[at + width:]}
    for name in FIELDS:
        for key in case.get(name, {}):
            yield {**case, name: {other: value for other, value in case[name].items() if other != key}}


def size(case):
    return len(case["template"]) * 4 + len(case.get("body") or "") + sum(len(str(case.get(name, {}))) for name in FIELDS)


def minimised(cases, differ, rounds=70):
    """Of each case a short one that differs too, with its answers. `differ` answers a list of cases at a time."""
    best = [(case, answers) for case, answers in zip(cases, differ(cases)) if answers]
    width = [64] * len(best)
    for _ in range(rounds):
        tried = [(index, candidate) for index, (case, _) in enumerate(best) if width[index] for candidate in shorter(case, width[index])]
        if not tried:
            break
        improved = {}
        for (index, candidate), answers in zip(tried, differ([candidate for _, candidate in tried])):
            if answers and kind(answers) == kind(best[index][1]) and size(candidate) < size(improved.get(index, best[index])[0]):
                improved[index] = (candidate, answers)
        for index, _ in enumerate(best):
            if index in improved:
                best[index] = improved[index]
            else:
                width[index] //= 2
    return best


def kind(answers):
    """Which sides fail."""
    return tuple("error" in answer if answer else None for answer in answers)
