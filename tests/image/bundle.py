#!/usr/bin/env python3
"""Makes of the manifests what a node would make of them: a bundle for runc, of the deployment's one container.

    kubectl kustomize k8s/base | bundle.py FOLDER --secrets DIR --cgroup NAME [--env N=V]… [--arguments …]

FOLDER holds rootfs and image.json (unpack.py). From the manifests come user, group, capabilities, seccomp, what may be
written, the memory limit, arguments and volumes, with modes and groups as a kubelet sets them; the files of a secret are
those of DIR/<secret's name>. What the manifests ask for and is not understood here is an error. The network is the
host's, so that whoever tests can reach it.
"""

import argparse
import json
import os
import platform
import shutil
import sys
from pathlib import Path

import yaml

# What CRI-O and podman take for RuntimeDefault.
SECCOMP = Path("/usr/share/containers/seccomp.json")
ARCHITECTURES = {"x86_64": ("amd64", "SCMP_ARCH_X86_64"), "aarch64": ("arm64", "SCMP_ARCH_AARCH64")}
UNITS = {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30}
CONFIG_MAP_MODE = SECRET_MODE = 0o644


def main():
    options = read_options()
    manifests = {(each["kind"], each["metadata"]["name"]): each for each in yaml.safe_load_all(sys.stdin)}
    [deployment] = [each for (kind, _), each in manifests.items() if kind == "Deployment"]
    pod = deployment["spec"]["template"]["spec"]
    [container] = pod["containers"]
    image = json.loads((options.folder / "image.json").read_bytes())["config"]
    expect("USER of the image", image["User"], "{runAsUser}:{runAsGroup}".format_map(pod["securityContext"]))

    bundle = {
        "ociVersion": "1.0.2",
        "process": process(options, pod, container, image),
        "root": {"path": "rootfs", "readonly": container["securityContext"]["readOnlyRootFilesystem"]},
        "mounts": kernel_mounts() + list(volume_mounts(options, manifests, pod, container)),
        "linux": {
            "cgroupsPath": f"/{options.cgroup}",
            "resources": resources(container) if not options.unlimited else {},
            "namespaces": [{"type": kind} for kind in ["pid", "ipc", "uts", "mount", "cgroup"]],
            "seccomp": seccomp(pod["securityContext"]["seccompProfile"]),
        },
    }
    (options.folder / "config.json").write_text(json.dumps(bundle, indent=1))


def read_options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--secrets", type=Path, required=True)
    parser.add_argument("--cgroup", required=True)
    parser.add_argument("--env", action="append", default=[])
    parser.add_argument("--tmp", action="store_true", help="an empty /tmp that may be written, which the manifests lack")
    parser.add_argument("--unlimited", action="store_true", help="without the limits, where there are no control groups")
    parser.add_argument("--arguments", nargs=argparse.REMAINDER, help="instead of those of the manifests")
    return parser.parse_args()


def process(options, pod, container, image):
    security = {**pod["securityContext"], **container["securityContext"]}
    expect("capabilities", security["capabilities"], {"drop": ["ALL"]})
    expect("env", container.get("env", []) + container.get("envFrom", []), [])
    return {
        "user": {
            "uid": security["runAsUser"],
            "gid": security["runAsGroup"],
            "additionalGids": [security["fsGroup"]],
        },
        "args": container.get("command", image["Entrypoint"]) + (options.arguments or container.get("args", image["Cmd"])),
        "env": image.get("Env", []) + options.env,
        "cwd": image.get("WorkingDir") or "/",
        "capabilities": {},
        "noNewPrivileges": not security["allowPrivilegeEscalation"],
    }


def resources(container):
    limits = container["resources"]["limits"]
    expect("limits", set(limits) - {"memory"}, set())
    return {"memory": {"limit": quantity(limits["memory"])}}


def quantity(text):
    return int(text[:-2]) * UNITS[text[-2:]]


def kernel_mounts():
    nothing = ["nosuid", "noexec", "nodev"]
    return [
        mount("/proc", "proc", nothing),
        mount("/dev", "tmpfs", ["nosuid", "strictatime", "mode=755", "size=65536k"]),
        mount("/dev/pts", "devpts", ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620"]),
        mount("/dev/shm", "tmpfs", [*nothing, "mode=1777", "size=65536k"]),
        mount("/sys", "sysfs", [*nothing, "ro"]),
        mount("/sys/fs/cgroup", "cgroup", [*nothing, "ro"]),
    ]


def volume_mounts(options, manifests, pod, container):
    """Each volume as a folder of its own, which the kubelet would fill."""
    group = pod["securityContext"]["fsGroup"]
    volumes = {volume["name"]: volume for volume in pod["volumes"]}
    for wanted in container["volumeMounts"]:
        expect("subPath", wanted.get("subPath"), None)
        volume = volumes[wanted["name"]]
        if "emptyDir" in volume:
            yield empty(wanted["mountPath"], group)
            continue
        folder = options.folder / "volumes" / wanted["name"]
        fill(folder, group, *content(options, manifests, volume))
        yield bind(folder, wanted["mountPath"])
    if options.tmp:
        yield empty("/tmp", group)
    # By which names are looked up; they are the kubelet's, too.
    hosts = options.folder / "hosts"
    hosts.write_text("127.0.0.1 localhost\n")
    yield bind(hosts, "/etc/hosts")
    yield bind(Path("/etc/resolv.conf"), "/etc/resolv.conf")


def content(options, manifests, volume):
    """What is in a volume, by name, and with which mode."""
    if "configMap" in volume:
        name = volume["configMap"]["name"]
        named = manifests.get(("ConfigMap", name))
        if named is None:
            expect(f"ConfigMap {name}", volume["configMap"].get("optional"), True)
            return {}, CONFIG_MAP_MODE
        files = {name: text.encode() for name, text in named["data"].items()}
        return files, volume["configMap"].get("defaultMode", CONFIG_MAP_MODE)
    if "secret" in volume:
        expect("items", volume["secret"].get("items"), None)
        source = options.secrets / volume["secret"]["secretName"]
        if not source.is_dir():
            expect(f"secret {source.name}", volume["secret"].get("optional"), True)
            return {}, SECRET_MODE
        return {file.name: file.read_bytes() for file in source.iterdir()}, volume["secret"].get("defaultMode", SECRET_MODE)
    sys.exit(f"a volume that is not understood: {volume}")


def fill(folder, group, files, mode):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)
        os.chown(folder / name, 0, group)
        (folder / name).chmod(mode)
    os.chown(folder, 0, group)
    folder.chmod(0o755)


def empty(destination, group):
    return mount(destination, "tmpfs", ["nosuid", "nodev", "mode=2777", f"gid={group}"])


def bind(source, destination):
    return mount(destination, "bind", ["rbind", "ro", "nosuid", "nodev", "noexec"], str(source.resolve()))


def mount(destination, kind, options, source=None):
    return {"destination": destination, "type": kind, "source": source or kind, "options": options}


def seccomp(wanted):
    """The runtime's default as it is for a process without capabilities."""
    expect("seccompProfile", wanted, {"type": "RuntimeDefault"})
    machine, architecture = ARCHITECTURES[platform.machine()]
    default = json.loads(SECCOMP.read_bytes())
    rules = []
    for rule in default["syscalls"]:
        includes, excludes = rule.get("includes", {}), rule.get("excludes", {})
        if includes.get("caps") or machine not in includes.get("arches", [machine]) or machine in excludes.get("arches", []):
            continue
        kept = {key: rule[key] for key in ["names", "action", "args"] if rule.get(key)}
        if rule["action"] == "SCMP_ACT_ERRNO":
            kept["errnoRet"] = rule["errnoRet"]
        rules.append(kept)
    return {
        "defaultAction": default["defaultAction"],
        "defaultErrnoRet": default["defaultErrnoRet"],
        "architectures": [architecture],
        "syscalls": rules,
    }


def expect(what, seen, wanted):
    if seen != wanted:
        sys.exit(f"{what}: {seen!r} is not {wanted!r}, which is all that is understood here")


if __name__ == "__main__":
    main()
