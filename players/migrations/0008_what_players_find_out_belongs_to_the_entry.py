"""What listeners' players find out belongs to the entry of their room, no longer to the track that all rooms share."""

import django.db.models.expressions
from django.db import migrations, models
from django.db.models import F, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce

LEAST_PART_MS = 1_000


def to_entries(apps, schema_editor):
    """Lengths were players' findings, but for those of files that come with the server."""
    entries, tracks = apps.get_model("players", "Entry").objects, apps.get_model("players", "Track").objects
    measured = tracks.exclude(length_ms=None).exclude(media_id__startswith="/")
    length_ms = measured.filter(pk=OuterRef("track_id")).values("length_ms")
    entries.filter(track__in=measured).update(measured_ms=Subquery(length_ms))
    measured.update(length_ms=None)


def to_tracks(apps, schema_editor):
    entries, tracks = apps.get_model("players", "Entry").objects, apps.get_model("players", "Track").objects
    said = entries.filter(track=OuterRef("pk")).exclude(measured_ms=None).values("measured_ms")[:1]
    tracks.filter(length_ms=None).update(length_ms=Subquery(said))


def lengthen(apps, schema_editor):
    """Parts that are too short last a second from now on."""
    parts = apps.get_model("players", "Entry").objects.annotate(least=Coalesce("start_ms", Value(0)) + LEAST_PART_MS)
    parts.filter(end_ms__lt=F("least")).update(end_ms=Coalesce("start_ms", Value(0)) + LEAST_PART_MS)


class Migration(migrations.Migration):

    dependencies = [
        ('players', '0007_skip_vote'),
        ('rooms', '0005_doors'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='entry',
            name='entry_ends_after_it_starts',
        ),
        migrations.AddField(
            model_name='entry',
            name='is_live',
            field=models.BooleanField(default=False, verbose_name='live'),
        ),
        migrations.AddField(
            model_name='entry',
            name='measured_ms',
            field=models.PositiveBigIntegerField(blank=True, editable=False, null=True, verbose_name='measured length (ms)'),
        ),
        migrations.AddField(
            model_name='entry',
            name='problem',
            field=models.CharField(blank=True, choices=[('not-embeddable', 'Its owner does not let this video play outside YouTube.'), ('gone', 'This video is private or no longer on YouTube.'), ('failed', 'It could not be played by those who listened.')], max_length=20, verbose_name='problem'),
        ),
        migrations.AddField(
            model_name='entry',
            name='set_length_ms',
            field=models.PositiveBigIntegerField(blank=True, null=True, verbose_name='length set by a host (ms)'),
        ),
        migrations.AddField(
            model_name='player',
            name='failures',
            field=models.PositiveSmallIntegerField(default=0, editable=False, verbose_name='failures in a row'),
        ),
        migrations.AddField(
            model_name='player',
            name='gives_up_at_ms',
            field=models.PositiveBigIntegerField(blank=True, editable=False, null=True, verbose_name='gives up at ms'),
        ),
        migrations.AlterField(
            model_name='listenerreport',
            name='kind',
            field=models.CharField(choices=[('vote', 'likes it'), ('length', 'measured its length'), ('live', 'found that it has no end'), ('ended', 'heard it end'), ('failed', 'could not play it')], max_length=10, verbose_name='kind'),
        ),
        migrations.RunPython(to_entries, to_tracks),
        migrations.RunPython(lengthen, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name='entry',
            constraint=models.CheckConstraint(condition=models.Q(('end_ms', None), models.Q(('end_ms__gte', 1000), ('start_ms', None)), models.Q(('end_ms__gte', django.db.models.expressions.CombinedExpression(models.F('start_ms'), '+', models.Value(1000))), ('start_ms__isnull', False)), _connector='OR'), name='entry_lasts_a_second'),
        ),
        migrations.AddConstraint(
            model_name='entry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('set_length_ms', None), models.Q(('set_length_ms__gt', 0), ('set_length_ms__lte', 3600000000)), _connector='OR'), models.Q(('measured_ms', None), models.Q(('measured_ms__gt', 0), ('measured_ms__lte', 3600000000)), _connector='OR')), name='entry_length_is_possible'),
        ),
    ]
