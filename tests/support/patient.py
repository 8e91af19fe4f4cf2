"""Single requests without a client, as patient as everything else: httpx itself gives up after five seconds."""

from __future__ import annotations

from functools import partial

import httpx

from tools.patience import PATIENCE_S

get = partial(httpx.get, timeout=PATIENCE_S)
head = partial(httpx.head, timeout=PATIENCE_S)
post = partial(httpx.post, timeout=PATIENCE_S)
