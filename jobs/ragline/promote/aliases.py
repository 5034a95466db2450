"""Move the aliases ``champion`` and ``previous`` of a pipeline's releases.

Each alias is moved by a request of its own, so they move in an order in which a process that is killed between two
requests can be run again and completes the change.
"""

from typing import TYPE_CHECKING

from ragline.config.settings import Settings
from ragline.contracts.names import CHALLENGER, CHAMPION, PREVIOUS, retriever_name
from ragline.errors import RegistryError
from ragline.registry import releases as registry
from ragline.registry.release_version import ReleaseVersion

if TYPE_CHECKING:
    from mlflow import MlflowClient

# A tag of the registered model while a rollback is under way: the number of the release that is rolled back.
ROLLING_BACK = "ragline.rolling_back"


def put_champion(client: "MlflowClient", settings: Settings, release: int, champion: int | None) -> None:
    """Make ``release`` the champion, and ``champion``, which served until now, the previous one.

    ``previous`` moves first: killed after that, the old champion still serves, and another attempt does the rest.
    """
    if champion is not None:
        registry.set_alias(client, settings, PREVIOUS, champion)
    registry.set_alias(client, settings, CHAMPION, release)
    client.delete_registered_model_tag(retriever_name(settings.pipeline), ROLLING_BACK)


def clear_challenger(client: "MlflowClient", settings: Settings, release: ReleaseVersion) -> None:
    """Remove the alias ``challenger`` from a release, if it has it."""
    if CHALLENGER in release.aliases:
        registry.delete_alias(client, settings, CHALLENGER)


def swap_champion(client: "MlflowClient", settings: Settings) -> tuple[int, int]:
    """Exchange ``champion`` and ``previous``; return the numbers of the release rolled back and of the one restored.

    Which release is rolled back is noted in a tag first. Without it, running a rollback that was killed half-way again
    would exchange the two once more and undo it.

    Raises:
        RegistryError: there is no champion, or none before it.
    """
    rolled_back, restored = _unfinished_swap(client, settings) or _new_swap(client, settings)
    client.set_registered_model_tag(retriever_name(settings.pipeline), ROLLING_BACK, str(rolled_back))
    registry.set_alias(client, settings, CHAMPION, restored)
    registry.set_alias(client, settings, PREVIOUS, rolled_back)
    return rolled_back, restored


def finish_swap(client: "MlflowClient", settings: Settings) -> None:
    """Remove the note that ``swap_champion`` left, once the rollback is complete and in the audit table."""
    client.delete_registered_model_tag(retriever_name(settings.pipeline), ROLLING_BACK)


def _unfinished_swap(client: "MlflowClient", settings: Settings) -> tuple[int, int] | None:
    """The release rolled back and the one restored by a rollback that was killed after it moved ``champion``, or None."""
    known = registry.releases(client, settings)
    if not known:
        return None
    note = client.get_registered_model(retriever_name(settings.pipeline)).tags.get(ROLLING_BACK)
    serving = next((release.version for release in known if CHAMPION in release.aliases), None)
    if note is None or serving is None:
        return None
    rolled_back = int(note)
    return (rolled_back, serving) if serving != rolled_back else None


def _new_swap(client: "MlflowClient", settings: Settings) -> tuple[int, int]:
    """The champion, which is to be rolled back, and the previous champion, which is to be restored."""
    name = retriever_name(settings.pipeline)
    serving = registry.champion(client, settings)
    before = registry.with_alias(client, settings, PREVIOUS)
    if serving is None:
        raise RegistryError(f"{name} has no champion: there is nothing to roll back.")
    if before is None or before.version == serving.version:
        raise RegistryError(f"{name} has no champion before release {serving.version}: there is nothing to roll back to.")
    return serving.version, before.version
