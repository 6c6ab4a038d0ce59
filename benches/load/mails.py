"""Mail: from the ask to the mail server, and what the worker alone takes."""

import time

from client import ask_all
from doors import hold
from report import progress
from run import Figure
from sink import Sink
from users import email


def mail(run):
    """Every person asks once, and every mail is seen in the mail server beside."""
    run.report.section("Mail", "SQLite unless said otherwise, limits on and never met, a mail server in Python beside "
                       "(CPU of its own). Nothing was refused, and every mail was seen there.")
    mails, rows = 3000 if run.options.quick else 12_000, []
    for engine, connections in (("sqlite", 1), ("sqlite", 10), ("sqlite", 50), ("postgres", 10), ("mariadb", 10)):
        progress(f"mail: {engine}, {connections} connections")
        rates, micros, of_sink, others = [], [], [], 0.0
        table = run.table(engine, mails)
        for _ in range(run.rounds):
            with Sink() as sink, run.regain(table, mail=sink.url, connections=connections) as regain:
                warm_up(regain, sink)
                run.quiet()
                already, began = sink.taken.value, time.perf_counter()
                window, cpu, sinks = run.window(regain, sink), regain.cpu(), sink.cpu()
                ask_all(regain.ask, asks(mails))
                sink.wait_for(already + mails)
                rates.append(mails / (time.perf_counter() - began))
                micros.append((regain.settled() - cpu) / mails * 1e6)
                of_sink.append((sink.cpu() - sinks) / mails * 1e6)
                others = max(others, window.others())
        rows.append((engine, connections, Figure(rates, 0), Figure(micros, 0), Figure(of_sink, 0),
                     run.report.had(others)))
    run.report.table(("database", "connections", "mails a second", "µs CPU a mail, ask included",
                      "µs of the mail server", "others"), rows)
    worker(run, mails)


def worker(run, mails):
    """The asks wait already when the mail server begins to greet: what is measured is the worker alone."""
    rows = []
    for engine in ("sqlite", "postgres"):
        progress(f"worker on {engine}")
        rates, per_core, others = [], [], 0.0
        table = run.table(engine, mails)
        for _ in range(run.rounds):
            with Sink(held=True) as sink, run.regain(table, mail=sink.url, connections=10) as regain:
                hold(regain, sink)
                ask_all(regain.ask, asks(mails))
                run.quiet()
                window, cpu, began = run.window(regain, sink), regain.cpu(), time.perf_counter()
                sink.release()
                sink.wait_for(mails + 64)
                rates.append((mails + 64) / (time.perf_counter() - began))
                per_core.append((mails + 64) / (regain.settled() - cpu))
                others = max(others, window.others())
        rows.append((engine, Figure(rates, 0), Figure(per_core, 0), run.report.had(others)))
        name = {"sqlite": "SQLite", "postgres": "PostgreSQL"}[engine]
        run.report.goal(f"worker on {name}: mails a second of one core", Figure(per_core).median, least=2000,
                        digits=0)
    run.report.note("The worker alone: look-up, token, writing and SMTP over 10 connections, of asks that all wait "
                    "before the mail server greets.")
    run.report.table(("database", "mails a second", "mails a second of the program's CPU", "others"), rows)


def asks(mails):
    return [{"identifier": email(n)} for n in range(1, mails + 1)]


def warm_up(regain, sink):
    ask_all(regain.ask, asks(200))
    sink.wait_for(200)
