"""Accounts of the staff, for tests."""

from django.contrib.auth.models import Permission, User
from django.test import Client

from webapp.queues.live import SEES, STEERS


def staff(name: str, *permissions: str) -> User:
    """An account of the staff with these permissions, each as `app.codename`."""
    user = User.objects.create_user(name, password="a long password", is_staff=True)
    for permission in permissions:
        app, _, codename = permission.partition(".")
        user.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
    return user


def viewer(name: str = "viewer") -> User:
    """Somebody who may look on."""
    return staff(name, *SEES)


def operator(name: str = "operator") -> User:
    """Somebody who may steer."""
    return staff(name, *SEES, *STEERS)


def browser(user: User) -> Client:
    """A browser in which somebody is logged in."""
    client = Client()
    client.force_login(user)
    return client


def cookie(user: User) -> str:
    """What their browser sends when it opens a socket."""
    return f"sessionid={browser(user).cookies['sessionid'].value}"
