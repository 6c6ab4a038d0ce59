"""Completing a reset: beside the hash alone, as a flood, and by several processes."""

import subprocess
import time
from contextlib import ExitStack

import machine
import plot
import wrk
from client import Probe
from report import progress
from run import Figure
from users import completion

# Of one flood; each is used once.
TOKENS = 2500


def hash_alone(run, threads):
    """Milliseconds of one hash while so many threads hash."""
    rounds = "30" if run.options.quick else "100"
    told = subprocess.run([run.floor_binary, "hash", str(threads), rounds], check=True, capture_output=True, text=True)
    return float(told.stdout)


def complete(run):
    """As many resets as there are turns to hash, beside what the hash alone allows."""
    run.report.section("Complete a reset", f"{2 * machine.CORES} connections, each token used once; the hash alone is "
                       "Argon2id with 19 MiB and two passes, in the floor's process.")
    rows = []
    for engine in ("sqlite", "postgres"):
        progress(f"complete on {engine}")
        table = run.table(engine, TOKENS)
        alone, together, rates, millis, shares, p99, others = [], [], [], [], [], [], 0.0
        with run.regain(table) as regain:
            for n in range(run.rounds + 1):
                run.quiet()
                alone.append(hash_alone(run, 1))
                together.append(hash_alone(run, machine.CORES))
                window, before = run.window(regain), regain.cpu()
                loaded = flood(run, regain, 2 * machine.CORES, max(run.seconds, 2))
                if loaded.refused or loaded.broken:
                    raise SystemExit(f"{loaded.refused} completions were refused")
                millis.append((regain.cpu() - before) / loaded.requests * 1000)
                rates.append(loaded.taken)
                shares.append(loaded.taken / (machine.CORES / alone[-1] * 1000))
                p99.append(loaded.latency[99.0])
                others = max(others, window.others())
                table.again()
                if n == 0:  # to warm up
                    for figures in (alone, together, rates, millis, shares, p99):
                        figures.clear()
        rows.append((engine, Figure(alone, 2), Figure(together, 2), Figure(rates), Figure(millis, 2),
                     Figure(p99), run.report.had(others)))
        name = {"sqlite": "SQLite", "postgres": "PostgreSQL"}[engine]
        run.report.goal(f"complete on {name}: of cores / time of the hash", Figure(shares).median, least=0.95)
        at_once = Figure([rate * ms / 1000 / machine.CORES for rate, ms in zip(rates, together)], 3)
        run.report.note(f"{name}: {at_once} of what as many threads as cores hash at the same time.")
    run.report.table(("database", "hash alone, ms", f"hash, {machine.CORES} at a time, ms", "resets a second",
                      "ms CPU a reset", "p99 ms", "others"), rows)


def flood(run, regain, connections, seconds, people=range(1, TOKENS + 1), start=False):
    begin = wrk.start if start else wrk.run
    return begin(regain.complete, bodies=[completion(n) for n in people], connections=connections, seconds=seconds)


def aside(run):
    """How long an ask and a look at its health take while resets flood in."""
    table, rows = run.table(people=TOKENS), []
    with run.regain(table) as regain:
        for what, url, body in (("ask", regain.ask, {"identifier": "nobody@example.com"}),
                                ("health", regain.health, None)):
            idle, flooded = [], []
            for n in range(run.rounds):
                progress(f"{what} beside a flood of completions, {n + 1}")
                run.quiet()
                idle.append(probed(run, url, body))
                loaded = flood(run, regain, 64, run.seconds + 2, start=True)
                flooded.append(probed(run, url, body))
                loaded.wait()
                table.again()
            p99 = [Figure((machine.percentile(it, 0.99) for it in taken), 2) for taken in (idle, flooded)]
            p50 = [Figure((machine.percentile(it, 0.5) for it in taken), 2) for taken in (idle, flooded)]
            rows.append((what, p50[0], p99[0], p50[1], p99[1]))
            run.report.goal(f"{what}: p99 under a flood of completions, times idle", p99[1].median / p99[0].median,
                            most=10, digits=1)
    run.report.section("Beside a flood of completions", "A hundred requests a second over a connection of its own, by "
                       "a client that runs before others (nice -10), idle and while 64 connections complete resets.")
    run.report.table(("what", "p50 idle, ms", "p99 idle, ms", "p50 in the flood, ms", "p99 in the flood, ms"), rows)


def probed(run, url, body):
    probe = Probe(url, body)
    time.sleep(run.seconds + 1)
    # What was sent before the flood had begun, or the connection been made.
    return probe.latencies()[30:]


def scale(run):
    """One, two and three processes on one PostgreSQL: resets, with one turn to hash each, and inspections."""
    people, rates, cores = 1200, {}, {}
    table = run.table("postgres", 3 * people)
    for _ in range(run.rounds):
        for processes in (1, 2, 3):
            progress(f"{processes} processes")
            run.quiet()
            with ExitStack() as stack:
                head = "hashing.permits = 1\nhashing.wait = \"5s\""
                started = [stack.enter_context(run.regain(table, head=head)) for _ in range(processes)]
                window, busy, began = run.window(*started), machine.busy(), time.perf_counter()
                loads = [flood(run, regain, 4, run.seconds + 1, range(1 + n * people, 1 + (n + 1) * people), True)
                         for n, regain in enumerate(started)]
                rates.setdefault(processes, []).append(sum(load.wait().taken for load in loads))
                cores.setdefault(processes, []).append((machine.busy() - busy) / (time.perf_counter() - began))
                run.report.had(window.others())
            table.again()
    figures = {processes: Figure(found) for processes, found in rates.items()}
    alone, together = hash_alone(run, 1), hash_alone(run, machine.CORES)
    run.report.section("Several processes", "Resets a second by processes with one turn to hash each, on one "
                       f"PostgreSQL, and the cores that were in use by all: the machine has {machine.CORES}, which whoever "
                       "loads it and PostgreSQL share. Where one process has more than its part of them in use, "
                       f"{machine.CORES} divided by that is the most that several can be of one. "
                       f"{machine.CORES} hashes at a time take {together:.1f} ms each, one takes {alone:.1f}.")
    one = Figure(cores[1]).median
    most = {n: min(n, machine.CORES / one) for n in figures}
    run.report.table(("processes", "resets a second", "cores in use", "times one process", "most until cores are full"), [
        (n, it, Figure(cores[n], 2), f"{it.median / figures[1].median:.2f}", f"{most[n]:.2f}")
        for n, it in figures.items()])
    for n in (2, 3):
        run.report.goal(f"{n} processes: of one's, until the cores are full",
                        figures[n].median / figures[1].median / most[n], least=0.95)
    plot.lines(run.plot_at(run.report.plot("processes", "Resets a second by processes")),
               "Resets a second by processes", "processes", "resets a second",
               [("resets", [(n, it.median) for n, it in figures.items()])])
    scale_inspections(run)


def scale_inspections(run):
    """Whoever loads them has a part of the cores, and so has PostgreSQL: what tells whether processes are in each
    other's way is what a request costs them."""
    table, micros, rates = run.table("postgres"), {}, {}
    wish = {"token": completion(7)["token"], "purpose": "password-reset"}
    for _ in range(run.rounds):
        for processes in (1, 2, 3):
            progress(f"{processes} processes, inspecting")
            run.quiet()
            with ExitStack() as stack:
                started = [stack.enter_context(run.regain(table)) for _ in range(processes)]
                window, before = run.window(*started), sum(regain.cpu() for regain in started)
                loads = [wrk.start(regain.inspect, wish, connections=4, seconds=run.seconds) for regain in started]
                loaded = [load.wait() for load in loads]
                spent = sum(regain.cpu() for regain in started) - before
                micros.setdefault(processes, []).append(spent / sum(load.requests for load in loaded) * 1e6)
                rates.setdefault(processes, []).append(sum(load.taken for load in loaded))
                run.report.had(window.others())
    run.report.note("Inspections over 4 connections to each, beside what loads them and PostgreSQL on the same cores:")
    run.report.table(("processes", "µs CPU an inspection", "inspections a second"), [
        (n, Figure(micros[n]), Figure(rates[n], 0)) for n in micros])
