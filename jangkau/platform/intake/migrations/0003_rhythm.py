"""How often lists are expected, and pictures of how they develop."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("intake", "0002_part"),
        ("offices", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="QualityChart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "layout",
                    models.CharField(
                        choices=[
                            ("kur", "Debitur KUR"),
                            ("prakerja", "Penerima Kartu Prakerja"),
                            ("non_asn", "Pegawai non-ASN"),
                            ("village", "Perangkat dan pekerja desa"),
                            ("register", "Register peserta"),
                        ],
                        max_length=10,
                    ),
                ),
                ("language", models.CharField(max_length=2)),
                ("svg", models.TextField(blank=True)),
                ("drawn_at", models.DateTimeField()),
                (
                    "institution",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="offices.institution"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("institution", "layout", "language"), name="one_picture_of_quality")
                ],
            },
        ),
        migrations.CreateModel(
            name="Rhythm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "layout",
                    models.CharField(
                        choices=[
                            ("kur", "Debitur KUR"),
                            ("prakerja", "Penerima Kartu Prakerja"),
                            ("non_asn", "Pegawai non-ASN"),
                            ("village", "Perangkat dan pekerja desa"),
                            ("register", "Register peserta"),
                        ],
                        max_length=10,
                    ),
                ),
                ("months", models.SmallIntegerField()),
                ("first_due", models.DateField()),
                ("agreement_number", models.CharField(blank=True, max_length=120)),
                ("changed_at", models.DateTimeField()),
                (
                    "changed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "institution",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="offices.institution"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("institution", "layout"), name="one_rhythm_for_a_layout"),
                    models.CheckConstraint(
                        condition=models.Q(("months__in", [1, 3, 6, 12])), name="a_rhythm_is_of_whole_months"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("first_due__day__lte", 28)), name="a_day_that_every_month_has"
                    ),
                ],
            },
        ),
    ]
