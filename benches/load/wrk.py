"""Load by wrk (Debian's package): as many requests as are answered over so many connections."""

import json
import os
import subprocess
import tempfile
from pathlib import Path

# Bodies are read from a file where every request is another one.
SCRIPT = """
wrk.method = %(method)s
wrk.headers["Content-Type"] = "application/json"
wrk.body = %(body)s
local file, bodies, at = %(file)s, {}, 0
if file then
  function request()
    if #bodies == 0 then
      for line in io.lines(file) do bodies[#bodies + 1] = wrk.format(nil, nil, nil, line) end
    end
    at = at %% #bodies + 1
    return bodies[at]
  end
end
function done(summary, latency, _)
  local points = {}
  for _, p in ipairs({50, 75, 90, 95, 99, 99.9, 99.99}) do
    points[#points + 1] = string.format('"%%g":%%d', p, latency:percentile(p))
  end
  local e = summary.errors
  io.write(string.format(
    '\\nJSON{"requests":%%d,"micros":%%d,"refused":%%d,"broken":%%d,"bytes":%%d,"max":%%d,"points":{%%s}}\\n',
    summary.requests, summary.duration, e.status, e.connect + e.read + e.write + e.timeout, summary.bytes,
    latency.max, table.concat(points, ",")))
end
"""


class Loaded:
    """What wrk counted. Latencies are in ms."""

    def __init__(self, told):
        self.requests, self.seconds = told["requests"], told["micros"] / 1e6
        self.refused, self.broken, self.bytes = told["refused"], told["broken"], told["bytes"]
        self.latency = {float(p): micros / 1000 for p, micros in told["points"].items()}
        self.latency[100.0] = told["max"] / 1000

    @property
    def rate(self):
        return self.requests / self.seconds

    @property
    def taken(self):
        """Answers of 2xx a second."""
        return (self.requests - self.refused) / self.seconds


def run(url, body=None, bodies=None, connections=16, seconds=3.0, **popen):
    return start(url, body, bodies, connections, seconds, **popen).wait()


class start:
    """Loads a URL in the background: by GET, by POST with one body, or with each of `bodies` in turn."""

    def __init__(self, url, body=None, bodies=None, connections=16, seconds=3.0, **popen):
        self.folder = tempfile.TemporaryDirectory(prefix="regain-load-")
        folder = Path(self.folder.name)
        if bodies:
            (folder / "bodies").write_text("\n".join(map(json.dumps, bodies)) + "\n")
        posts = body is not None or bodies
        (folder / "load.lua").write_text(SCRIPT % {
            "method": '"POST"' if posts else '"GET"',
            "body": json.dumps(json.dumps(body)) if body is not None else "nil",
            "file": json.dumps(str(folder / "bodies")) if bodies else "nil",
        })
        command = ["wrk", "-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s", "--timeout", "30s",
                   "-s", str(folder / "load.lua"), url]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, **popen)

    def wait(self):
        output, _ = self.process.communicate()
        self.folder.cleanup()
        told = [line[4:] for line in output.splitlines() if line.startswith("JSON")]
        if not told:
            raise SystemExit(f"wrk told nothing: {output}")
        return Loaded(json.loads(told[0]))


def favoured():
    """For a probe whose own waiting for the processor shall not be counted; needs root."""
    try:
        os.setpriority(os.PRIO_PROCESS, 0, -10)
    except PermissionError:
        pass
