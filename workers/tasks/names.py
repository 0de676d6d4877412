"""How workers are called: by host and process id, so that a restarted worker is another one."""

import socket


def worker_name(pid: int) -> str:
    """The name of the worker whose parent process has this id."""
    return f"{socket.gethostname()}:{pid}"
