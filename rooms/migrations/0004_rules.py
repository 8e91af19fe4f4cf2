"""A room's rules as one JSON object, in place of a column for each of the four that there were."""

from __future__ import annotations

from typing import Any

import rooms.models.rules
from django.db import migrations, models

ROLES = {0: "guest", 10: "member", 20: "host", 30: "owner"}
NUMBERS = {word: number for number, word in ROLES.items()}


def gather(apps: Any, schema_editor: Any) -> None:
    for room in apps.get_model("rooms", "Room").objects.iterator():
        # Moving, trimming and skipping took the right to control until now.
        control = ROLES[room.control_role]
        room.rules = {
            **rooms.models.rules.DEFAULT_RULES,
            "control": control,
            "skip": control,
            "reorder": control,
            "add": ROLES[room.add_role],
            "at_end": room.at_end,
            "when_empty": room.when_empty,
        }
        room.save(update_fields=["rules"])


def scatter(apps: Any, schema_editor: Any) -> None:
    for room in apps.get_model("rooms", "Room").objects.iterator():
        room.control_role, room.add_role = NUMBERS[room.rules["control"]], NUMBERS[room.rules["add"]]
        room.at_end = room.rules["at_end"] if room.rules["at_end"] in ("pause", "repeat") else "pause"
        room.when_empty = room.rules["when_empty"]
        room.save(update_fields=["control_role", "add_role", "at_end", "when_empty"])


class Migration(migrations.Migration):
    dependencies = [("rooms", "0003_stored_answer")]

    operations = [
        migrations.AddField(
            "Room",
            "rules",
            models.JSONField(
                default=rooms.models.rules.default_rules,
                help_text="Who may do what here, and how the queue goes on.",
                verbose_name="rules",
            ),
        ),
        migrations.RunPython(gather, scatter),
        migrations.RemoveConstraint("Room", "room_control_role_is_known"),
        migrations.RemoveConstraint("Room", "room_add_role_is_known"),
        migrations.RemoveConstraint("Room", "room_at_end_is_known"),
        migrations.RemoveConstraint("Room", "room_when_empty_is_known"),
        migrations.RemoveField("Room", "control_role"),
        migrations.RemoveField("Room", "add_role"),
        migrations.RemoveField("Room", "at_end"),
        migrations.RemoveField("Room", "when_empty"),
    ]
