import socket

import pytest

from ragline.errors import ConfigError
from ragline_local.ports import LOOPBACK, choose_port


def test_a_free_port_is_found_and_can_be_bound() -> None:
    port = choose_port(None, "Airflow")
    with socket.socket() as server:
        server.bind((LOOPBACK, port))


def test_a_wanted_port_that_is_in_use_is_named() -> None:
    with socket.socket() as server:
        server.bind((LOOPBACK, 0))
        server.listen()
        port = server.getsockname()[1]
        with pytest.raises(ConfigError, match=f"Port {port} for Airflow cannot be used"):
            choose_port(port, "Airflow")
