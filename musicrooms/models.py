"""What an installation keeps of itself."""

from __future__ import annotations

from django.db import models


class KeyFingerprint(models.Model):
    """A hash of the secret key that signed the cookies and links of this database. There is one row at most."""

    fingerprint = models.CharField(max_length=64)

    def __str__(self) -> str:
        return self.fingerprint


class StaticFile(models.Model):
    """A static file of some version, named by its content, for machines that run another version."""

    name = models.CharField(max_length=255, unique=True)
    content = models.BinaryField()
    served_at = models.DateTimeField(auto_now_add=True, help_text="When a server that has it started last.")

    def __str__(self) -> str:
        return self.name
