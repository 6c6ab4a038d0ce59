#!/usr/bin/env python3
"""Holds the image, and a process that runs in it, to what they should be.

    facts.py image FOLDER CRATES COMMIT    the configuration in FOLDER/image.json, and the list of parts in
                                           FOLDER/rootfs, which CRATES has too: a name and a version on each line
    facts.py process PID BUNDLE            what the kernel tells of it; prints the user's number, and on the
                                           standard error how much memory it took
"""

import json
import re
import sys
from pathlib import Path

NOBODY = 65532
# What every container has that runc runs; the last is root's alone, and the groups in it are not for writing.
KERNELS = {"/proc", "/dev", "/dev/pts", "/dev/shm", "/sys/fs/cgroup"}


def main():
    {"image": image, "process": process}[sys.argv[1]](*sys.argv[2:])


def image(folder, crates, commit):
    folder = Path(folder)
    described = json.loads((folder / "image.json").read_bytes())
    config = described["config"]
    expect("user", config["User"], f"{NOBODY}:{NOBODY}")
    expect("entry point", config["Entrypoint"], ["/regain"])
    expect("arguments", config["Cmd"], ["serve", "--config", "/etc/regain/regain.toml"])
    expect("ports", sorted(config["ExposedPorts"]), ["8080/tcp", "9090/tcp"])

    prefix = "org.opencontainers.image."
    labels = {name.removeprefix(prefix): value for name, value in config["Labels"].items()}
    expect("labels", set(labels) - {"source"}, {"title", "description", "version", "revision", "licenses", "created"})
    expect("title", labels["title"], "Regain")
    expect("licences", labels["licenses"], "MIT OR Apache-2.0")
    expect("revision", labels["revision"].removesuffix("-dirty"), commit)
    expect("created", labels["created"], described["created"])

    text = (folder / "rootfs/sbom.cdx.json").read_text()
    expect("a path in the list of parts", re.findall(r"file:/*(?:tmp|home|root)[^\"]*", text), [])
    parts = json.loads(text)
    expect("format", parts["bomFormat"], "CycloneDX")
    itself = parts["metadata"]["component"]
    expect("subject", (itself["name"], itself["version"]), ("regain", labels["version"]))
    listed = {f"{part['name']} {part['version']}" for part in parts["components"]}
    wanted = set(Path(crates).read_text().splitlines()) - {f"regain {labels['version']}"}
    expect("parts too few", wanted - listed, set())
    # It lists what a feature would take in that nothing asks for, too, as `cargo metadata` does; but nothing of tests.
    expect("parts of tests", {part.split()[0] for part in listed} & {"insta", "jsonschema", "mail-parser", "proptest"}, set())
    print(f"sbom: {len(listed)} crates, the {len(wanted)} that are needed among them")


def process(pid, bundle):
    proc = Path("/proc") / pid
    status = dict(line.split(":\t", 1) for line in (proc / "status").read_text().splitlines() if ":\t" in line)
    for name in ["Uid", "Gid"]:
        expect(name, set(status[name].split()), {str(NOBODY)})
    expect("groups", set(status["Groups"].split()), {str(NOBODY)})
    for name in ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"]:
        expect(name, int(status[name], 16), 0)
    expect("NoNewPrivs", status["NoNewPrivs"], "1")
    expect("Seccomp, where 2 is a filter", status["Seccomp"], "2")
    mounts = json.loads((Path(bundle) / "config.json").read_bytes())["mounts"]
    volumes = {mount["destination"] for mount in mounts if f"gid={NOBODY}" in mount["options"]}
    expect("what else may be written", set(writable(proc)) - KERNELS - volumes, set())
    print(NOBODY)
    print(f"process: as {NOBODY}, at most {peak(proc) / 2**20:.0f} MiB of memory", file=sys.stderr)


def writable(proc):
    """Where something is mounted for writing (proc(5))."""
    for line in (proc / "mountinfo").read_text().splitlines():
        _, _, _, _, place, options, *_ = line.split()
        if "rw" in options.split(","):
            yield place


def peak(proc):
    """The most that its control group ever took, in bytes (cgroups(7), version 2 or 1)."""
    groups = [line.split(":", 2) for line in (proc / "cgroup").read_text().splitlines()]
    top = Path("/sys/fs/cgroup")
    for _, controllers, path in groups:
        for file in [top / f"memory{path}/memory.max_usage_in_bytes", top / f"{path}/memory.peak".lstrip("/")]:
            if controllers in ["", "memory"] and file.exists():
                return int(file.read_text())
    return 0


def expect(what, seen, wanted):
    if seen != wanted:
        sys.exit(f"{what}: {seen!r} is not {wanted!r}")


if __name__ == "__main__":
    main()
