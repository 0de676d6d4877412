"""How mail leaves the house, from one address."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

FILES = "django.core.mail.backends.filebased.EmailBackend"
SMTP = "django.core.mail.backends.smtp.EmailBackend"
CONSOLE = "django.core.mail.backends.console.EmailBackend"


def mail_settings(url: str, folder: Path) -> dict[str, Any]:
    """Django's EMAIL_ settings for `smtp://name:password@host:587?tls=1`, `smtps://…:465`, `console:`, or none.

    Without an address mails become files in `folder`. ValueError for any other address.
    """
    if not url:
        return {"EMAIL_BACKEND": FILES, "EMAIL_FILE_PATH": str(folder)}
    parts = urlsplit(url)
    if parts.scheme == "console":
        return {"EMAIL_BACKEND": CONSOLE}
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ValueError("EMAIL_URL begins with smtp://host, smtps://host or console:")
    implicit = parts.scheme == "smtps"
    asked = parse_qs(parts.query).get("tls", ["1" if parts.username else "0"])[-1]
    return {
        "EMAIL_BACKEND": SMTP,
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or (465 if implicit else 587),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": implicit,
        "EMAIL_USE_TLS": not implicit and asked == "1",
        "EMAIL_TIMEOUT": 20,
    }
