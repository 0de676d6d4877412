"""What a person fills in."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.contrib.auth.forms import PasswordResetForm
from django.contrib.auth.models import User
from django.template import loader

from webapp.accounts.mail import send_soon
from webapp.accounts.scopes import Saying, Scope
from webapp.accounts.tokens import DEFAULT_DAYS, LONGEST_DAYS
from webapp.common.text import later

DAYS = (7, 30, DEFAULT_DAYS, LONGEST_DAYS)


class ResetForm(PasswordResetForm):
    """Asks for an address; the mail leaves after the answer, so that the answer always takes the same time."""

    def send_mail(
        self,
        subject_template_name: str,
        email_template_name: str,
        context: Mapping[str, Any],
        from_email: str | None,
        to_email: str,
        html_email_template_name: str | None = None,
    ) -> None:
        """One mail to one account."""
        subject = loader.render_to_string(subject_template_name, dict(context))
        send_soon(subject=subject, body=loader.render_to_string(email_template_name, dict(context)), to=to_email)


class SignupForm(forms.Form):
    """Asks for an address to which the way on is sent."""

    email = forms.EmailField(
        label=later("account.mail"), max_length=150, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )

    def clean_email(self) -> str:
        """Without differences of case: an address is one account."""
        return str(self.cleaned_data["email"]).lower()


class FirstPasswordForm(forms.Form):
    """The password of an account that is being made."""

    new_password = forms.CharField(
        label=later("account.password"),
        strip=False,
        help_text=password_validation.password_validators_help_text_html,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, data: Mapping[str, Any] | None, *, email: str) -> None:
        super().__init__(data)
        self.email = email

    def clean_new_password(self) -> str:
        """Not like the address, not common, not short."""
        password = str(self.cleaned_data["new_password"])
        password_validation.validate_password(password, User(username=self.email, email=self.email))
        return password


class EmailForm(forms.Form):
    """Another mail address; the password again, because mail to it can set a new one."""

    email = forms.EmailField(
        label=later("account.mail"),
        required=False,
        max_length=150,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    password = forms.CharField(
        label=later("account.your-password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, data: Mapping[str, Any] | None, *, account: User) -> None:
        super().__init__(data, initial={"email": account.email})
        self.account = account

    def clean_password(self) -> str:
        """It has to be the account's."""
        password = str(self.cleaned_data["password"])
        if not self.account.check_password(password):
            raise forms.ValidationError(later("account.wrong"))
        return password


class TokenForm(forms.Form):
    """A new token: what it is for, what it may, how long."""

    name = forms.CharField(label=later("account.token-for"), max_length=80)
    scopes = forms.TypedMultipleChoiceField(
        label=later("account.token-may"),
        choices=Saying.choices,
        coerce=Scope,
        initial=[Scope.READ.value, Scope.RUN.value],
        widget=forms.CheckboxSelectMultiple,
    )
    days = forms.TypedChoiceField(
        label=later("account.token-long"),
        choices=[(days, "a year" if days == LONGEST_DAYS else f"{days} days") for days in DAYS],
        coerce=int,
        initial=DEFAULT_DAYS,
    )
