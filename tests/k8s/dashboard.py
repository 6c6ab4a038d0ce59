#!/usr/bin/env python3
"""Asks Prometheus every query of a Grafana dashboard: one with a mistake in it fails, one without data is named.

    tests/k8s/dashboard.py --scrape HOST:PORT [DASHBOARD]    starts a Prometheus that scrapes there each second
    tests/k8s/dashboard.py --prometheus URL [DASHBOARD]      asks one that there is

With --data a query without data fails, too, save those of panels that are named by --but TITLE: a service without
webhooks has no calls of them. Whoever scrapes a service lets it do some work meanwhile: quantiles of nothing are no data.
"""

import argparse
import contextlib
import json
import math
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

DASHBOARD = pathlib.Path(__file__).parents[2] / "k8s/components/monitoring/dashboard.json"
# What Grafana fills in. Ten scrapes a window, as a Prometheus that scrapes each second has them.
RATE_INTERVAL = "10s"
# How many scrapes are waited for: with fewer than three a rate is a guess.
SCRAPES = 4


def main() -> None:
    arguments = parsed()
    dashboard = json.loads(arguments.dashboard.read_text())
    queries = list(queries_of(dashboard))
    with contextlib.ExitStack() as stack:
        url = arguments.prometheus or stack.enter_context(prometheus(arguments.scrape))
        answers = [(title, query, answer(url, query)) for title, query in queries]
    faults = [f"{title}: {it}: {query}" for title, query, it in answers if isinstance(it, str)]
    empty = [(title, query) for title, query, it in answers if it == 0]
    for title, query in empty:
        print(f"no data: {title}: {query}")
    if arguments.data:
        faults += [f"{title}: no data: {query}" for title, query in empty if title not in arguments.but]
        titles = {title for title, _ in empty}
        faults += [f"{title}: has data, and --but says that it has none" for title in arguments.but if title not in titles]
    if faults:
        sys.exit("\n".join(f"error: {fault}" for fault in faults))
    print(f"dashboard: {len(answers)} queries, {len(answers) - len(empty)} with data")


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--scrape", metavar="HOST:PORT")
    where.add_argument("--prometheus", metavar="URL")
    parser.add_argument("--data", action="store_true")
    parser.add_argument("--but", action="append", default=[], metavar="TITLE")
    parser.add_argument("dashboard", nargs="?", type=pathlib.Path, default=DASHBOARD)
    return parser.parse_args()


def queries_of(dashboard: dict):
    """The title and the query, filled in, of each line of a panel and of each variable."""
    names = [variable["name"] for variable in dashboard["templating"]["list"]]
    for panel in dashboard["panels"]:
        for target in panel.get("targets", []):
            yield panel["title"], filled(target["expr"], names)
    for variable in dashboard["templating"]["list"]:
        if variable["type"] == "query":
            series, label = re.fullmatch(r"label_values\((.*), (\w+)\)", variable["query"]).groups()
            yield variable["label"], f"count by ({label}) ({filled(series, names)})"


def filled(query: str, names: list[str]) -> str:
    query = query.replace("$__rate_interval", RATE_INTERVAL)
    for name in names:
        query = query.replace(f"${name}", ".*").replace(f"${{{name}}}", ".*")
    return query


def answer(url: str, query: str) -> int | str:
    """How many series have a number now, or what is wrong with the query."""
    try:
        found = get(f"{url}/api/v1/query?{urllib.parse.urlencode({'query': query})}")
    except urllib.error.HTTPError as error:
        return json.load(error).get("error", str(error))
    return sum(not math.isnan(float(series["value"][1])) for series in found["data"]["result"])


@contextlib.contextmanager
def prometheus(target: str):
    """A Prometheus that has scraped the target a few times, under the labels that the manifests give it."""
    with tempfile.TemporaryDirectory() as folder:
        labels = {"namespace": "test", "pod": "test"}
        job = {"job_name": "regain-metrics", "static_configs": [{"targets": [target], "labels": labels}]}
        config = {"global": {"scrape_interval": "1s", "scrape_timeout": "1s"}, "scrape_configs": [job]}
        path = pathlib.Path(folder)
        (path / "prometheus.yml").write_text(json.dumps(config))
        address = f"127.0.0.1:{free_port()}"
        command = ["prometheus", f"--config.file={path}/prometheus.yml", f"--storage.tsdb.path={path}/data"]
        with (path / "log").open("w") as log:
            running = subprocess.Popen([*command, f"--web.listen-address={address}"], stdout=log, stderr=log)
        try:
            wait_for_scrapes(running, f"http://{address}", path / "log")
            yield f"http://{address}"
        finally:
            running.terminate()
            running.wait()


def wait_for_scrapes(running: subprocess.Popen, url: str, log: pathlib.Path) -> None:
    for _ in range(300):
        if running.poll() is not None:
            sys.exit(log.read_text() + "error: prometheus ended")
        with contextlib.suppress(urllib.error.URLError, ConnectionError):
            found = get(f"{url}/api/v1/query?query=sum(count_over_time(up[1m]))")["data"]["result"]
            if found and int(found[0]["value"][1]) >= SCRAPES:
                return
        time.sleep(0.2)
    sys.exit("error: prometheus did not scrape in a minute")


def get(url: str) -> dict:
    with urllib.request.urlopen(url, timeout=10) as response:
        return json.load(response)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


main()
