"""What a thousand asks and a thousand resets cost, of everything that takes part."""

import time

import machine
from client import ask_all
from report import progress
from run import Figure
from servers import bytes_to, port_of
from sink import Sink
from users import completion, email


def costs(run):
    """On PostgreSQL, with queue and limits in the process and in Redis."""
    asks, resets = (1000, 200) if run.options.quick else (5000, 1000)
    rows = []
    for store in ("memory", "redis"):
        found = {"ask": [], "reset": []}
        table = run.table("postgres", asks + 100)
        for n in range(run.rounds):
            progress(f"a thousand asks and resets, queue and limits in {store}, {n + 1}")
            redis = run.servers.redis if store == "redis" else None
            with Sink() as sink, run.regain(table, mail=sink.url, redis=redis) as regain:
                warm = [{"identifier": email(n)} for n in range(asks + 1, asks + 101)]
                ask_all(regain.ask, warm)
                sink.wait_for(100)
                ask = [{"identifier": email(n)} for n in range(1, asks + 1)]
                found["ask"].append(counted(run, regain, sink, table, regain.ask, ask))
                reset = [completion(n) for n in range(1, resets + 1)]
                found["reset"].append(counted(run, regain, sink, table, regain.complete, reset))
            table.again()
        for what, rounds in found.items():
            rows.append((what, {"memory": "in the process", "redis": "in Redis"}[store],
                         *(Figure(values, digits) for values, digits in zip(zip(*rounds), DIGITS))))
    run.report.section("What a thousand cost", "PostgreSQL; 4 connections that ask, 4 to the mail server. An ask is of "
                       "a person who is there and gets a mail; a reset is followed by its notice, which is mailed too. "
                       "CPU in ms; statements as pg_stat_statements counts them, commands as Redis does (those that "
                       "scripts run count too); bytes in both directions.")
    run.report.table(HEAD, rows)


HEAD = ("a thousand of", "queue and limits", "CPU of regain", "of PostgreSQL", "of Redis", "of the mail server",
        "statements", "connections", "commands of Redis", "MB HTTP", "MB PostgreSQL", "MB Redis", "MB SMTP", "others")
DIGITS = (0, 0, 0, 0, 0, 0, 0, 2, 2, 2, 2, 2)


def counted(run, regain, sink, table, url, bodies):
    """What it took to do all of these, the mails that follow included, for each thousand."""
    run.quiet()
    port, window = port_of(table.url), run.window(regain, sink)

    def counts():
        commands, redis_bytes = run.servers.redis_counts()
        return (regain.cpu() * 1000, machine.cpu_of_tree(run.servers.pid("postgres")) * 1000,
                machine.cpu(run.servers.pid("redis")) * 1000, sink.cpu() * 1000, run.servers.statements(table.url),
                0, commands, 0, bytes_to(port) / 1e6, redis_bytes / 1e6, sink.bytes.value / 1e6)

    already, before = sink.taken.value, counts()
    moved = ask_all(url, bodies)
    connections = run.servers.connections(table.url)
    sink.wait_for(already + len(bodies))
    regain.settled()
    time.sleep(0.2)
    a_thousand = [(b - a) / len(bodies) * 1000 for a, b in zip(before, counts())]
    a_thousand[5], a_thousand[7] = connections, moved / 1e6 / len(bodies) * 1000
    others = window.others()
    run.report.had(others)
    return (*a_thousand, others)
