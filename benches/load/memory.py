"""Memory: idle, after load of every kind, and what waits in the queue."""

import machine
import plot
import wrk
from client import Sampler, ask_all
from doors import hold
from report import progress
from resets import flood
from run import Figure
from sink import Sink
from users import completion

QUEUED = 100_000


def memory(run):
    table = run.table(people=2500)
    # One turn to hash for each core, where memory is enough.
    permits = machine.CORES
    idle, after, most, samples = [], [], [], None
    for n in range(run.rounds):
        progress(f"memory, {n + 1}")
        with run.regain(table) as regain:
            # As long as it takes for what was needed to start to be given back.
            regain.settled()
            idle.append(regain.pss())
            with Sampler(regain.pss) as sampler:
                load_it(run, regain)
                regain.settled()
            after.append(regain.pss())
            most.append(max(mib for _, mib in sampler.seen))
            samples = samples or sampler.seen
        table.again()
    queued = queue(run)
    run.report.section("Memory", "PSS in MiB. The load: inspecting, asking (with the look-up, for nobody) and "
                       "completing over 64 connections, one after another.")
    run.report.table(("state", "MiB"), [
        ("idle", Figure(idle)), (f"after load ({permits} passwords at a time)", Figure(after)),
        ("most during load", Figure(most)),
        (f"{QUEUED:,} jobs queued: more than before", Figure(queued))])
    run.report.goal("memory idle (PSS)", Figure(idle).median, most=15, unit="MiB", digits=1)
    run.report.goal(f"memory after load (PSS), {permits} permits", Figure(after).median, most=40 + 19 * permits,
                    unit="MiB", digits=1)
    run.report.goal(f"memory of {QUEUED:,} queued jobs", Figure(queued).median, most=30, unit="MiB", digits=1)
    plot.lines(run.plot_at(run.report.plot("memory", "Memory over time")),
               "Memory: inspecting, asking, completing, rest", "seconds", "PSS, MiB", [("PSS", samples)])


def load_it(run, regain):
    wish = {"token": completion(7)["token"], "purpose": "password-reset"}
    wrk.run(regain.inspect, wish, connections=64, seconds=run.seconds)
    wrk.run(regain.ask, {"identifier": "nobody@example.com"}, connections=64, seconds=run.seconds)
    regain.settled()
    flood(run, regain, 64, run.seconds)


def queue(run):
    """What 100,000 asks weigh that wait."""
    weighed = []
    for _ in range(run.rounds):
        table = run.table(people=100)
        with Sink(held=True) as sink, run.regain(table, mail=sink.url, connections=1) as regain:
            hold(regain, sink)
            before = regain.pss()
            ask_all(regain.ask, [{"identifier": f"person{n}@example.com"} for n in range(QUEUED)])
            weighed.append(regain.pss() - before)
    return weighed
