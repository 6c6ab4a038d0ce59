#!/usr/bin/env python3
"""Holds alerts and dashboard to the metrics that there are: tests/k8s/names.py RULES DASHBOARD.

Every name that they ask for is one of src/recovery/meters/table.rs, of every process or of kube-state-metrics; every
metric of that table is asked for somewhere; and every alert leads to a heading of docs/operating.md that there is.
"""

import json
import pathlib
import re
import sys

import yaml

ROOT = pathlib.Path(__file__).parents[2]
OTHERS = {
    "process_cpu_seconds_total", "process_resident_memory_bytes", "process_open_fds", "process_max_fds",
    "kube_pod_container_status_restarts_total",
}


def main() -> None:
    rules = yaml.safe_load(pathlib.Path(sys.argv[1]).read_text())
    dashboard = json.loads(pathlib.Path(sys.argv[2]).read_text())
    alerts = [rule for group in rules["spec"]["groups"] for rule in group["rules"]]
    queries = [alert["expr"] for alert in alerts]
    queries += [target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", [])]
    asked = {name for query in queries for name in re.findall(r"\b(?:regain|process|kube)_\w+", query)}
    meters = {name: kind for kind, name in re.findall(r": (Gauge|Counter|Histogram)[^,\n]*, \"(regain_\w+)\"", table())}
    known = {name for name, kind in meters.items() if kind != "Histogram"}
    buckets = {f"{name}_bucket" for name, kind in meters.items() if kind == "Histogram"}
    faults = [f"there is no metric {name}" for name in sorted(asked - known - buckets - OTHERS)]
    faults += [f"neither alert nor dashboard asks for {name}" for name in sorted((known | buckets) - asked)]
    faults += [f"{alert['alert']} leads nowhere: {link}" for alert, link in dead_links(alerts)]
    if faults:
        sys.exit("\n".join(f"error: {fault}" for fault in faults))
    print(f"names: {len(asked)} metrics asked for, {len(known | buckets)} of Regain's own, all of them")


def table() -> str:
    return (ROOT / "src/recovery/meters/table.rs").read_text()


def dead_links(alerts: list[dict]):
    headings = re.findall(r"(?m)^#+ (.+)$", (ROOT / "docs/operating.md").read_text())
    anchors = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    for alert in alerts:
        link = alert["annotations"]["runbook_url"]
        file, _, anchor = link.partition("#")
        if not file.endswith("/docs/operating.md") or anchor not in anchors:
            yield alert, link


main()
