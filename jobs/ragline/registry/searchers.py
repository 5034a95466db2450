"""Open a registered release for searching."""

from ragline.config.settings import Settings
from ragline.contracts.names import CHAMPION
from ragline.lake.lake import Lake
from ragline.registry.without_mlflow import no_release_yet, registry_is_empty
from ragline.retrieval.search import Searcher


def open_searcher(settings: Settings, release: str = CHAMPION, *, with_encoder: bool = True) -> Searcher:
    """Open the release with this alias or number.

    ``with_encoder=False`` leaves out the embedding model, which only lexical search can do without.

    Raises:
        RegistryError: there is no such release.
    """
    if registry_is_empty(settings):
        raise no_release_yet(settings)
    # Imported here: that there is no release yet is said at once, and MLflow takes seconds to import.
    from ragline.registry.registration import bundle_folder
    from ragline.registry.releases import find_release
    from ragline.registry.tracking import connect

    client = connect(settings)
    found = find_release(client, settings, release)
    return Searcher.open(
        bundle_folder(client, settings, found),
        Lake(settings.lake.uri),
        release=str(found.version),
        with_encoder=with_encoder,
        device=settings.embedding.device,
        policy=settings.search,
    )
