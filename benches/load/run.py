"""What every part is given: what to start, how long to measure, where to tell."""

import tempfile
from pathlib import Path

import machine
from report import Figure
from service import Floor, Regain
from users import Table


class Run:
    def __init__(self, binaries, servers, report, options):
        self.binary, self.floor_binary = binaries
        self.servers, self.report, self.options = servers, report, options
        self.folder = None
        self.broken = 0
        self.plots = Path(options.plots)
        self.rounds = 2 if options.quick else 3
        self.seconds = 1 if options.quick else 3

    def scratch(self):
        """A folder for the part, in memory where there is room: the disk is not what is measured."""
        at = "/dev/shm" if Path("/dev/shm").is_dir() else None
        made = tempfile.TemporaryDirectory(prefix="regain-load-", dir=at)
        self.folder = Path(made.name)
        return made

    def table(self, engine="sqlite", people=1000, all_active=True):
        return Table(self.servers.url(engine, self.folder), people, all_active)

    def regain(self, table, **more):
        return Regain(self.binary, self.folder, table.url, **more)

    def floor(self, table):
        return Floor(self.floor_binary, table.url)

    def quiet(self):
        machine.wait_for_quiet(self.options.patience)

    def plot_at(self, name):
        return self.plots / name

    def window(self, *processes):
        return machine.Window([process.pid for process in processes] + self.servers.pids())


class Series:
    """The rounds of one measurement: µs of the processor a request, answers a second, latencies, others."""

    def __init__(self):
        self.micros, self.rates, self.loaded, self.others, self.server = [], [], [], [], []

    def take(self, run, process, load, server=None):
        """Measures one round. `load` gives what wrk counted; `server` is a pid that is accounted beside."""
        run.quiet()
        window, before = run.window(process), process.cpu()
        of_server = machine.cpu_of_tree(server) if server else 0.0
        loaded = load()
        if loaded.refused or loaded.broken:
            raise SystemExit(f"{loaded.refused} refused and {loaded.broken} broken of {loaded.requests}")
        self.micros.append((process.cpu() - before) / loaded.requests * 1e6)
        if server:
            self.server.append((machine.cpu_of_tree(server) - of_server) / loaded.requests * 1e6)
        self.rates.append(loaded.rate)
        self.loaded.append(loaded)
        self.others.append(window.others())
        run.report.had(self.others[-1])

    @property
    def p99(self):
        return Figure((loaded.latency[99.0] for loaded in self.loaded), 2)

    def cells(self):
        server = Figure(self.server) if self.server else ""
        p50 = Figure((loaded.latency[50.0] for loaded in self.loaded), 2)
        return Figure(self.micros), server, Figure(self.rates, 0), p50, self.p99, f"{max(self.others):.2f}"

    HEAD = ("µs CPU a request", "µs of the database", "answers a second", "p50 ms", "p99 ms", "others")


def ratios(one, other):
    """Of two series that took turns, round by round."""
    return Figure([a / b for a, b in zip(one.micros, other.micros)], 2)


