import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('applications', '0008_instruction'),
        ('calls', '0003_versions'),
        ('kernel', '0004_probe'),
        ('reviews', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='BulkAct',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('kind', models.CharField(choices=[('handle', 'Confier à un collègue'), ('admit', 'Déclarer recevables les dossiers sans objection'), ('message', 'Écrire aux porteurs'), ('request', 'Demander un complément'), ('tag', 'Étiqueter'), ('print', 'Imprimer en PDF')], max_length=10, verbose_name='acte')),
                ('arguments', models.JSONField(default=dict, verbose_name='précisions')),
                ('chosen', models.JSONField(default=list, verbose_name='dossiers choisis')),
                ('results', models.JSONField(default=list, verbose_name='résultats')),
                ('made_at', models.DateTimeField(verbose_name='demandé le')),
                ('finished_at', models.DateTimeField(blank=True, null=True, verbose_name='fini le')),
                ('archive', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel.storedfile')),
                ('call', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='bulk_acts', to='calls.call')),
                ('job', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='kernel.job')),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'acte en nombre',
                'verbose_name_plural': 'actes en nombre',
                'ordering': ['-made_at', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='ChecklistItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.CharField(max_length=200, verbose_name='point à vérifier')),
                ('added_at', models.DateTimeField(verbose_name='ajouté le')),
                ('dropped_at', models.DateTimeField(blank=True, null=True, verbose_name='retiré le')),
                ('added_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('call', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='checklist_items', to='calls.call')),
            ],
            options={
                'verbose_name': 'point à vérifier',
                'verbose_name_plural': 'points à vérifier',
                'ordering': ['call', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Handling',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('given_at', models.DateTimeField(verbose_name='confié le')),
                ('application', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='handling', to='applications.application')),
                ('given_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='handled_files', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'suivi d’un dossier',
                'verbose_name_plural': 'suivis de dossiers',
            },
        ),
        migrations.CreateModel(
            name='Note',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField(max_length=4000, verbose_name='note')),
                ('written_at', models.DateTimeField(verbose_name='écrite le')),
                ('key', models.CharField(max_length=64, unique=True, verbose_name='clé d’idempotence')),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notes', to='applications.application')),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'note interne',
                'verbose_name_plural': 'notes internes',
                'ordering': ['application', 'written_at', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='SavedView',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, verbose_name='nom de la vue')),
                ('query', models.TextField(blank=True, max_length=2000, verbose_name='filtres et colonnes')),
                ('shared', models.BooleanField(default=False, verbose_name='partagée avec l’équipe')),
                ('saved_at', models.DateTimeField(verbose_name='enregistrée le')),
                ('call', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='saved_views', to='calls.call')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'vue enregistrée',
                'verbose_name_plural': 'vues enregistrées',
                'ordering': ['call', 'name', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='DefaultView',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('call', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='calls.call')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('view', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='defaults', to='reviews.savedview')),
            ],
            options={
                'verbose_name': 'vue par défaut',
                'verbose_name_plural': 'vues par défaut',
            },
        ),
        migrations.CreateModel(
            name='Tag',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('word', models.CharField(max_length=40, verbose_name='étiquette')),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tags', to='applications.application')),
            ],
            options={
                'verbose_name': 'étiquette',
                'verbose_name_plural': 'étiquettes',
                'ordering': ['application', 'word'],
            },
        ),
        migrations.CreateModel(
            name='Tick',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('point', models.CharField(max_length=80, verbose_name='point')),
                ('holds', models.BooleanField(verbose_name='respecté')),
                ('remark', models.CharField(blank=True, max_length=300, verbose_name='remarque')),
                ('ticked_at', models.DateTimeField(verbose_name='vérifié le')),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='ticks', to='applications.application')),
                ('ticked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'point vérifié',
                'verbose_name_plural': 'points vérifiés',
                'ordering': ['application', 'pk'],
            },
        ),
        migrations.AddConstraint(
            model_name='savedview',
            constraint=models.UniqueConstraint(fields=('call', 'owner', 'name'), name='saved_view_name_once'),
        ),
        migrations.AddConstraint(
            model_name='defaultview',
            constraint=models.UniqueConstraint(fields=('person', 'call'), name='default_view_once'),
        ),
        migrations.AddConstraint(
            model_name='tag',
            constraint=models.UniqueConstraint(fields=('application', 'word'), name='tag_once'),
        ),
        migrations.AddConstraint(
            model_name='tick',
            constraint=models.UniqueConstraint(fields=('application', 'point'), name='tick_once'),
        ),
    ]
