import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0002_history'),
    ]

    operations = [
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user_id', models.BigIntegerField()),
                ('kind', models.CharField(max_length=60)),
                ('key', models.CharField(blank=True, default='', max_length=100)),
                ('words', models.CharField(max_length=300)),
                ('values', models.JSONField(default=dict)),
                ('address', models.CharField(blank=True, default='', max_length=300)),
                ('times', models.IntegerField(default=1)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('told_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('read_at', models.DateTimeField(null=True)),
                ('closed_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['user_id', '-told_at'], name='core_notice_newest'), models.Index(condition=models.Q(('closed_at', None), ('read_at', None)), fields=['user_id'], name='core_notice_unread')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('closed_at', None)), fields=('user_id', 'kind', 'key'), name='core_notice_open_once', violation_error_message='This person has been told already.'), models.UniqueConstraint(condition=models.Q(('kind', 'core.digest')), fields=('user_id', 'key'), name='core_notice_digest_once_a_day', violation_error_message='This person has been told already.'), models.CheckConstraint(condition=models.Q(('address', ''), models.Q(('address__startswith', '/'), models.Q(('address__startswith', '//'), _negated=True)), _connector='OR'), name='core_notice_address_ours', violation_error_message='A notice leads to a page of this system.')],
            },
        ),
    ]
