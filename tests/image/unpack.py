#!/usr/bin/env python3
"""Unpacks an image as a container runtime does, from the OCI layout that would be pushed.

    unpack.py LAYOUT FOLDER

writes FOLDER/rootfs and FOLDER/image.json, the image's configuration, and prints what is in it, one line each: mode,
owner, path; behind it the bytes of all files, and of the layers as they are carried. Every digest is checked.
"""

import gzip
import hashlib
import io
import json
import sys
import tarfile
from pathlib import Path


def main():
    layout, folder = Path(sys.argv[1]), Path(sys.argv[2])
    index = json.loads((layout / "index.json").read_bytes())
    [described] = index["manifests"]
    manifest = json.loads(blob(layout, described))
    image = blob(layout, manifest["config"])
    diff_ids = json.loads(image)["rootfs"]["diff_ids"]
    root = folder / "rootfs"
    root.mkdir(parents=True)
    (folder / "image.json").write_bytes(image)

    files = carried = 0
    for described, diff_id in zip(manifest["layers"], diff_ids, strict=True):
        layer = blob(layout, described)
        carried += len(layer)
        layer = gzip.decompress(layer) if described["mediaType"].endswith("+gzip") else layer
        expect(digest(layer), diff_id)
        with tarfile.open(fileobj=io.BytesIO(layer)) as archive:
            for entry in archive:
                files += entry.size
                name = entry.name.strip("/")
                if name:
                    print(f"{stat(entry)} {entry.uid}:{entry.gid} /{name}{'/' if entry.isdir() else ''}")
            archive.extractall(root, numeric_owner=True)
    print(f"unpacked: {files} bytes, {carried} compressed", file=sys.stderr)


def stat(entry):
    kind = "d" if entry.isdir() else "-" if entry.isreg() else "?"
    return f"{kind}{entry.mode & 0o7777:04o}"


def blob(layout, described):
    content = (layout / "blobs" / described["digest"].replace(":", "/", 1)).read_bytes()
    expect(digest(content), described["digest"])
    expect(len(content), described["size"])
    return content


def digest(content):
    return "sha256:" + hashlib.sha256(content).hexdigest()


def expect(seen, wanted):
    if seen != wanted:
        sys.exit(f"{seen} is there where {wanted} should be")


if __name__ == "__main__":
    main()
