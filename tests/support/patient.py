"""Single requests without a client, as patient as everything else: httpx itself gives up after five seconds."""

from __future__ import annotations

from functools import partial

import httpx

from tools.patience import PATIENCE_S
from tools.server import NO_TLS

get = partial(httpx.get, timeout=PATIENCE_S, verify=NO_TLS)
head = partial(httpx.head, timeout=PATIENCE_S, verify=NO_TLS)
post = partial(httpx.post, timeout=PATIENCE_S, verify=NO_TLS)
patch = partial(httpx.patch, timeout=PATIENCE_S, verify=NO_TLS)
delete = partial(httpx.delete, timeout=PATIENCE_S, verify=NO_TLS)
