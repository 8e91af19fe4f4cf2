from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ('rooms', '0002_attendance'),
    ]

    operations = [
        migrations.RenameModel('Receipt', 'StoredAnswer'),
    ]
