"""Where a throwaway server listens, and where its clients find it."""

import socket

EVERYWHERE = {"0.0.0.0": "127.0.0.1", "*": "127.0.0.1", "::": "::1"}


def free_port(listen: str = "127.0.0.1") -> int:
    """A port of this address that nothing listens on now."""
    host = "0.0.0.0" if listen == "*" else listen
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
        return port


def reached_at(listen: str) -> str:
    """The address, as it stands in a URL, under which this machine reaches a server that listens there."""
    host = EVERYWHERE.get(listen, listen)
    return f"[{host}]" if ":" in host else host
