"""Counts by callgrind, and holds what it counts to baseline.tsv; tests/instructions/run calls it.

Each case is run with N calls and with 2 N: what they differ by is that of N calls, without what the
process does besides.

Valgrind knows no SHA extensions, so that SHA-256 takes thousands of instructions here where it takes
hundreds elsewhere. It is counted by itself: nothing of ours could be seen beside it.
"""

import json
import re
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

N = 2000
TOLERANCE = 0.05
# Another compiler inlines otherwise, and so counts little of what was changed here.
OF_ANOTHER_COMPILER = 0.25
# A self-test does every so manieth call twice.
EVERY = 10

# What takes memory in the library of C, which is Rust's allocator here.
ALLOCATORS = {"malloc", "calloc", "realloc", "memalign", "posix_memalign", "aligned_alloc"}

# What SHA-256 is computed by.
SHA256 = re.compile(r"\bsha2::.*\bcompress")

BASELINE = Path(__file__).with_name("baseline.tsv")
COLUMNS = ["case", "instructions", "sha256", "allocations", "rustc"]


class Count(NamedTuple):
    """Per call."""

    # All but those of SHA-256.
    instructions: int
    sha256: int
    allocations: Fraction


def main(work: Path, write: bool) -> None:
    program = built(work / "cargo.json")
    cases = said(program).split()
    rustc = said("rustc", "--version").split()[1]
    counts = {case: count(work, program, case) for case in cases}
    if write:
        lines = [[case, *map(str, it), rustc] for case, it in counts.items()]
        BASELINE.write_text("".join("\t".join(line) + "\n" for line in [COLUMNS, *lines]))
        print(f"wrote {BASELINE.name}")
    baseline, of_rustc = read()
    tolerance = TOLERANCE if rustc == of_rustc else OF_ANOTHER_COMPILER
    if rustc != of_rustc:
        print(f"the baseline is of rustc {of_rustc} and this is {rustc}: {tolerance:.0%} are allowed; "
              "write it anew by tests/instructions/run --write")
    for case, it in counts.items():
        print(f"{case}: {it.instructions} instructions and {it.sha256} of SHA-256, {it.allocations} allocations")
    grown, shrunk = compared(baseline, counts, tolerance)
    for told in grown:
        print(f"GROWN: {told}", file=sys.stderr)
    for told in shrunk:
        print(f"less than it was: {told}; write the baseline anew by tests/instructions/run --write")
    # Of a first case, with which all others are counted and compared alike.
    with_more = {**counts, cases[0]: count(work, program, cases[0], EVERY)}
    noticed, _ = compared(counts, with_more, TOLERANCE)
    if len(noticed) != 3:
        sys.exit(f"error: a tenth more of {cases[0]} was not noticed, but {noticed}")
    print(f"a tenth more would have been noticed: {noticed[0]}")
    if grown:
        sys.exit(1)
    print(f"instructions: {len(counts)} cases within {tolerance:.0%} of tests/instructions/{BASELINE.name}")


def compared(
    before: dict[str, Count], after: dict[str, Count], tolerance: float
) -> tuple[list[str], list[str]]:
    """What has grown, and what has shrunk by so much that growing back would pass."""
    if before.keys() != after.keys():
        sys.exit(f"error: the baseline is of {sorted(before)}: tests/instructions/run --write")
    grown, shrunk = [], []
    for case, now in after.items():
        was = before[case]
        for what, old, new in [
            ("instructions", was.instructions, now.instructions),
            ("instructions of SHA-256", was.sha256, now.sha256),
        ]:
            told = f"{case}: {old} -> {new} {what} a call"
            if new > old * (1 + tolerance):
                grown.append(told)
            if new < old * (1 - tolerance):
                shrunk.append(told)
        if now.allocations != was.allocations:
            more = now.allocations > was.allocations
            told = f"{case}: {was.allocations} -> {now.allocations} allocations a call"
            (grown if more else shrunk).append(told)
    return grown, shrunk


def read() -> tuple[dict[str, Count], str]:
    if not BASELINE.exists():
        sys.exit("error: there is no baseline: tests/instructions/run --write")
    _, *lines = (line.split("\t") for line in BASELINE.read_text().splitlines())
    compilers = {rustc for *_, rustc in lines}
    if len(compilers) != 1:
        sys.exit(f"error: the baseline is of several compilers, {sorted(compilers)}")
    baseline = {case: Count(int(i), int(s), Fraction(a)) for case, i, s, a, _ in lines}
    return baseline, compilers.pop()


def count(work: Path, program: str, case: str, every: int | None = None) -> Count:
    """What one call costs; of each so manieth two where that is said."""
    once, twice = (callgrind(work, program, case, calls, every) for calls in (N, 2 * N))
    per_call = [Fraction(more - less, N) for less, more in zip(once, twice)]
    return Count(round(per_call[0]), round(per_call[1]), per_call[2])


def callgrind(work: Path, program: str, case: str, calls: int, every: int | None) -> Count:
    """What a whole run costs."""
    out = work / "callgrind.out"
    arguments = [case, str(calls)] + ([str(every)] if every else [])
    tool = ["valgrind", "--quiet", "--tool=callgrind", f"--callgrind-out-file={out}"]
    subprocess.run([*tool, program, *arguments], check=True, stdout=subprocess.DEVNULL)
    return parse(out.read_text())


def parse(text: str) -> Count:
    """The format is told in Valgrind's manual, "Callgrind Format Specification": a name is written
    out once and goes by its number from then on, `calls=` is of the `cfn=` before it, and the line
    after that is what was called, which is none of the `fn=`'s own."""
    names: dict[str, str] = {}
    function, called, is_of_the_call = "", "", False
    everything, sha256, allocations = 0, 0, 0
    for line in text.splitlines():
        if name := re.match(r"(c?)fn=\((\d+)\)(?: (.*))?$", line):
            names[name[2]] = name[3] or names[name[2]]
            if name[1]:
                called = names[name[2]]
            else:
                function = names[name[2]]
        elif line.startswith("calls="):
            is_of_the_call = True
            if called.split("'")[0] in ALLOCATORS:
                allocations += int(line.removeprefix("calls=").split()[0])
        elif cost := re.match(r"[-+*\d]\d* (\d+)$", line):
            if not is_of_the_call:
                everything += int(cost[1])
                sha256 += int(cost[1]) if SHA256.search(function) else 0
            is_of_the_call = False
    totals = re.search(r"^totals: (\d+)", text, re.MULTILINE)
    if not totals or int(totals[1]) != everything or "malloc" not in names.values():
        sys.exit("error: what callgrind wrote is not understood")
    return Count(everything - sha256, sha256, Fraction(allocations))


def built(messages: Path) -> str:
    """The program that cargo says it has built."""
    for line in messages.read_text().splitlines():
        message = json.loads(line)
        if message.get("target", {}).get("name") == "instructions" and message.get("executable"):
            return message["executable"]
    sys.exit("error: cargo built no benches/instructions.rs")


def said(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    main(Path(sys.argv[1]), "--write" in sys.argv[2:])
