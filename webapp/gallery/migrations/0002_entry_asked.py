from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("gallery", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="entry",
            name="asked",
            field=models.JSONField(default=dict),
        ),
    ]
