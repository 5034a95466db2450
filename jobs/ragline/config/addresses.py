"""Addresses in the configuration: none of them holds a password, a token or a signature.

A configuration file is committed and shown, and the addresses in it end up in manifests, lineage and registries. So credentials
come from the environment, where ``airflow.secrets`` can put them from a connection.
"""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator

from ragline.contracts.redaction import holds_credentials, redacted


def without_credentials(address: str) -> str:
    """The address, if it holds no credentials.

    Raises:
        ValueError: it does.
    """
    if holds_credentials(address):
        raise ValueError(
            f"{redacted(address)} holds credentials: leave them out, and give them through the environment (password_env of a "
            "source, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY of a store …), which airflow.secrets fills from a connection"
        )
    return address


def refuse_credentials(options: Mapping[str, Any]) -> None:
    """Look through the options of a source, of whatever type, for addresses with credentials.

    Raises:
        ValueError: there is one; says under which key.
    """
    for key, value in options.items():
        for item in value if isinstance(value, list | tuple) else [value]:
            if isinstance(item, Mapping):
                refuse_credentials(item)
            elif isinstance(item, str) and holds_credentials(item):
                try:
                    without_credentials(item)
                except ValueError as error:
                    raise ValueError(f"{key}: {error}") from None


# A URI or path in the configuration.
Address = Annotated[str, AfterValidator(without_credentials)]
