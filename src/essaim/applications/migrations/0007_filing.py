import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def count_the_numbers_given(apps, schema_editor):
    """The last number given for each call, kept from now on instead of looked for at each filing."""
    Application = apps.get_model("applications", "Application")
    last = Application.objects.exclude(number=None).values("call").annotate(last=models.Max("number")).order_by()
    for row in last:
        apps.get_model("calls", "Call").objects.filter(pk=row["call"]).update(last_number=row["last"])


class Migration(migrations.Migration):

    dependencies = [
        ('applications', '0006_writing'),
        ('accounts', '0002_demo_role_and_closing'),
        ('places', '0001_initial'),
        ('programmes', '0002_envelope_author'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('calls', '0002_deadline'),
        ('kernel', '0002_tasks_files_mail'),
    ]

    operations = [
        migrations.CreateModel(
            name='KeptFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slot', models.CharField(max_length=40, verbose_name='pièce')),
                ('name', models.CharField(max_length=200, verbose_name='nom du fichier')),
            ],
            options={
                'verbose_name': 'pièce d’un dépôt remplacé',
                'verbose_name_plural': 'pièces de dépôts remplacés',
                'ordering': ['filing', 'slot', 'pk'],
            },
        ),
        migrations.AddField(
            model_name='application',
            name='files_itself_for',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='dépôt automatique à la clôture, demandé par'),
        ),
        migrations.AddField(
            model_name='application',
            name='files_itself_knowing',
            field=models.JSONField(blank=True, default=list, verbose_name='ce qui a été lu comme manquant'),
        ),
        migrations.AddField(
            model_name='application',
            name='only',
            field=models.JSONField(blank=True, null=True, verbose_name='parties rouvertes (vide : toutes)'),
        ),
        migrations.AddField(
            model_name='application',
            name='put_away_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='copie de travail refermée le'),
        ),
        migrations.AddField(
            model_name='application',
            name='replaces',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='revision', to='applications.application', verbose_name='remplace le dépôt de'),
        ),
        migrations.AddField(
            model_name='application',
            name='until',
            field=models.DateTimeField(blank=True, null=True, verbose_name='rouvert jusqu’au'),
        ),
        migrations.AddField(
            model_name='filing',
            name='automatic',
            field=models.BooleanField(default=False, verbose_name='déposé automatiquement à la clôture'),
        ),
        migrations.AddField(
            model_name='filing',
            name='checked_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='fichiers relus et comparés le'),
        ),
        migrations.AddField(
            model_name='filing',
            name='late_code',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='filings', to='calls.latecode', verbose_name='code de dépôt tardif'),
        ),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.CheckConstraint(condition=models.Q(('replaces', None), models.Q(('filed_at', None), ('number', None), ('state', 'draft')), _connector='OR'), name='application_working_copy_is_no_file'),
        ),
        migrations.AddField(
            model_name='keptfile',
            name='file',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='kept_for', to='kernel.storedfile'),
        ),
        migrations.AddField(
            model_name='keptfile',
            name='filing',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='kept_files', to='applications.filing'),
        ),
        migrations.RunPython(count_the_numbers_given, migrations.RunPython.noop, elidable=True),
    ]
