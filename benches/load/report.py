"""What was found: tables in Markdown, and whether goals were met."""

import statistics
import subprocess
import sys
import time
from pathlib import Path

import machine

ROOT = Path(__file__).resolve().parents[2]


class Figure:
    """A measurement that was repeated: the median, and from where to where it went."""

    def __init__(self, values, digits=1):
        self.values, self.digits = list(values), digits

    @property
    def median(self):
        return statistics.median(self.values)

    def __str__(self):
        text = f"{self.median:,.{self.digits}f}"
        if len(self.values) < 2:
            return text
        low, high = min(self.values), max(self.values)
        return f"{text} ({low:,.{self.digits}f}–{high:,.{self.digits}f})"


class Report:
    """Sections in the order in which they come, and all goals in one table in front of them."""

    def __init__(self, command, profile):
        self.command, self.profile, self.sections, self.goals, self.others = command, profile, [], [], []
        changed = " and what was not committed yet" if git("status", "--porcelain", "--", ":!docs/evidence") else ""
        self.commit = git("rev-parse", "HEAD") + changed
        self.began = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())

    def section(self, title, text=""):
        say(f"\n## {title}\n")
        self.sections.append([f"## {title}", text] if text else [f"## {title}"])
        if text:
            say(text)

    def table(self, head, rows):
        lines = [row_of(head), "|" + "---|" * len(head), *map(row_of, rows)]
        self.sections[-1].append("\n".join(lines))
        say("\n" + "\n".join(lines))

    def note(self, text):
        self.sections[-1].append(text)
        say("\n" + text)

    def plot(self, name, title):
        """Where a plot goes, which the section then shows."""
        self.sections[-1].append(f"![{title}](load/{name}.svg)")
        return f"{name}.svg"

    def goal(self, what, found, most=None, least=None, unit="", digits=3):
        """Holds a figure, or a ratio, to its bound."""
        bound, met = (most, found <= most) if least is None else (least, found >= least)
        sign = "≤" if least is None else "≥"
        goal = f"{sign} {bound:,g} {unit}".rstrip()
        self.goals.append((what, f"{found:,.{digits}f} {unit}".rstrip(), goal, f"{found / bound:.2f}",
                           "met" if met else "**missed**"))
        say(f"goal: {what}: {found:,.{digits}f} {unit}, {goal}: {'met' if met else 'MISSED'}")

    def had(self, others):
        """Cores that others had during a measurement."""
        self.others.append(others)
        return f"{others:.2f}"

    def text(self):
        others = f"{statistics.median(self.others):.2f} in the median, {max(self.others):.2f} at most" \
            if self.others else "not looked at"
        front = [
            "# Load", f"Written by `{self.command}`; every figure is from that one run. Loopback only.",
            f"- Commit: {self.commit}\n- Date: {self.began}\n- Machine: {machine.describe()}\n"
            f"- Profile: {self.profile}\n- Cores that others had during a measurement: {others}",
            "Repeated measurements are told by their median and from where to where they went; those of the "
            "program and of its floor take turns. CPU is the process's own, by the kernel's clock of it; "
            "“others” is how many cores were had by what is not of this run. The processes that make the load "
            "share the cores with what they load. The servers are those of tests/servers: PostgreSQL and MariaDB do not "
            "wait for the disk, Redis does for every write.",
            "## Goals",
        ]
        head = ("goal", "found", "wanted", "found / wanted", "")
        goals = "\n".join([row_of(head), "|---|---|---|---|---|", *map(row_of, self.goals)])
        return "\n\n".join([*front, goals, *(part for section in self.sections for part in section)]) + "\n"


def row_of(cells):
    return "| " + " | ".join(map(str, cells)) + " |"


def git(*arguments):
    return subprocess.run(["git", "-C", ROOT, *arguments], capture_output=True, text=True).stdout.strip()


def say(text):
    print(text, flush=True)


def progress(text):
    print(f"… {text}", file=sys.stderr, flush=True)
