"""What an installation keeps of itself."""

from __future__ import annotations

from django.db import models


class KeyFingerprint(models.Model):
    """A hash of the secret key that signed the cookies and links of this database. There is one row at most."""

    fingerprint = models.CharField(max_length=64)

    def __str__(self) -> str:
        return self.fingerprint
