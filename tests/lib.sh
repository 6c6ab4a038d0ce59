# Sourced by tests/all, tests/tools, tests/servers and the `run` scripts; not run by itself.
# shellcheck shell=bash

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache=${REGAIN_TEST_CACHE:-$HOME/.cache/regain-tests}
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$cache/target}
export PATH=$PATH:/usr/sbin # where mariadbd is, which only root finds by itself

# The name of an installed set of programs changes with the files that say what is in it.
hash_of() { cat "$@" | sha256sum | cut -c1-16; }
venv=$cache/python-$(hash_of "$root/tests/python/requirements.txt")
npm=$cache/npm-$(hash_of "$root/tests/npm/package.json" "$root/tests/npm/package-lock.json")

# Where what is thrown away again is written: in memory, where there is room, since a disk that a compiler writes to
# makes whoever syncs to it wait for seconds.
scratch=/tmp
if [[ -w /dev/shm ]] && (($(df --output=avail /dev/shm | tail -n 1) > 2000000)); then scratch=/dev/shm; fi

say() { printf '%s\n' "$*" >&2; }
die() {
    say "error: $*"
    exit 1
}

# A free port of 127.0.0.1, from below the range out of which the kernel picks ports for
# outgoing connections, so that none of those takes it before the server does.
free_port() {
    python3 - <<'PYTHON'
import random, socket
for port in random.sample(range(20000, 32000), 200):
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            continue
        print(port)
        break
PYTHON
}

# Runs `regain demo` on a free port and waits until it is alive: sets REGAIN_TEST_URL and demo_pid.
# With REGAIN_TEST_URL given, that server is used and nothing is started. The log goes to "$1"; what follows are
# more arguments.
start_demo() {
    local log=$1
    shift
    demo_pid=
    [[ -n ${REGAIN_TEST_URL:-} ]] && return
    local binary=${REGAIN_TEST_BIN:-$CARGO_TARGET_DIR/ci/regain} port
    [[ -x $binary ]] || die "there is no $binary: cargo build --profile ci, or set REGAIN_TEST_BIN"
    port=$(free_port)
    export REGAIN_TEST_URL=http://127.0.0.1:$port
    "$binary" demo --listen "127.0.0.1:$port" "$@" </dev/null >"$log" 2>&1 &
    demo_pid=$!
    wait_for_demo "$log"
}

# Waits until the server of demo_pid is alive at REGAIN_TEST_URL; "$1" is its log.
wait_for_demo() {
    for _ in {1..300}; do
        curl --silent --fail --output /dev/null --max-time 2 "$REGAIN_TEST_URL/healthz" && return
        kill -0 "$demo_pid" 2>/dev/null || break
        sleep 0.1
    done
    cat "$1" >&2
    die "regain did not become alive at $REGAIN_TEST_URL"
}

stop_demo() {
    [[ -n ${demo_pid:-} ]] || return 0
    kill "$demo_pid" 2>/dev/null || true
    wait "$demo_pid" 2>/dev/null || true
    demo_pid=
}

# Holds the HTML files in these folders to what the Nu HTML checker says; what it says is kept in $work. An
# error, a warning and a hint count alike, and nothing is filtered out.
check_html() {
    local status=0
    java -jar "$REGAIN_TEST_NODE_MODULES/vnu-jar/build/dist/vnu.jar" \
        --format json --stdout --skip-non-html "$@" >"$work/vnu.json" || status=$?
    node - "$work/vnu.json" "$(find "$@" -name '*.html' | wc -l)" <<'JS'
const { version, messages } = JSON.parse(require("node:fs").readFileSync(process.argv[2], "utf8"));
for (const { type, subType, url, lastLine, message } of messages) {
  console.error(`${subType ?? type} ${url}:${lastLine}: ${message}`);
}
console.log(`vnu ${version}: ${process.argv[3]} documents, ${messages.length} messages`);
process.exit(messages.length === 0 ? 0 : 1);
JS
    ((status == 0)) || die "the HTML checker ended with $status"
}

# Pictures for the documentation are made by hand when what they show has changed, and looked at. Beside
# what the tests need they want Debian's pngquant, and the fonts that make them the same everywhere.
picture_tools() {
    command -v pngquant >/dev/null || die "pngquant is missing: apt-get install pngquant"
    local package
    for package in fonts-liberation fonts-noto-core; do
        dpkg-query --show "$package" >/dev/null 2>&1 || die "$package is missing: apt-get install $package"
    done
}

# Puts the pictures of the folder "$1" into "$2", small.
keep_pictures() {
    local picture bytes largest=61440
    for picture in "$1"/*.png; do
        pngquant --strip --speed 1 --quality 70-100 --force --output "$2/${picture##*/}" "$picture"
        bytes=$(stat --format %s "$2/${picture##*/}")
        ((bytes <= largest)) || die "${picture##*/} has $bytes bytes"
    done
    du --bytes --total "$2"/*.png
}

# evidence NAME TITLE COMMAND <BODY: keeps figures in docs/evidence/NAME.md, with what they are of.
evidence() {
    local commit changed=
    commit=$(git -C "$root" rev-parse HEAD)
    [[ -z $(git -C "$root" status --porcelain -- ':!docs/evidence') ]] || changed=" and what was not committed yet"
    {
        echo "# $2"
        echo
        echo "Written by \`$3\`."
        echo
        echo "- Commit: $commit$changed"
        echo "- Date: $(date -u +%Y-%m-%dT%H:%M:%SZ)"
        echo "- Machine: $(nproc) processors, $(awk '/MemTotal/ { printf "%.0f GiB", $2 / 1048576 }' /proc/meminfo), $(uname -sr)"
        echo
        cat
    } >"$root/docs/evidence/$1.md"
}

# A file of the source less its unit tests, which stand at its end or in files of their own.
without_tests() {
    if [[ $1 =~ /(tests|testing)(\.rs|/)|/attacks/ ]]; then return; fi
    awk 'held && /^mod tests \{/ { exit } { print; held = /^#\[cfg\(test\)\]$/ }' "$1"
}

# copy_tree FOLDER: puts the tree there as it is now, with what is not committed yet, for changes to be made in it.
copy_tree() {
    mkdir -p "$1"
    find "$1" -mindepth 1 -maxdepth 1 -exec rm -rf {} +
    # With the times of the files, so that what has not changed since is not built again.
    (cd "$root" && git ls-files -z --cached --others --exclude-standard |
        while IFS= read -rd '' file; do [[ ! -e $file ]] || printf '%s\0' "$file"; done |
        tar --create --null --files-from=- --file=-) | tar --extract --directory="$1"
    # But the last build may have been of a file that was changed and that is older again now.
    touch "$1/src/lib.rs"
}
