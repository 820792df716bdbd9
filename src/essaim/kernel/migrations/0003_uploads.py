import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('kernel', '0002_tasks_files_mail'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='storedfile',
            name='pages',
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name='nombre de pages'),
        ),
        migrations.CreateModel(
            name='Upload',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='identifiant public')),
                ('door', models.CharField(max_length=60, verbose_name='pour quoi')),
                ('target', models.CharField(max_length=120, verbose_name='pour quel objet')),
                ('name', models.CharField(max_length=150, verbose_name='nom')),
                ('length', models.PositiveBigIntegerField(verbose_name='taille annoncée en octets')),
                ('offset', models.PositiveBigIntegerField(default=0, verbose_name='octets reçus')),
                ('announced_sha256', models.CharField(blank=True, max_length=64, verbose_name='empreinte annoncée')),
                ('outcome', models.CharField(choices=[('receiving', 'En cours d’envoi'), ('taken', 'Reçu'), ('refused', 'Refusé')], default='receiving', max_length=10, verbose_name='ce qu’il est devenu')),
                ('sentence', models.TextField(blank=True, verbose_name='pourquoi')),
                ('sha256', models.CharField(blank=True, max_length=64, verbose_name='empreinte SHA-256')),
                ('created_at', models.DateTimeField(verbose_name='commencé le')),
                ('expires_at', models.DateTimeField(verbose_name='gardé jusqu’au')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='envoyé par')),
            ],
            options={
                'verbose_name': 'envoi',
                'verbose_name_plural': 'envois',
            },
        ),
        migrations.CreateModel(
            name='UploadPart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('start', models.PositiveBigIntegerField(verbose_name='premier octet')),
                ('size', models.PositiveIntegerField(verbose_name='taille en octets')),
                ('path', models.CharField(max_length=120, verbose_name='où elle est gardée')),
                ('upload', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='parts', to='kernel.upload')),
            ],
            options={
                'verbose_name': 'morceau',
                'verbose_name_plural': 'morceaux',
                'ordering': ['upload', 'start'],
            },
        ),
        migrations.AddIndex(
            model_name='upload',
            index=models.Index(fields=['by', 'door', 'target'], name='upload_where'),
        ),
        migrations.AddIndex(
            model_name='upload',
            index=models.Index(fields=['expires_at'], name='upload_expiry'),
        ),
        migrations.AddConstraint(
            model_name='upload',
            constraint=models.CheckConstraint(condition=models.Q(('outcome__in', ['receiving', 'taken', 'refused'])), name='upload_outcome'),
        ),
        migrations.AddConstraint(
            model_name='upload',
            constraint=models.CheckConstraint(condition=models.Q(('offset__lte', models.F('length'))), name='upload_offset_within'),
        ),
        migrations.AddConstraint(
            model_name='uploadpart',
            constraint=models.UniqueConstraint(fields=('upload', 'start'), name='uploadpart_once'),
        ),
    ]
