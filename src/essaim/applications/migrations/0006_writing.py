import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('applications', '0005_documents'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Guest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('secret_sha256', models.CharField(max_length=64, unique=True)),
                ('origin', models.CharField(db_index=True, max_length=32, verbose_name='empreinte de l’adresse réseau')),
                ('created_at', models.DateTimeField(verbose_name='commencé le')),
                ('claimed_at', models.DateTimeField(blank=True, null=True, verbose_name='repris le')),
                ('person', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='guest', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'auteur sans compte',
                'verbose_name_plural': 'auteurs sans compte',
            },
        ),
        migrations.CreateModel(
            name='AnswerVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=60, verbose_name='question')),
                ('value', models.JSONField(blank=True, null=True, verbose_name='réponse')),
                ('began_at', models.DateTimeField(verbose_name='commencée le')),
                ('at', models.DateTimeField(verbose_name='enregistrée le')),
                ('version', models.PositiveIntegerField(verbose_name='version du dossier')),
                ('longest', models.PositiveIntegerField(default=0, verbose_name='plus long texte')),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='applications.application')),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='par')),
                ('restored_from', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='applications.answerversion', verbose_name='reprise de')),
            ],
            options={
                'verbose_name': 'version d’une réponse',
                'verbose_name_plural': 'versions des réponses',
                'ordering': ['application', 'code', 'pk'],
                'indexes': [models.Index(fields=['application', 'code', '-id'], name='answer_version_last')],
            },
        ),
        migrations.CreateModel(
            name='Comment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('section', models.CharField(max_length=60, verbose_name='section')),
                ('at', models.DateTimeField(verbose_name='écrit le')),
                ('text', models.TextField(verbose_name='commentaire')),
                ('resolved_at', models.DateTimeField(blank=True, null=True, verbose_name='réglé le')),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='comments', to='applications.application')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='par')),
                ('resolved_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='réglé par')),
                ('thread', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='answers', to='applications.comment')),
            ],
            options={
                'verbose_name': 'commentaire',
                'verbose_name_plural': 'commentaires',
                'ordering': ['application', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('thread__isnull', True), ('resolved_at__isnull', True), _connector='OR'), name='comment_threads_are_resolved')],
            },
        ),
        migrations.CreateModel(
            name='Presence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('step', models.CharField(max_length=20, verbose_name='page')),
                ('field', models.CharField(blank=True, max_length=100, verbose_name='champ')),
                ('seen_at', models.DateTimeField(verbose_name='vu le')),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='presences', to='applications.application')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'présence',
                'verbose_name_plural': 'présences',
                'constraints': [models.UniqueConstraint(fields=('application', 'person'), name='presence_once')],
            },
        ),
    ]
