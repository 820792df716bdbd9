from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('kernel', '0003_uploads'),
    ]

    operations = [
        migrations.CreateModel(
            name='Probe',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(unique=True, verbose_name='instant')),
                ('ok', models.BooleanField(verbose_name='le site a répondu et gardé ce qu’on lui a confié')),
                ('milliseconds', models.PositiveIntegerField(default=0, verbose_name='durée (ms)')),
                ('detail', models.CharField(blank=True, max_length=200, verbose_name='ce qui n’allait pas')),
            ],
            options={
                'verbose_name': 'mesure de disponibilité',
                'verbose_name_plural': 'mesures de disponibilité',
                'ordering': ['at'],
            },
        ),
        migrations.CreateModel(
            name='ProbeDraft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token', models.CharField(max_length=64, unique=True, verbose_name='jeton')),
                ('text', models.CharField(blank=True, max_length=64, verbose_name='texte confié')),
                ('created_at', models.DateTimeField(verbose_name='créé le')),
            ],
            options={
                'verbose_name': 'brouillon de la sonde',
                'verbose_name_plural': 'brouillons de la sonde',
            },
        ),
    ]
