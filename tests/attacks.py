"""Holds tests/attacks.tsv to what the runners themselves wrote down.

    tests/attacks.py JUNIT [CHECKS]   every case has its proof, and every proof ran and passed
    tests/attacks.py --rows           the rows that the names of the tests in the tree make

A row is a case (A1 to A85) and what proves it: the name of a Rust test, which carries the number
(`a33_…`) and which JUNIT, cargo-nextest's report, has to hold as passed; `SCRIPT: CHECK`, a check of a
browser script, which CHECKS, the file that they write, has to hold; or `docs/security.md#HEADING`, which
says why the case cannot occur. A row whose proof did not run fails, and there are no exceptions.
"""

import pathlib
import re
import sys
import xml.etree.ElementTree as xml

CASES = range(1, 86)
ROOT = pathlib.Path(__file__).resolve().parent.parent
ROWS = ROOT / "tests" / "attacks.tsv"
NUMBERED = re.compile(r"^(?:a\d+_)+")


def main(arguments):
    if arguments == ["--rows"]:
        return print("\n".join(rows_of_the_tree()))
    if len(arguments) not in (1, 2):
        sys.exit(__doc__)
    tests = outcomes(arguments[0])
    checks = set(pathlib.Path(arguments[1]).read_text().splitlines()) if arguments[1:] else set()
    rows = [line.split("\t") for line in ROWS.read_text().splitlines() if line]
    faults = [fault for row in rows for fault in faults_of(row, tests, checks)]
    faults += [f"{row[0]}: {row[1]} stands there twice" for row in rows if rows.count(row) > 1]
    proven = {row[0] for row in rows}
    faults += [f"A{case}: nothing is said to prove it" for case in CASES if f"A{case}" not in proven]
    for fault in sorted(set(faults)):
        print(fault, file=sys.stderr)
    if faults:
        sys.exit(f"attacks: {len(set(faults))} faults in {ROWS.relative_to(ROOT)}")
    kinds = [kind_of(proof) for _, proof in rows]
    print(
        f"attacks: {len(proven)} cases, each proven: {kinds.count('test')} by tests that passed, "
        f"{kinds.count('check')} by checks in Chromium, {kinds.count('anchor')} by a reason"
    )


def kind_of(proof):
    return "anchor" if proof.startswith("docs/") else "check" if ": " in proof else "test"


def faults_of(row, tests, checks):
    if len(row) != 2 or not re.fullmatch(r"A[1-9]\d*", row[0]) or int(row[0][1:]) not in CASES:
        yield f"{row}: not a case and its proof, with a tab between"
        return
    case, proof = row
    kind = kind_of(proof)
    if kind == "anchor":
        path, _, anchor = proof.partition("#")
        file = ROOT / path
        if not file.is_file() or anchor not in anchors(file):
            yield f"{case}: there is no {proof}"
    elif kind == "check":
        if proof not in checks:
            yield f"{case}: not among the checks that passed: {proof}"
    else:
        if int(case[1:]) not in numbers(proof):
            yield f"{case}: {proof} is named after other cases"
        ran = tests.get(proof, [])
        if not ran:
            yield f"{case}: {proof} did not run"
        elif not all(ran):
            yield f"{case}: {proof} did not pass"


def numbers(name):
    found = NUMBERED.match(name)
    return {int(number) for number in re.findall(r"a(\d+)_", found[0])} if found else set()


def outcomes(report):
    """Whether the tests of a name passed, by its last segment: several modules may share one."""
    found = {}
    for case in xml.parse(report).iter("testcase"):
        passed = not any(child.tag in ("failure", "error", "skipped") for child in case)
        found.setdefault(case.get("name").rsplit("::", 1)[-1], []).append(passed)
    return found


def anchors(file):
    headings = re.findall(r"^#+ (.+)$", file.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def rows_of_the_tree():
    names = set()
    for folder in ("src", "tests"):
        for file in (ROOT / folder).rglob("*.rs"):
            names.update(re.findall(r"fn (a\d+_\w+)\(", file.read_text()))
    rows = {(number, name) for name in names for number in numbers(name)}
    return [f"A{number}\t{name}" for number, name in sorted(rows)]


if __name__ == "__main__":
    main(sys.argv[1:])
