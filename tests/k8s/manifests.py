#!/usr/bin/env python3
"""Looks through one rendering: tests/k8s/manifests.py RENDERED KUBERNETES CUSTOM.

What is of Kubernetes' own kinds goes to the file KUBERNETES, the rest, as JSON, to CUSTOM, for those who know them. Here
is held what no schema says: that names and labels lead to something in the same rendering, that no secret is in it, and
that people reach every path of src/http/routes.rs but those that are not for them.
"""

import json
import pathlib
import re
import sys

import yaml

# Made by whoever runs it, or by cert-manager.
SECRETS = {
    "regain-keys", "regain-database", "regain-smtp", "regain-redis", "regain-redis-server", "regain-redis-tls",
    "regain-web-tls", "regain-redis-ca",
}
# So is this, and it may be missing.
CONFIG_MAPS = {"regain-log"}
ROUTES = pathlib.Path(__file__).parents[2] / "src/http/routes.rs"
# Where an Ingress or an HTTPRoute leads nobody: the probes, and what the demo alone has.
SHUT = re.compile("/(healthz|readyz|demo/.*)")


def main() -> None:
    rendered, kubernetes, custom = (pathlib.Path(path) for path in sys.argv[1:4])
    objects = list(yaml.safe_load_all(rendered.read_text()))
    faults = [f"{name(it)}: {fault}" for it in objects for fault in faults_of(it, objects)]
    faults += faults_of_paths(list(paths_in(objects)))
    if faults:
        sys.exit("\n".join(f"error: {rendered.stem}: {fault}" for fault in faults))
    own = [it for it in objects if is_own(it)]
    kubernetes.write_text(yaml.safe_dump_all(own))
    custom.write_text(json.dumps([it for it in objects if not is_own(it)]))
    print(f"{rendered.stem}: {len(objects)} objects")


def is_own(it: dict) -> bool:
    group = it["apiVersion"].rpartition("/")[0]
    return "." not in group or group.endswith(".k8s.io") and not group.startswith("gateway.")


def faults_of(it: dict, objects: list[dict]):
    spec, kind = it.get("spec", {}), it["kind"]
    if kind == "Secret":
        yield "is a secret, which has no place in the repository"
    for selector in selectors(it):
        if not any(selector.items() <= labels(pod).items() for pod in pods(objects)):
            yield f"selects {selector}, which no pod has"
    if kind == "Service":
        for port in spec["ports"]:
            if not any(port["targetPort"] in ports(pod) for pod in pods(objects) if is_of(spec["selector"], pod)):
                yield f"leads to the port {port['targetPort']}, which no pod has"
    if kind == "HorizontalPodAutoscaler" and not find(objects, "Deployment", spec["scaleTargetRef"]["name"]):
        yield "scales what there is not"
    if kind == "Ingress":
        for path in (path for rule in spec["rules"] for path in rule["http"]["paths"]):
            service = path["backend"]["service"]
            known = find(objects, "Service", service["name"])
            if not known or service["port"]["name"] not in [port["name"] for port in known["spec"]["ports"]]:
                yield f"leads to {service}, which there is not"
    if kind in ("Deployment", "StatefulSet"):
        yield from faults_of_pod(spec["template"]["spec"], objects)


def faults_of_pod(pod: dict, objects: list[dict]):
    volumes = {volume["name"] for volume in pod.get("volumes", [])}
    for volume in pod.get("volumes", []):
        config_map = volume.get("configMap")
        if config_map and config_map.get("optional"):
            if config_map["name"] not in CONFIG_MAPS:
                yield f"mounts {config_map['name']}, of which nobody is told"
        elif config_map and not find(objects, "ConfigMap", config_map["name"]):
            yield f"mounts {config_map['name']}, which there is not"
        if "secret" in volume and volume["secret"]["secretName"] not in SECRETS:
            yield f"mounts the secret {volume['secret']['secretName']}, of which nobody is told"
    for container in pod["containers"]:
        for mount in container["volumeMounts"]:
            if mount["name"] not in volumes and mount["name"] != "data":
                yield f"mounts {mount['name']}, which there is not"
            if "subPath" in mount:
                yield f"mounts a part of {mount['name']}, which never changes then"
        if any("valueFrom" in variable for variable in container.get("env", [])):
            yield "has a secret in its environment"


def faults_of_paths(paths: list[tuple[str, str]]):
    for route in routes() if paths else []:
        is_open = any(leads_to(route, *path) for path in paths)
        if is_open == bool(SHUT.fullmatch(route)):
            yield f"{route} is {'open' if is_open else 'shut'} to people"


def routes() -> list[str]:
    """The path templates that Regain answers at."""
    text = ROUTES.read_text().partition("#[cfg(test)]")[0]
    found = re.findall(r'(?:\("|_PAGE: &str = ")(/[^"]*)"', text)
    if not {"/", "/readyz", "/reset-password", "/a/{app}/reset/{token}"} <= set(found):
        sys.exit(f"error: {ROUTES} is not understood")
    return found


def leads_to(route: str, kind: str, path: str) -> bool:
    if kind == "Exact":
        return route == path
    # What ingress-nginx does: whatever begins so.
    if kind == "ImplementationSpecific":
        return route.startswith(path)
    return route == path or route.startswith(path.rstrip("/") + "/")


def paths_in(objects: list[dict]):
    """The type and the value of each path by which people come in."""
    for it in objects:
        if it["kind"] == "Ingress":
            for path in (path for rule in it["spec"]["rules"] for path in rule["http"]["paths"]):
                yield path["pathType"], path["path"]
        if it["kind"] == "HTTPRoute":
            for rule in it["spec"]["rules"]:
                for match in rule.get("matches", [{"path": {"type": "PathPrefix", "value": "/"}}]):
                    yield match["path"]["type"], match["path"]["value"]


def selectors(it: dict):
    spec = it.get("spec", {})
    if it["kind"] == "Service":
        yield spec["selector"]
    if it["kind"] in ("Deployment", "StatefulSet", "PodDisruptionBudget"):
        yield spec["selector"]["matchLabels"]
    if it["kind"] == "NetworkPolicy":
        yield spec["podSelector"]["matchLabels"]
        peers = [peer for rule in spec.get("ingress", []) for peer in rule.get("from", [])]
        peers += [peer for rule in spec.get("egress", []) for peer in rule.get("to", [])]
        yield from (peer["podSelector"]["matchLabels"] for peer in peers if "podSelector" in peer)


def pods(objects: list[dict]):
    return [it["spec"]["template"] for it in objects if it["kind"] in ("Deployment", "StatefulSet")]


def labels(pod: dict) -> dict:
    return pod["metadata"]["labels"]


def is_of(selector: dict, pod: dict) -> bool:
    return selector.items() <= labels(pod).items()


def ports(pod: dict) -> list[str]:
    return [port["name"] for container in pod["spec"]["containers"] for port in container["ports"]]


def find(objects: list[dict], kind: str, called: str) -> dict | None:
    return next((it for it in objects if it["kind"] == kind and it["metadata"]["name"] == called), None)


def name(it: dict) -> str:
    return f"{it['kind']}/{it['metadata']['name']}"


main()
