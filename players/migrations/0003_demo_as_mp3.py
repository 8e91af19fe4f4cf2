"""The pieces of the demo are MP3 files of the code now, as long as the WAV files below ``DATA_DIR`` that they were before."""

from django.db import migrations

PIECES = ("last-light", "the-long-way-home", "open-window")


def to_mp3(apps, schema_editor):
    _rename(apps, ".wav", ".mp3")


def to_wav(apps, schema_editor):
    _rename(apps, ".mp3", ".wav")


def _rename(apps, before, after):
    tracks = apps.get_model("players", "Track").objects.filter(provider="direct")
    for piece in PIECES:
        base = f"/media/demo/{piece}"
        if not tracks.filter(media_id=base + after).exists():
            tracks.filter(media_id=base + before).update(media_id=base + after, problem="")


class Migration(migrations.Migration):

    dependencies = [
        ('players', '0002_listener_report'),
    ]

    operations = [
        migrations.RunPython(to_mp3, to_wav),
    ]
