"""Starting, inspecting and asking: what a request costs beside the floor of its kind."""

import time

import plot
import wrk
from client import ask_all
from report import progress
from run import Figure, Series, ratios
from sink import Sink
from users import completion, email

CONNECTIONS = 16


def start(run):
    """Starts on SQLite, one after another."""
    table, taken = run.table(), []
    for _ in range(5 if run.options.quick else 20):
        with run.regain(table) as regain:
            taken.append(regain.started_in * 1000)
    run.report.section("Start", "From the start of the process to the first 200 of /healthz, on SQLite.")
    run.report.table(("starts", "ms"), [(len(taken), Figure(taken))])
    run.report.goal("start to the first 200", Figure(taken).median, most=30, unit="ms", digits=1)


def inspect(run):
    """A token is inspected with its row read, beside a bare route and one with a SELECT, in each database."""
    run.report.section("Inspect", f"{CONNECTIONS} connections; 1,000 people. The floors are poem's own server with "
                       "one route, and with one row read by its key through a pool made as the program's is.")
    rows, curves = [], []
    for engine in ("sqlite", "postgres", "mariadb"):
        progress(f"inspect on {engine}")
        table = run.table(engine)
        with run.floor(table) as floor, run.regain(table) as regain:
            wish = {"token": completion(7)["token"], "purpose": "password-reset"}
            forged = {**wish, "token": "f" + wish["token"][1:]}
            series = {name: Series() for name in ("bare route", "route and SELECT", "inspect")}
            loads = {
                "bare route": (floor, f"{floor.base}/bare", None),
                "route and SELECT": (floor, f"{floor.base}/select/7", None),
                "inspect": (regain, regain.inspect, wish),
            }
            for _, url, body in loads.values():
                wrk.run(url, body, connections=CONNECTIONS, seconds=1)
            server = None if engine == "sqlite" else run.servers.pid(engine)
            for _ in range(run.rounds):
                for name, (process, url, body) in loads.items():
                    series[name].take(run, process, lambda: wrk.run(
                        url, body, connections=CONNECTIONS, seconds=run.seconds), server)
            refused = forged_row(run, regain, forged)
            rows += [(engine, name, *series[name].cells()) for name in loads]
            rows.append((engine, "inspect, forged: no database", *refused))
        name = {"sqlite": "SQLite", "postgres": "PostgreSQL", "mariadb": "MariaDB"}[engine]
        told = series["inspect"]
        ratio = ratios(told, series["route and SELECT"])
        run.report.goal(f"inspect on {name}: CPU a request", Figure(told.micros).median / 1000, most=0.08, unit="ms")
        run.report.goal(f"inspect on {name}: times route and SELECT", ratio.median, most=3, digits=2)
        last = told.loaded[-1].latency
        curves.append((name, [(100 / (100 - p), ms) for p, ms in sorted(last.items()) if p < 100]))
    run.report.table(("database", "what", *Series.HEAD), rows)
    plot.lines(run.plot_at(run.report.plot("inspect", "Latency of inspect by percentile")),
               "Latency of inspect, 16 connections", "one request of so many takes longer (2: p50, 100: p99)", "ms",
               curves, log_x=True, log_y=True)


def forged_row(run, regain, body):
    before, window = regain.cpu(), run.window(regain)
    loaded = wrk.run(regain.inspect, body, connections=CONNECTIONS, seconds=run.seconds)
    micros = (regain.cpu() - before) / loaded.requests * 1e6
    if loaded.refused != loaded.requests:
        raise SystemExit("a forged token was taken")
    return (Figure([micros]), "", Figure([loaded.rate], 0), Figure([loaded.latency[50.0]], 2),
            Figure([loaded.latency[99.0]], 2), run.report.had(window.others()))


def ask(run):
    """Asks are taken while no mail leaves: workers are held by a mail server that says nothing."""
    run.report.section("Ask, while no mail leaves", "SQLite, limits on and never met. Mailing is held up by a mail "
                       "server that does not greet, so that every ask waits in the queue and none is looked up.")
    table, floors, asks, curve = run.table(), Series(), Series(), []
    body = {"identifier": "nobody@example.com"}
    with Sink(held=True) as sink, run.floor(table) as floor, run.regain(table, mail=sink.url, connections=1) as regain:
        hold(regain, sink)
        for process, url in ((floor, f"{floor.base}/json"), (regain, regain.ask)):
            wrk.run(url, body, connections=CONNECTIONS, seconds=1)
        for _ in range(run.rounds):
            for series, process, url in ((floors, floor, f"{floor.base}/json"), (asks, regain, regain.ask)):
                series.take(run, process, lambda: wrk.run(url, body, connections=CONNECTIONS, seconds=run.seconds))
        waiting, taken = regain.waiting(), sum(loaded.requests for loaded in asks.loaded)
        if waiting < taken:
            raise SystemExit(f"of {taken} asks only {waiting} wait: mailing was not held")
        for connections in (1, 4, 16, 64, 256):
            progress(f"ask over {connections} connections")
            run.quiet()
            loaded = wrk.run(regain.ask, body, connections=connections, seconds=min(run.seconds, 2))
            curve.append((connections, loaded))
        run.report.table(("what", *Series.HEAD), [("bare route with a JSON body", *floors.cells()),
                                                  ("ask", *asks.cells())])
        run.report.goal("ask, mailing held: CPU a request", Figure(asks.micros).median / 1000, most=0.03, unit="ms")
        run.report.goal("ask, mailing held: times the JSON route", ratios(asks, floors).median, most=2, digits=2)
        run.report.goal("ask, mailing held: p99 at 16 connections", asks.p99.median, most=5, unit="ms", digits=2)
    run.report.table(("connections", "answers a second", "p50 ms", "p99 ms", "p99.9 ms"), [
        (n, f"{it.rate:,.0f}", *(f"{it.latency[p]:.2f}" for p in (50.0, 99.0, 99.9))) for n, it in curve])
    plot.lines(run.plot_at(run.report.plot("ask-throughput", "Asks a second by connections")),
               "Asks a second, mailing held", "connections", "asks a second",
               [("ask", [(n, it.rate) for n, it in curve])], log_x=True)
    plot.lines(run.plot_at(run.report.plot("ask-latency", "Latency of asks by connections")),
               "Latency of asks, mailing held", "connections", "ms",
               [(f"p{p:g}", [(n, it.latency[p]) for n, it in curve]) for p in (50.0, 99.0, 99.9)],
               log_x=True, log_y=True)


def hold(regain, sink):
    """Gives every worker a mail that the held server does not take, so that what is asked next only waits."""
    ask_all(regain.ask, [{"identifier": email(n)} for n in range(1, 65)])
    time.sleep(0.5)
    before = regain.waiting()
    time.sleep(0.5)
    if sink.taken.value or regain.waiting() != before:
        raise SystemExit("the workers are not held")
