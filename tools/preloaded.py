"""Imports what every process of the server imports, as far as it needs no settings: for ``tools.forked``.

What is forgotten here is imported by each process for itself, which takes longer and harms nothing.
"""

import importlib

PACKAGES = [
    "ada_url",
    "autobahn.twisted.websocket",
    "babel.messages.mofile",
    "channels.layers",
    "cryptography.fernet",
    "django.contrib.admin",
    "django.db.migrations",
    "django.middleware.locale",
    "django.test",
    "gripcontrol",
    "httpx",
    "mutagen.mp3",
    "mutagen.mp4",
    "mutagen.oggflac",
    "mutagen.wave",
    "PIL.ImageOps",
    "prometheus_client.core",
    "pydantic.dataclasses",
    "pydantic.json_schema",
    "redis.asyncio",
    "segno",
    "servestatic.compress",
    "twisted.internet.asyncioreactor",
    "twisted.internet.ssl",
    "twisted.web.http",
    "uvicorn.protocols.http.httptools_impl",
    "uvloop",
    "xml.etree.ElementTree",
]

for _name in PACKAGES:
    importlib.import_module(_name)
