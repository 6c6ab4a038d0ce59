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
      for line in io.lines(file) do
        local path, body = line:match("^(%%S*)\t(.*)$")
        bodies[#bodies + 1] = wrk.format(nil, path ~= "" and path or nil, nil, body ~= "" and body or nil)
      end
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
    """Loads a URL in the background: by GET, by POST with one body, with each of `bodies` in turn, or with each
    of `requests`, which are paths and bodies, by `method`."""

    def __init__(self, url, body=None, bodies=None, connections=16, seconds=3.0, requests=None, method=None, **popen):
        self.folder = tempfile.TemporaryDirectory(prefix="regain-load-")
        folder = Path(self.folder.name)
        requests = requests or [("", each) for each in bodies or []]
        if requests:
            lines = (f"{path}\t{'' if each is None else json.dumps(each)}\n" for path, each in requests)
            (folder / "bodies").write_text("".join(lines))
        method = method or ("POST" if body is not None or bodies else "GET")
        (folder / "load.lua").write_text(SCRIPT % {
            "method": json.dumps(method),
            "body": json.dumps(json.dumps(body)) if body is not None else "nil",
            "file": json.dumps(str(folder / "bodies")) if requests else "nil",
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
