"""What the admin types about limits: names and values within their ranges, addresses that are forgotten at once."""

import ipaddress
from typing import Any

from django import forms
from django.contrib.auth.models import User
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from webapp.common.owners import address_hash
from webapp.limits.models import Limit
from webapp.limits.ranges import ranges


def hash_of_typed(text: str) -> str:
    """The hash under which the house counts a typed address, or an IPv6 network of /64. ValidationError for others."""
    try:
        network = ipaddress.ip_network(text.strip(), strict=False)
    except ValueError as error:
        raise forms.ValidationError("This is neither an IPv4 nor an IPv6 address.") from error
    whole = 64 if network.version == 6 else 32
    if network.prefixlen < whole:
        said = f"Addresses are counted one by one (IPv6: by /64); this network is a /{network.prefixlen}."
        raise forms.ValidationError(said)
    return address_hash(str(network.network_address))


class LimitForm(forms.ModelForm):  # type: ignore[type-arg]
    """One limit; a typed address is replaced by its hash before anything is kept or shown again."""

    name = forms.ChoiceField(label="Limit", widget=UnfoldAdminSelectWidget)
    address = forms.CharField(
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text="An IPv4 address, or an IPv6 address or its /64. Only its hash is kept, and shown here afterwards.",
    )

    class Meta:
        model = Limit
        fields = ("scope", "account", "group", "address", "name", "value", "note")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(name, f"{name}: {each.says} ({each.least:,} to {each.most:,})") for name, each in ranges().items()]
        if "name" in self.fields:  # those who may only look get no fields
            self.fields["name"].choices = choices  # type: ignore[attr-defined]

    def clean_address(self) -> str:
        """The address's hash; one that was kept already is left as it is."""
        typed = str(self.cleaned_data.get("address") or "")
        return typed if not typed or typed == self.instance.address else hash_of_typed(typed)


class WhoForm(forms.Form):
    """Whose limits to look at: an account's name, or an address."""

    who = forms.CharField(
        label="Account's name, or an address", max_length=150, widget=UnfoldAdminTextInputWidget(attrs={"size": 40})
    )

    def clean_who(self) -> dict[str, str]:
        """The account's id, or the address's hash, as the page's own address carries it."""
        typed = str(self.cleaned_data["who"])
        account = User.objects.filter(username=typed).first()
        if account is not None:
            return {"account": str(account.pk)}
        try:
            return {"address": hash_of_typed(typed)}
        except forms.ValidationError as error:
            raise forms.ValidationError("There is no such account, and it is no address.") from error
