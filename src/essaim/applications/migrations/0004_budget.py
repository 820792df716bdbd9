import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_demo_role_and_closing'),
        ('applications', '0003_writing_and_receipt'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='DeMinimisAid',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('regime', models.CharField(choices=[('general', 'Général (2023/2831, avant 2024 : 1407/2013)'), ('agriculture', 'Agriculture (1408/2013)'), ('fisheries', 'Pêche et aquaculture (717/2014)'), ('sgei', 'Service d’intérêt économique général (2023/2832)')], default='general', max_length=12, verbose_name='régime')),
                ('granted_on', models.DateField(verbose_name='attribuée le')),
                ('grantor', models.CharField(max_length=200, verbose_name='attribuée par')),
                ('amount_cents', models.BigIntegerField(verbose_name='montant (centimes)')),
                ('added_at', models.DateTimeField(verbose_name='inscrite le')),
            ],
            options={
                'verbose_name': 'aide de minimis',
                'verbose_name_plural': 'aides de minimis',
                'ordering': ['organisation', '-granted_on', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='DeMinimisStatement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('made_at', models.DateTimeField(verbose_name='déclarée complète le')),
            ],
            options={
                'verbose_name': 'déclaration des aides de minimis',
                'verbose_name_plural': 'déclarations des aides de minimis',
            },
        ),
        migrations.AddField(
            model_name='costline',
            name='account',
            field=models.CharField(blank=True, max_length=5, verbose_name='compte'),
        ),
        migrations.AddField(
            model_name='costline',
            name='eligible_points',
            field=models.PositiveSmallIntegerField(default=10000, verbose_name='part éligible (centièmes de pour cent)'),
        ),
        migrations.AddField(
            model_name='costline',
            name='quantity_thousandths',
            field=models.BigIntegerField(blank=True, null=True, verbose_name='quantité (millièmes)'),
        ),
        migrations.AddField(
            model_name='costline',
            name='quote',
            field=models.CharField(blank=True, max_length=64, verbose_name='devis (SHA-256)'),
        ),
        migrations.AddField(
            model_name='costline',
            name='unit_price_cents',
            field=models.BigIntegerField(blank=True, null=True, verbose_name='prix unitaire (centimes)'),
        ),
        migrations.AddField(
            model_name='costline',
            name='vat',
            field=models.CharField(choices=[('HT', 'HT'), ('TTC', 'TTC')], default='HT', max_length=3, verbose_name='HT ou TTC'),
        ),
        migrations.AddField(
            model_name='costline',
            name='year',
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='année'),
        ),
        migrations.AddField(
            model_name='fundingline',
            name='account',
            field=models.CharField(blank=True, max_length=5, verbose_name='compte'),
        ),
        migrations.AddField(
            model_name='fundingline',
            name='proof',
            field=models.CharField(blank=True, max_length=64, verbose_name='justificatif (SHA-256)'),
        ),
        migrations.AddField(
            model_name='fundingline',
            name='year',
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='année'),
        ),
        migrations.AddConstraint(
            model_name='costline',
            constraint=models.CheckConstraint(condition=models.Q(('eligible_points__lte', 10000)), name='cost_share_at_most_one'),
        ),
        migrations.AddConstraint(
            model_name='costline',
            constraint=models.CheckConstraint(condition=models.Q(('vat__in', ['HT', 'TTC'])), name='cost_vat_known'),
        ),
        migrations.AddField(
            model_name='deminimisaid',
            name='added_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='deminimisaid',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='de_minimis_aids', to='accounts.organisation'),
        ),
        migrations.AddField(
            model_name='deminimisstatement',
            name='made_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='deminimisstatement',
            name='organisation',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='de_minimis_statement', to='accounts.organisation'),
        ),
        migrations.AddConstraint(
            model_name='deminimisaid',
            constraint=models.CheckConstraint(condition=models.Q(('amount_cents__gt', 0)), name='de_minimis_positive'),
        ),
        migrations.AddConstraint(
            model_name='deminimisaid',
            constraint=models.UniqueConstraint(fields=('organisation', 'regime', 'granted_on', 'grantor', 'amount_cents'), name='de_minimis_once'),
        ),
    ]
