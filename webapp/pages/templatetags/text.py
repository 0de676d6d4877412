"""`{% text "account.login" %}`: what a page says, and `{% language %}`: in which language it says it."""

from django import template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from webapp.common import text as texts

register = template.Library()


@register.simple_tag
def text(key: str, **values: object) -> SafeString:
    """The message of a key; what fills its places is escaped, the message itself is the house's own."""
    return mark_safe(texts.text(key, **{name: conditional_escape(str(value)) for name, value in values.items()}))


@register.simple_tag
def language() -> str:
    """`en` or `de`."""
    return get_language() or "en"
