import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_demo_role_and_closing'),
        ('kernel', '0003_uploads'),
    ]

    operations = [
        migrations.CreateModel(
            name='VaultDocument',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='identifiant public')),
                ('kind', models.CharField(choices=[('statutes', 'Statuts'), ('registration', 'Récépissé de déclaration ou extrait d’immatriculation'), ('bank_details', 'Relevé d’identité bancaire (RIB)'), ('accounts', 'Comptes approuvés'), ('activity_report', 'Rapport d’activité'), ('deliberation', 'Délibération'), ('mandate', 'Pouvoir du signataire'), ('republican_commitment', 'Contrat d’engagement républicain'), ('board', 'Liste des dirigeants'), ('tax_certificate', 'Attestation fiscale ou sociale'), ('insurance', 'Attestation d’assurance'), ('other', 'Autre document')], max_length=30, verbose_name='nature')),
                ('title', models.CharField(blank=True, max_length=120, verbose_name='précision')),
                ('created_at', models.DateTimeField(verbose_name='ajouté le')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='vault', to='accounts.organisation')),
            ],
            options={
                'verbose_name': 'document du coffre',
                'verbose_name_plural': 'documents du coffre',
                'ordering': ['kind', 'title', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='VaultVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(verbose_name='version')),
                ('valid_from', models.DateField(blank=True, null=True, verbose_name='valable à partir du')),
                ('valid_until', models.DateField(blank=True, null=True, verbose_name='valable jusqu’au')),
                ('added_at', models.DateTimeField(verbose_name='ajouté le')),
                ('added_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='ajouté par')),
                ('document', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='accounts.vaultdocument')),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel.storedfile')),
            ],
            options={
                'verbose_name': 'version d’un document du coffre',
                'verbose_name_plural': 'versions des documents du coffre',
                'ordering': ['document', '-number'],
                'constraints': [models.UniqueConstraint(fields=('document', 'number'), name='vaultversion_number_once'), models.CheckConstraint(condition=models.Q(('valid_from', None), ('valid_until', None), ('valid_from__lte', models.F('valid_until')), _connector='OR'), name='vaultversion_dates_in_order')],
            },
        ),
    ]
