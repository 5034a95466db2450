"""Ports on the loopback interface."""

import socket

from ragline.errors import ConfigError

LOOPBACK = "127.0.0.1"


def choose_port(wanted: int | None, what: str) -> int:
    """The wanted port, or a free one.

    Raises:
        ConfigError: the wanted port is in use.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, wanted or 0))
        except OSError as error:
            raise ConfigError(
                f"Port {wanted} for {what} cannot be used ({error.strerror}): stop what listens there, or choose another port."
            ) from error
        return int(probe.getsockname()[1])
