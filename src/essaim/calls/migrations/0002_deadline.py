import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('calls', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='call',
            name='extension',
            field=models.JSONField(blank=True, default=dict, verbose_name='règle en cas d’indisponibilité mesurée'),
        ),
        migrations.AddField(
            model_name='call',
            name='last_number',
            field=models.PositiveIntegerField(default=0, verbose_name='dernier numéro de dossier donné'),
        ),
        migrations.CreateModel(
            name='Extension',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('closes_at', models.DateTimeField(verbose_name='nouvelle clôture')),
                ('before', models.DateTimeField(verbose_name='clôture jusque-là')),
                ('lost_seconds', models.PositiveIntegerField(default=0, verbose_name='indisponibilité mesurée (secondes)')),
                ('reason', models.TextField(verbose_name='motif')),
                ('proposed_at', models.DateTimeField(verbose_name='proposé le')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='décidé le')),
                ('state', models.CharField(choices=[('proposed', 'Proposé, à approuver par une autre personne'), ('approved', 'Approuvé : la clôture est reportée'), ('declined', 'Écarté')], default='proposed', max_length=12, verbose_name='état')),
                ('call', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='extensions', to='calls.call')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'report de la clôture',
                'verbose_name_plural': 'reports de la clôture',
                'ordering': ['call', '-proposed_at', '-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['proposed', 'approved', 'declined'])), name='extension_state_known'), models.CheckConstraint(condition=models.Q(('closes_at__gt', models.F('before'))), name='extension_closes_later'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'approved'), _negated=True), models.Q(('decided_by__isnull', False), models.Q(('decided_by', models.F('proposed_by')), _negated=True)), _connector='OR'), name='extension_four_eyes')],
            },
        ),
        migrations.CreateModel(
            name='LateCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email', models.EmailField(max_length=254, verbose_name='pour')),
                ('reason', models.TextField(verbose_name='motif')),
                ('code_sha256', models.CharField(max_length=64, unique=True)),
                ('limit', models.PositiveSmallIntegerField(default=1, verbose_name='nombre de dépôts permis')),
                ('used', models.PositiveSmallIntegerField(default=0, verbose_name='dépôts faits')),
                ('expires_at', models.DateTimeField(verbose_name='valable jusqu’au')),
                ('created_at', models.DateTimeField(verbose_name='donné le')),
                ('cancelled_at', models.DateTimeField(blank=True, null=True, verbose_name='annulé le')),
                ('call', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='late_codes', to='calls.call')),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'code de dépôt tardif',
                'verbose_name_plural': 'codes de dépôt tardif',
                'ordering': ['call', '-created_at', '-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('used__lte', models.F('limit'))), name='late_code_within_its_limit')],
            },
        ),
    ]
