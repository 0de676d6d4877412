"""Who comes into the admin, who goes, and who was turned away."""

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

from webapp.audit.services import record

ADMIN = "/admin/"


@receiver(user_logged_in)
def came(sender: Any, request: HttpRequest | None, user: AbstractBaseUser, **_: Any) -> None:
    """Somebody of the staff logged in, here or on the site."""
    if getattr(user, "is_staff", False):
        record(request or user, "login", user)


@receiver(user_logged_out)
def went(sender: Any, request: HttpRequest | None, user: AbstractBaseUser | None, **_: Any) -> None:
    """Somebody of the staff logged out."""
    if user is not None and getattr(user, "is_staff", False):
        record(request or user, "logout", user)


@receiver(user_login_failed)
def refused(sender: Any, credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    """A wrong password at the admin's door, or anywhere for an account of the staff."""
    name = str(credentials.get("username", ""))[:150]
    at_the_door = request is not None and request.path.startswith(ADMIN)
    if at_the_door or get_user_model().objects.filter(username=name, is_staff=True).exists():
        record(request, "login-failed", ("account", "", name))
