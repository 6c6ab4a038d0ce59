#!/usr/bin/env python3
"""Has each alert fire and keep quiet, by promtool: tests/k8s/alerts.py RULES ALERTS.

RULES is the PrometheusRule of the manifests, ALERTS what alerts.yaml says of each. Also holds every alert to what whoever
is woken by it needs: a time to wait, a severity, a summary, a cure and where to read on.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

import yaml


def main() -> None:
    rules = yaml.safe_load(pathlib.Path(sys.argv[1]).read_text())
    # All of it is text: YAML would take `0x9`, nought ten times, for a number.
    cases = yaml.load(pathlib.Path(sys.argv[2]).read_text(), yaml.BaseLoader)
    groups = rules["spec"]["groups"]
    alerts = {rule["alert"]: rule for group in groups for rule in group["rules"]}
    complain(list(wanting(alerts)) + list(untested(alerts, cases)))
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        # JSON is YAML, and every text is quoted in it.
        (work / "whole.yaml").write_text(json.dumps({"groups": groups}))
        run("promtool", "check", "rules", str(work / "whole.yaml"))
        # promtool compares annotations word for word: whether they can be filled in is checked above.
        for alert in alerts.values():
            del alert["annotations"]
        (work / "rules.yaml").write_text(json.dumps({"groups": groups}))
        tests = [test(alerts[name], case.get("as"), case) for name in alerts for case in cases[name].values()]
        file = {"rule_files": ["rules.yaml"], "evaluation_interval": "1m", "tests": tests}
        (work / "tests.yaml").write_text(json.dumps(file))
        run("promtool", "test", "rules", str(work / "tests.yaml"))
    print(f"alerts: {len(alerts)} fire and keep quiet")


def test(alert: dict, labels: dict | None, case: dict) -> dict:
    fired = [] if labels is None else [{"exp_labels": {**labels, **alert["labels"]}}]
    return {
        "name": f"{alert['alert']} {'fires' if fired else 'keeps quiet'}",
        "interval": "1m",
        "input_series": [{"series": series, "values": values} for series, values in case["series"].items()],
        "alert_rule_test": [{"alertname": alert["alert"], "eval_time": case["at"], "exp_alerts": fired}],
    }


def wanting(alerts: dict):
    for name, alert in alerts.items():
        if not alert.get("for"):
            yield f"{name} does not wait"
        if alert.get("labels", {}).get("severity") not in ("critical", "warning", "info"):
            yield f"{name} has no severity"
        for what in ("summary", "description", "runbook_url"):
            if not alert.get("annotations", {}).get(what):
                yield f"{name} has no {what}"


def untested(alerts: dict, cases: dict):
    for name in alerts.keys() ^ cases.keys():
        yield f"{name} is in one of the two files alone"
    for name, case in cases.items():
        if case.keys() != {"fires", "quiet"} or "as" not in case["fires"] or "as" in case["quiet"]:
            yield f"{name} wants `fires`, with `as`, and `quiet`, without"


def run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stdout + done.stderr)


def complain(faults: list[str]) -> None:
    if faults:
        sys.exit("\n".join(f"error: {fault}" for fault in faults))


main()
