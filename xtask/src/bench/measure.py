"""What did a command cost? Usage: measure.py ANSWER.json COMMAND...

The kernel counts wall time, processor time and peak memory of the child; the same way for every engine.
"""

import json
import os
import sys
import time

answer, command = sys.argv[1], sys.argv[2:]
start = time.monotonic()
child = os.posix_spawn(command[0], command, os.environ)
_, status, usage = os.wait4(child, 0)
cost = {
    "seconds": time.monotonic() - start,
    "cpu_seconds": usage.ru_utime + usage.ru_stime,
    "peak_mib": usage.ru_maxrss / 1024,
}
with open(answer, "w", encoding="utf-8") as out:
    json.dump(cost, out)
code = os.waitstatus_to_exitcode(status)
# 3 is "done, with cautions to read".
sys.exit(0 if code in (0, 3) else 1)
