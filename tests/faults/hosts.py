"""Machines on one machine: each a network and a name of its own, with a line to the house that may be cut."""

import ipaddress
import os
import secrets
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.faults.namespaces import Namespace, NoNamespaceError, namespace

NETWORK = ipaddress.ip_network("10.213.77.0/24")
HOUSE = str(NETWORK[1])
"""The address at which the hosts find what runs outside of them."""


@dataclass(frozen=True)
class Host:
    """A machine with a name; `enter` before a command runs it there."""

    name: str
    line: str
    space: Namespace

    @property
    def enter(self) -> tuple[str, ...]:
        """What goes before a command."""
        return self.space.enter

    def cut_off(self) -> None:
        """Nothing reaches it, nothing comes from it, and nobody is told."""
        _ip("link", "set", self.line, "down")

    def join(self) -> None:
        """The line is there again."""
        _ip("link", "set", self.line, "up")


@contextmanager
def hosts(*names: str) -> Iterator[list[Host]]:
    """Machines of these names on one bridge, gone at the end. NoNamespaceError where the kernel refuses them."""
    if os.geteuid() != 0:
        raise NoNamespaceError("machines with networks of their own need CAP_NET_ADMIN, which only root has")
    tag = secrets.token_hex(3)
    bridge = f"tb{tag}"
    try:
        _ip("link", "add", bridge, "type", "bridge")
    except (OSError, subprocess.CalledProcessError) as error:
        raise NoNamespaceError(f"no bridge can be made here (CAP_NET_ADMIN, iproute2): {error}") from error
    try:
        _ip("addr", "add", f"{HOUSE}/{NETWORK.prefixlen}", "dev", bridge)
        _ip("link", "set", bridge, "up")
        yield from _hosts(bridge, tag, list(names))
    finally:
        _ip("link", "del", bridge)


def _hosts(bridge: str, tag: str, names: list[str], made: tuple[Host, ...] = ()) -> Iterator[list[Host]]:
    if not names:
        yield list(made)
        return
    name, number = names[0], len(made)
    line, inner = f"t{number}{tag}", f"e{number}{tag}"
    address = f"{NETWORK[number + 2]}/{NETWORK.prefixlen}"
    with namespace(["net", "uts"], f"hostname {name}; ip link set lo up") as space:
        _ip("link", "add", line, "type", "veth", "peer", "name", inner, "netns", str(space.pid))
        _ip("link", "set", line, "master", bridge, "up")
        for command in (("addr", "add", address, "dev", inner), ("link", "set", inner, "up")):
            subprocess.run([*space.enter, "ip", *command], check=True, capture_output=True)
        yield from _hosts(bridge, tag, names[1:], (*made, Host(name, line, space)))


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True)
