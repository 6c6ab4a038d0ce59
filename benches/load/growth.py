"""Growth: a look-up and a completion in tables of PostgreSQL that are small and that are large."""

import random
import time

import machine
import plot
from client import ask_all
from report import progress
from resets import flood
from run import Figure
from sink import Sink
from users import email

SMALL = 10_000


def growth(run):
    options = run.options
    sizes = [SMALL, 100_000] if options.quick else [SMALL, 1_000_000] + ([10_000_000] if options.long else [])
    tables = {}
    for people in sizes:
        progress(f"a table of {people:,} people")
        tables[people] = run.table("postgres", people, all_active=False)
        tables[people].warm()
    look_ups = {people: [] for people in sizes}
    spent, resets, memory = ({people: [] for people in sizes} for _ in range(3))
    for n in range(run.rounds + 1):
        for people, table in tables.items():
            progress(f"{people:,} people, round {n}")
            micros, cpu, mib = look_up(run, table)
            millis = reset(run, table)
            table.again()
            if n > 0:  # after one to warm up
                look_ups[people].append(micros)
                spent[people].append(cpu)
                memory[people].append(mib)
                resets[people].append(millis)
    run.report.section("Growth", "PostgreSQL, whose buffers hold the tables. Look-ups are of random people whose account is not active, so that a "
                       "row is read and no mail written: what waited for a mail server is looked up by all workers "
                       "at once. Resets are of random active people.")
    run.report.table(("people", "µs a look-up", "µs CPU a look-up, of both", "ms a reset (p50)", "memory, MiB"), [
        (f"{people:,}", Figure(look_ups[people]), Figure(spent[people]), Figure(resets[people], 2),
         Figure(memory[people])) for people in sizes])
    largest = sizes[-1]
    for what, figures in (("look-up", look_ups), ("reset", resets)):
        run.report.goal(f"{what} at {largest:,} people, times at {SMALL:,}",
                        Figure(figures[largest]).median / Figure(figures[SMALL]).median, most=1.3, digits=2)
    run.report.goal(f"memory at {largest:,} people, times at {SMALL:,}",
                    Figure(memory[largest]).median / Figure(memory[SMALL]).median, most=1.1, digits=2)
    plot.lines(run.plot_at(run.report.plot("growth", "Look-up and reset by users")),
               "Look-up and reset by users, PostgreSQL", "users", "times that at 10,000", [
                   (what, [(people, Figure(it).median / Figure(figures[SMALL]).median) for people, it in
                           figures.items()]) for what, figures in (("look-up", look_ups), ("reset", resets))],
               log_x=True)


def look_up(run, table):
    """µs a look-up, in the mean of many; and µs of the processor, of the program and the server together."""
    count = 5_000 if run.options.quick else 20_000
    server = run.servers.pid("postgres")
    with Sink(held=True) as sink, run.regain(table, mail=sink.url, connections=1) as regain:
        ask_all(regain.ask, [{"identifier": email(n)} for n in range(1, 129, 2)])
        time.sleep(0.5)
        people = [2 * random.randint(1, table.people // 2) for _ in range(count)]
        ask_all(regain.ask, [{"identifier": email(n)} for n in people])
        run.quiet()
        window, cpu = run.window(regain, sink), regain.cpu() + machine.cpu_of_tree(server)
        began = time.perf_counter()
        sink.release()
        while regain.waiting():
            time.sleep(0.01)
        seconds = time.perf_counter() - began
        cpu = regain.cpu() + machine.cpu_of_tree(server) - cpu
        run.report.had(window.others())
        return seconds / count * 1e6, cpu / count * 1e6, regain.pss()


def reset(run, table):
    people = random.sample(range(1, table.people, 2), min(1200, table.people // 2))
    with run.regain(table) as regain:
        run.quiet()
        loaded = flood(run, regain, machine.CORES, run.seconds, people)
        if loaded.refused or loaded.broken:
            raise SystemExit(f"{loaded.refused} completions were refused")
        return loaded.latency[50.0]


