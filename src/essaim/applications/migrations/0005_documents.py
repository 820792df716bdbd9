import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_vault'),
        ('applications', '0004_budget'),
    ]

    operations = [
        migrations.AddField(
            model_name='document',
            name='from_vault',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='accounts.vaultversion', verbose_name='repris du coffre'),
        ),
        migrations.AddField(
            model_name='document',
            name='valid_until',
            field=models.DateField(blank=True, null=True, verbose_name='valable jusqu’au'),
        ),
    ]
