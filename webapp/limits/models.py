"""Limits that differ from those the site was started with."""

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import models

from webapp.limits.ranges import ranges


class Limit(models.Model):
    """One limit's value for the whole house, an address, a group or an account; the most particular one counts."""

    class Scope(models.TextChoices):
        """For whom it is, from the most general to the most particular."""

        HOUSE = "house", "the whole house"
        ADDRESS = "address", "an address"
        GROUP = "group", "a group"
        ACCOUNT = "account", "an account"

    scope = models.CharField("for", max_length=8, choices=Scope.choices, default=Scope.HOUSE)
    address = models.CharField(max_length=32, blank=True)  # hashed, as runs keep it
    group = models.ForeignKey(Group, null=True, blank=True, on_delete=models.CASCADE, related_name="limits")
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="limits"
    )
    name = models.CharField("limit", max_length=40)
    value = models.BigIntegerField()
    note = models.CharField(max_length=200, blank=True, help_text="Why; only administrators see it.")
    changed = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("scope", "name")
        constraints = [
            models.UniqueConstraint(fields=["name"], condition=models.Q(scope="house"), name="limit_once_for_house"),
            models.UniqueConstraint(
                fields=["name", "address"], condition=models.Q(scope="address"), name="limit_once_per_address"
            ),
            models.UniqueConstraint(
                fields=["name", "group"], condition=models.Q(scope="group"), name="limit_once_per_group"
            ),
            models.UniqueConstraint(
                fields=["name", "account"], condition=models.Q(scope="account"), name="limit_once_per_account"
            ),
        ]
        indexes = [models.Index(fields=["scope", "address"])]

    def __str__(self) -> str:
        return f"{self.name} = {self.value} for {self.subject}"

    @property
    def subject(self) -> str:
        """For whom it is."""
        match self.scope:
            case self.Scope.ADDRESS:
                return f"address {self.address}"
            case self.Scope.GROUP:
                return f"group {self.group}"
            case self.Scope.ACCOUNT:
                return f"account {self.account}"
        return "the whole house"

    def clean(self) -> None:
        """A known limit, a value within its range, and exactly the subject that its scope names."""
        wrong: dict[str, str] = {}
        known = ranges()
        if self.name not in known:
            wrong["name"] = f"There is no such limit; there are {', '.join(known)}."
        elif self.value is not None:
            try:
                known[self.name].check(self.value)
            except ValueError as error:
                wrong["value"] = str(error)
        subjects = {"address": self.address, "group": self.group_id, "account": self.account_id}
        for scope, given in subjects.items():
            if self.scope == scope and not given:
                wrong[scope] = f"Say which {scope}."
            elif self.scope != scope and given:
                wrong[scope] = f"Leave this empty: the limit is for {self.get_scope_display()}."
        if wrong:
            raise ValidationError(wrong)
