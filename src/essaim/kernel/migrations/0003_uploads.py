from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("kernel", "0002_tasks_files_mail")]

    operations = []
