# Sourced by tests/tools and tests/k8s/run, after tests/lib.sh: where their programs are, outside the clone.
# shellcheck shell=bash

checkov_venv=$cache/checkov-$(hash_of "$root/tests/k8s/requirements.txt")
kinds=$cache/kinds-$(hash_of "$root/tests/k8s/package.json" "$root/tests/k8s/package-lock.json")
