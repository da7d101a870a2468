"""Runs one command and says what it took: seconds, processor seconds, and the most memory it ever held."""

import json
import resource
import subprocess
import sys
import time

started = time.perf_counter()
done = subprocess.run(sys.argv[1:], capture_output=True, text=True)
wall = time.perf_counter() - started
used = resource.getrusage(resource.RUSAGE_CHILDREN)
# Linux counts in KiB, macOS in bytes.
unit = 1 if sys.platform == "darwin" else 1024
print(
    json.dumps(
        {
            "code": done.returncode,
            "wall_seconds": wall,
            "cpu_seconds": used.ru_utime + used.ru_stime,
            "peak_bytes": used.ru_maxrss * unit,
            "out": done.stdout[-2000:],
            "err": done.stderr[-2000:],
        }
    )
)
