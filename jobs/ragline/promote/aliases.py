"""Moving ``champion`` and ``previous``, in an order that a kill between any two steps leaves repairable."""

from typing import TYPE_CHECKING

from ragline.config.settings import Settings
from ragline.contracts.names import CHALLENGER, CHAMPION, PREVIOUS, retriever_name
from ragline.errors import RegistryError
from ragline.registry import releases as registry
from ragline.registry.releases import ReleaseVersion

if TYPE_CHECKING:
    from mlflow import MlflowClient

# On the registered model while a rollback is under way: the release it takes back.
ROLLING_BACK = "ragline.rolling_back"


def put_champion(client: "MlflowClient", settings: Settings, release: int, champion: int | None) -> None:
    """Make a release the champion and the one that served until now the previous.

    ``previous`` moves first: killed after that, the old champion still serves, and a new attempt does the rest.
    """
    if champion is not None:
        registry.set_alias(client, settings, PREVIOUS, champion)
    registry.set_alias(client, settings, CHAMPION, release)
    client.delete_registered_model_tag(retriever_name(settings.pipeline), ROLLING_BACK)


def clear_challenger(client: "MlflowClient", settings: Settings, release: ReleaseVersion) -> None:
    """Take the alias ``challenger`` off a release that has it."""
    if CHALLENGER in release.aliases:
        registry.delete_alias(client, settings, CHALLENGER)


def swap_champion(client: "MlflowClient", settings: Settings) -> tuple[int, int]:
    """Put the previous champion back and make the one taken back the previous; return (taken back, put back).

    The release being taken back is noted first, so that an attempt that was killed half-way is carried on, not undone.

    Raises:
        RegistryError: there is no champion, or none before it.
    """
    taken, put = _started(client, settings) or _fresh(client, settings)
    client.set_registered_model_tag(retriever_name(settings.pipeline), ROLLING_BACK, str(taken))
    registry.set_alias(client, settings, CHAMPION, put)
    registry.set_alias(client, settings, PREVIOUS, taken)
    return taken, put


def finish_swap(client: "MlflowClient", settings: Settings) -> None:
    """Forget the note that ``swap_champion`` left: the rollback is complete, its audit row written."""
    client.delete_registered_model_tag(retriever_name(settings.pipeline), ROLLING_BACK)


def _started(client: "MlflowClient", settings: Settings) -> tuple[int, int] | None:
    """The two releases of a rollback that was killed, or None. Until its end ``champion`` or ``previous`` is the one put back."""
    known = registry.releases(client, settings)
    if not known:
        return None
    note = client.get_registered_model(retriever_name(settings.pipeline)).tags.get(ROLLING_BACK)
    serving = next((release.version for release in known if CHAMPION in release.aliases), None)
    if note is None or serving is None:
        return None
    taken = int(note)
    return (taken, serving) if serving != taken else None


def _fresh(client: "MlflowClient", settings: Settings) -> tuple[int, int]:
    name = retriever_name(settings.pipeline)
    serving = registry.champion(client, settings)
    before = registry.with_alias(client, settings, PREVIOUS)
    if serving is None:
        raise RegistryError(f"{name} has no champion: there is nothing to roll back.")
    if before is None or before.version == serving.version:
        raise RegistryError(f"{name} has no champion before release {serving.version}: there is nothing to roll back to.")
    return serving.version, before.version
