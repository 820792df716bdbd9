import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('applications', '0007_filing'),
        ('kernel', '0004_probe'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='application',
            name='documents_lacking',
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='pièces obligatoires absentes'),
        ),
        migrations.AddField(
            model_name='application',
            name='unmet_blocking',
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='règles bloquantes non respectées'),
        ),
        migrations.AddField(
            model_name='application',
            name='unmet_other',
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='autres règles non respectées'),
        ),
        migrations.CreateModel(
            name='PaperArrival',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('channel', models.CharField(choices=[('post', 'Courrier postal'), ('hand', 'Remis au service'), ('email', 'Courriel')], max_length=10, verbose_name='voie d’arrivée')),
                ('arrived_at', models.DateTimeField(verbose_name='arrivé le')),
                ('proof', models.CharField(max_length=300, verbose_name='preuve de l’arrivée')),
                ('registered_at', models.DateTimeField(verbose_name='enregistré le')),
                ('application', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='paper_arrival', to='applications.application')),
                ('proof_file', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel.storedfile')),
                ('registered_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'dossier reçu hors ligne',
                'verbose_name_plural': 'dossiers reçus hors ligne',
            },
        ),
        migrations.CreateModel(
            name='CompletionRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('number', models.PositiveSmallIntegerField(verbose_name='demande numéro')),
                ('parts', models.JSONField(default=list, verbose_name='ce qui est à compléter')),
                ('why', models.TextField(max_length=4000, verbose_name='pourquoi')),
                ('asked_at', models.DateTimeField(verbose_name='demandé le')),
                ('due_at', models.DateTimeField(verbose_name='réponse attendue le')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='close le')),
                ('closing_reason', models.TextField(blank=True, max_length=4000, verbose_name='raison du retrait')),
                ('state', models.CharField(choices=[('asked', 'En attente de la réponse'), ('answered', 'Répondue'), ('lapsed', 'Restée sans réponse'), ('withdrawn', 'Retirée par le service')], default='asked', max_length=10, verbose_name='état')),
                ('answer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='answers_to', to='applications.filing')),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='completion_requests', to='applications.application')),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'demande de complément',
                'verbose_name_plural': 'demandes de complément',
                'ordering': ['application', 'number'],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['asked', 'answered', 'lapsed', 'withdrawn'])), name='completion_state_known'), models.UniqueConstraint(fields=('application', 'number'), name='completion_number_once'), models.UniqueConstraint(condition=models.Q(('state', 'asked')), fields=('application',), name='completion_one_at_a_time'), models.CheckConstraint(condition=models.Q(('due_at__gt', models.F('asked_at'))), name='completion_leaves_some_time')],
            },
        ),
        migrations.CreateModel(
            name='Exchange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('from_service', models.BooleanField(verbose_name='écrit par le service')),
                ('text', models.TextField(max_length=4000, verbose_name='message')),
                ('sent_at', models.DateTimeField(verbose_name='envoyé le')),
                ('key', models.CharField(max_length=64, unique=True, verbose_name='clé d’idempotence')),
                ('read_at', models.DateTimeField(blank=True, null=True, verbose_name='lu le')),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='exchanges', to='applications.application')),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('read_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'message',
                'verbose_name_plural': 'messages',
                'ordering': ['application', 'sent_at', 'pk'],
                'indexes': [models.Index(fields=['application', 'from_service', 'read_at'], name='exchange_unread')],
            },
        ),
    ]
