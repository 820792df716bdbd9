from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("calls", "0001_initial")]

    operations = []
