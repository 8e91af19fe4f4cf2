"""What a listener asks for while nothing happens, as it is seen on the way."""

from __future__ import annotations

import time
from collections import Counter

from bench.laboratory.cases.acting import EVEN
from bench.laboratory.lab import Finding, Lab, row
from bench.output.result import Bar

SECONDS = 300
MOST_A_MINUTE = 1


def requests(lab: Lab) -> Finding:
    lab.studio.play("long")
    with lab.listening(lab.share(EVEN[:2])) as listeners:
        lab.wait(3 * lab.settle_s)
        since_s = time.perf_counter()
        lab.wait(lab.seconds(SECONDS))
        run = lab.measured(listeners, since_s)
        asked = [[r for r in listener.proxy.requests if r.at_s >= since_s] for listener in listeners]
    minutes = (run.until_s - since_s) / 60
    print(f"  asked for: {dict(Counter(f'{r.method} {r.target}' for each in asked for r in each))}", flush=True)
    most = max(len(each) for each in asked) / minutes
    return Finding(
        [row("requests", run, run.steady_ms(), since_s)],
        [Bar("requests: of one listener a minute", most, MOST_A_MINUTE)],
    )
