from django.db import models


class Installation(models.Model):
    """The one row that says what this database is: whether it holds invented people only."""

    demonstration = models.BooleanField(default=False)
    first_started_on = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(pk=1),
                name="core_installation_single",
                violation_error_message="There is one installation row only.",
            )
        ]

    def __str__(self):
        return "demonstration" if self.demonstration else "production"
