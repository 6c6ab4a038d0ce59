"""What processes take of the machine: time of the processor, memory, and how much of it others had."""

import os
import platform
import re
import resource
import time
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")
CORES = len(os.sched_getaffinity(0))


def cpu(pid):
    """Seconds of the processor that a process has had, its ended threads included, to the nanosecond: the
    process's own clock (clock_getcpuclockid(3)), which is the kernel's own account of the scheduler."""
    return time.clock_gettime(~pid << 3 | 2)


def cpu_of_tree(pid):
    """The same of a server with its child processes, those that ended included (to 10 ms)."""
    fields = stat(pid)
    ended = (int(fields[13]) + int(fields[14])) / TICK
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return cpu(pid) + ended + sum(cpu_or_nothing(int(child)) for child in children)


def cpu_or_nothing(pid):
    try:
        return cpu(pid)
    except OSError:
        return 0.0


def stat(pid):
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()


def pss(pid):
    """Proportional set size in MiB: what the process adds to the memory in use."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return int(re.search(r"^Pss:\s+(\d+)", rollup, re.M)[1]) / 1024


class Window:
    """How much of the machine's cores others had meanwhile: neither `pids`, nor this process and its ended
    children, nor nobody. Time that the host stole counts as had by others."""

    def __init__(self, pids):
        self.pids = pids
        self.began, self.before = time.perf_counter(), (busy(), self.ours())

    def others(self):
        """In cores."""
        seconds = max(time.perf_counter() - self.began, 0.01)
        ours = self.ours() - self.before[1]
        return max(0.0, (busy() - self.before[0] - ours) / seconds)

    def ours(self):
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        mine = time.process_time() + used.ru_utime + used.ru_stime
        return mine + sum(cpu_of_tree(pid) for pid in self.pids if Path(f"/proc/{pid}").exists())


def busy():
    fields = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]
    user, nice, system, _idle, _iowait, irq, softirq, steal = map(int, fields)
    return (user + nice + system + irq + softirq + steal) / TICK


def wait_for_quiet(patience, most=0.2):
    """Waits until others have less than so many cores, for at most `patience` seconds."""
    ends = time.monotonic() + patience
    while time.monotonic() < ends:
        window = Window([])
        time.sleep(0.5)
        if window.others() < most:
            return


def describe():
    info = Path("/proc/cpuinfo").read_text()
    model = re.search(r"^model name\s*: (.*)$", info, re.M)
    memory = int(re.search(r"(\d+)", Path("/proc/meminfo").read_text())[1]) / 1024 / 1024
    model = model[1] if model else platform.machine()
    return f"{CORES} cores, {model}, {memory:.0f} GiB, {platform.system()} {platform.release()}"


def percentile(values, share):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * share))] if values else float("nan")
