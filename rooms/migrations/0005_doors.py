"""Passwords, invitations in place of signed links for each role, recovery, and rooms that close when empty."""

from typing import Any

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


MEMBER, HOST, OWNER = 10, 20, 30


def invite(apps: Any, schema_editor: Any) -> None:
    """A link to each role for every open room: the links of before are worth nothing any more."""
    invitations, members = apps.get_model("rooms", "Invitation"), apps.get_model("rooms", "Member")
    for room in apps.get_model("rooms", "Room").objects.filter(closed_at=None).iterator():
        owner = members.objects.filter(room=room, role=OWNER).first()
        invitations.objects.bulk_create([invitations(room=room, role=role, made_by=owner) for role in (MEMBER, HOST)])


class Migration(migrations.Migration):

    dependencies = [
        ('rooms', '0004_rules'),
    ]

    operations = [
        migrations.RemoveField(
            model_name='room',
            name='link_generation',
        ),
        migrations.AddField(
            model_name='member',
            name='given_by',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='rooms.member', verbose_name='given by'),
        ),
        migrations.AddField(
            model_name='member',
            name='knows_password',
            field=models.BooleanField(default=False, editable=False, verbose_name='knows the password'),
        ),
        migrations.AddField(
            model_name='member',
            name='taken_at',
            field=models.DateTimeField(editable=False, help_text='When a role was taken last; older invitations are refused.', null=True, verbose_name='taken at'),
        ),
        migrations.AddField(
            model_name='room',
            name='empty_since',
            field=models.DateTimeField(editable=False, null=True, verbose_name='empty since'),
        ),
        migrations.AddField(
            model_name='room',
            name='is_permanent',
            field=models.BooleanField(default=True, help_text='One that is not closes when nobody was there for a day.', verbose_name='permanent'),
        ),
        migrations.AddField(
            model_name='room',
            name='password',
            field=models.CharField(blank=True, default='', editable=False, max_length=128, verbose_name='password'),
        ),
        migrations.AddField(
            model_name='room',
            name='recovery_hash',
            field=models.CharField(default='', editable=False, max_length=64, verbose_name='recovery hash'),
        ),
        migrations.CreateModel(
            name='WrongPassword',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person', models.CharField(max_length=64, verbose_name='person')),
                ('address', models.CharField(blank=True, max_length=64, verbose_name='address')),
                ('tried_at', models.DateTimeField(db_index=True, verbose_name='tried at')),
                ('room', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='rooms.room', verbose_name='room')),
            ],
            options={
                'verbose_name': 'wrong password',
                'verbose_name_plural': 'wrong passwords',
            },
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.PositiveSmallIntegerField(choices=[(0, 'guest'), (10, 'member'), (20, 'host'), (30, 'owner')], default=10, verbose_name='role')),
                ('max_uses', models.PositiveIntegerField(blank=True, help_text='Null for no limit.', null=True, verbose_name='most uses')),
                ('uses', models.PositiveIntegerField(default=0, editable=False, verbose_name='uses')),
                ('expires_at', models.DateTimeField(blank=True, null=True, verbose_name='ends at')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='created at')),
                ('made_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='invitations', to='rooms.member', verbose_name='made by')),
                ('room', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to='rooms.room', verbose_name='room')),
            ],
            options={
                'verbose_name': 'invitation',
                'verbose_name_plural': 'invitations',
                'constraints': [models.CheckConstraint(condition=models.Q(('role__in', [10, 20])), name='invitation_role_is_given')],
            },
        ),
        migrations.AlterField(
            model_name='room',
            name='visibility',
            field=models.CharField(choices=[('public', 'Public: listed on the home page, for everyone'), ('unlisted', 'Unlisted: for whoever has the link'), ('private', 'Private: for the people who were invited')], default='unlisted', max_length=10, verbose_name='visibility'),
        ),
        migrations.RunPython(invite, migrations.RunPython.noop),
    ]
