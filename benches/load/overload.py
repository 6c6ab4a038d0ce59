"""Overload: five times what can be done comes, whether or not it is answered."""

import machine
import plot
from client import OpenLoop, Sampler
from report import progress
from resets import flood
from sink import Sink
from users import completion, email

TIMES = 5
# A mail server that takes so long for each mail bounds what can be sent to CONNECTIONS / DELAY a second.
DELAY, CONNECTIONS, CAPACITY = 0.05, 4, 1000


def overload(run):
    before, flooded, after = (3, 6, 8) if run.options.quick else (5, 15, 15)
    table = run.table(people=30_000)
    progress("what can be sustained")
    with run.regain(table) as regain:
        sustained = flood(run, regain, 2 * machine.CORES, run.seconds, range(20_000, 22_500)).taken
    run.report.section("Overload", f"SQLite. Half of what can be sustained, then {TIMES} times it, then half again, at "
                       "times fixed beforehand (an open loop; latency is counted from when a request was due).")
    phases = [(before, sustained / 2), (flooded, TIMES * sustained), (after, sustained / 2)]
    bodies = [completion(n) for n in range(1, 1 + int(sum(seconds * rate for seconds, rate in phases)))]
    with run.regain(table) as regain:
        scenario(run, "complete", regain, regain.complete, bodies, phases)
    can_send = CONNECTIONS / DELAY
    phases = [(before, can_send / 2), (flooded + 10, TIMES * can_send), (after, can_send / 2)]
    bodies = [{"identifier": email(n)} for n in range(1, 1 + int(sum(seconds * rate for seconds, rate in phases)))]
    with Sink(delay=DELAY) as sink:
        with run.regain(table, mail=sink.url, connections=CONNECTIONS, capacity=CAPACITY) as regain:
            scenario(run, "ask", regain, regain.ask, bodies, phases)


def scenario(run, name, regain, url, bodies, phases):
    progress(f"overload: {name}")
    run.quiet()
    window, idle = run.window(regain), regain.pss()
    with Sampler(regain.pss) as sampler:
        kept = OpenLoop(url, bodies, phases).run()
    others, memory = window.others(), [mib for _, mib in sampler.seen]
    statuses = sorted({status for _, status, _ in kept})
    rows, start = [], 0
    for what, (seconds, rate) in zip(("half", f"{TIMES} times", "half again"), phases):
        for status in statuses:
            took = [taken * 1000 for due, of, taken in kept if of == status and start <= due < start + seconds]
            if took:
                rows.append((what, f"{rate:,.0f}", word(status), f"{len(took):,}",
                             *(f"{machine.percentile(took, p):,.0f}" for p in (0.5, 0.99))))
        start += seconds
    ends = start - phases[-1][0]
    run.report.note(f"**{name}**" + (f": {CONNECTIONS} connections to a mail server that takes {DELAY * 1000:.0f} ms a "
                                     f"mail, a queue of {CAPACITY:,}" if name == "ask" else "")
                    + f". Memory was {idle:.1f} MiB before and {max(memory):.1f} MiB at most; others had "
                    f"{run.report.had(others)} cores.")
    run.report.table(("rate", "a second", "status", "answers", "p50 ms", "p99 ms"), rows)
    refused = [seconds * 1000 for due, of, seconds in kept if of in (429, 503)]
    back = recovered(kept, ends)
    lost = sum(1 for _, status, _ in kept if status <= 0)
    run.report.note(f"Of {len(kept):,} requests {lost:,} had no answer; after the flood it took {back:.1f} s until "
                    "every request was answered well again.")
    if refused:
        run.report.note(f"A refusal took {machine.percentile(refused, 0.5):,.0f} ms in the median and "
                        f"{machine.percentile(refused, 0.99):,.0f} ms at p99.")
    run.report.goal(f"overload of {name}: seconds until it is back to normal", back, most=10, unit="s", digits=1)
    run.report.goal(f"overload of {name}: memory at most", max(memory), most=40 + 19 * machine.CORES, unit="MiB",
                    digits=1)
    draw(run, name, kept, statuses, sampler.seen)


def word(status):
    return {OpenLoop.CLOSED: "closed", OpenLoop.CROWDED: f"not sent: {OpenLoop.MOST:,} wait"}.get(status, str(status))


def recovered(kept, ends):
    """Seconds from the end of the flood until all that are due later are answered well and within a second."""
    bad = [due for due, status, seconds in kept if due >= ends and (not 200 <= status < 300 or seconds > 1)]
    return max(bad, default=ends) - ends


def draw(run, name, kept, statuses, memory):
    last = int(max(due for due, _, _ in kept)) + 1
    seconds = range(last)
    due_in = {second: [it for it in kept if int(it[0]) == second] for second in seconds}
    plot.lines(run.plot_at(run.report.plot(f"overload-{name}", f"Answers in an overload of {name}")),
               f"Overload ({name}): answers by status, by when they were due", "seconds", "requests a second",
               [(word(status), [(second, sum(of == status for _, of, _ in due_in[second]))
                                              for second in seconds]) for status in statuses])
    p99 = [(second, machine.percentile([taken * 1000 for _, _, taken in due_in[second]], 0.99))
           for second in seconds if due_in[second]]
    plot.lines(run.plot_at(run.report.plot(f"overload-{name}-p99", f"Latency in an overload of {name}")),
               f"Overload ({name}): p99 of what was due in each second", "seconds", "ms", [("p99", p99)], log_y=True)
    plot.lines(run.plot_at(run.report.plot(f"overload-{name}-memory", f"Memory in an overload of {name}")),
               f"Overload ({name}): memory", "seconds", "PSS, MiB", [("PSS", memory)])
