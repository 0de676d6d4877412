from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("runs", "0002_cancel_asked"),
    ]

    operations = [
        migrations.AddField(
            model_name="run",
            name="branch",
            field=models.JSONField(blank=True, null=True),
        ),
    ]
