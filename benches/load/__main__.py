"""What the program costs, how fast it is, and how it bears growth and floods, held to the goals.

    python3 benches/load [--quick | --long] [--only PART,...] [--peers FOLDER] [--write]

It builds the program and its floors (`benches/floor.rs`), starts them on SQLite, and on PostgreSQL, MariaDB and
Redis as tests/servers starts them, loads them over loopback, each part for a bounded time, and prints tables in
Markdown. `--write` puts them into docs/evidence/load.md, with plots beside it. It wants Debian's wrk.
"""

import argparse
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import costs
import doors
import growth
import mails
import memory
import overload
import peers
import resets
import service
from report import ROOT, Report, progress
from run import Run
from servers import Servers

STOPPED = "stopped"
PARTS = {
    "start": doors.start,
    "inspect": doors.inspect,
    "ask": doors.ask,
    "mail": mails.mail,
    "complete": resets.complete,
    "aside": resets.aside,
    "memory": memory.memory,
    "scale": resets.scale,
    "overload": overload.overload,
    "growth": growth.growth,
    "costs": costs.costs,
    "peers": peers.peers,
}


def main():
    options = arguments()
    if shutil.which("wrk") is None:
        sys.exit("wrk is missing: apt-get install wrk")
    # Without where things are on this machine.
    here = {str(options.peers_said): "FOLDER", str(options.binary): "FILE"}
    command = " ".join(["python3 benches/load", *(here.get(word, word) for word in sys.argv[1:])])
    servers, report = Servers(), Report(command, "of --binary" if options.binary else "release")
    # So that servers are stopped then, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(STOPPED))
    with tempfile.TemporaryDirectory(prefix="regain-built-") as folder:
        run = Run(service.build(options, folder), servers, report, options)
        try:
            for name in options.only:
                progress(name)
                with run.scratch():
                    measure(run, name)
        finally:
            servers.stop()
    text = report.text()
    print("\n" + "=" * 72 + "\n\n" + text)
    if options.write:
        (ROOT / "docs/evidence/load.md").write_text(text)
    sys.exit(run.broken)


def measure(run, name):
    """One part. One that cannot be measured says why, and takes nothing from the others."""
    try:
        PARTS[name](run)
    except (SystemExit, OSError, subprocess.SubprocessError) as why:
        if str(why) == STOPPED:
            raise
        run.broken = 1
        run.report.section(f"{name}: not measured", str(why))


def arguments():
    parser = argparse.ArgumentParser(prog="python3 benches/load", description=__doc__.split("\n", 1)[0])
    parser.add_argument("--only", metavar="PART,...", help=f"of {', '.join(PARTS)}")
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--quick", action="store_true", help="shorter, two rounds, less sure")
    length.add_argument("--long", action="store_true", help="growth to 10,000,000 people")
    parser.add_argument("--binary", type=Path, metavar="FILE",
                        help="the program, where none is to be built: say, what k8s/image made")
    parser.add_argument("--patience", type=float, default=20, metavar="SECONDS",
                        help="how long each measurement waits for others to leave the cores alone")
    parser.add_argument("--write", action="store_true", help="keep it in docs/evidence/load.md")
    parser.add_argument("--peers", metavar="FOLDER",
                        help="of what people use instead: run.sh, adapters.py and what these start")
    options = parser.parse_args()
    options.peers_said, options.peers = options.peers, options.peers and Path(options.peers).resolve()
    options.only = options.only.split(",") if options.only else [*PARTS][:None if options.peers else -1]
    if "peers" in options.only and not options.peers:
        parser.error("peers wants --peers FOLDER")
    if unknown := [name for name in options.only if name not in PARTS]:
        parser.error(f"there is no {', '.join(unknown)}")
    options.plots = ROOT / "docs/evidence/load" if options.write else Path(tempfile.mkdtemp(prefix="regain-plots-"))
    return options


if __name__ == "__main__":
    main()
