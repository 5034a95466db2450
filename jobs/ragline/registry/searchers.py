"""Open what serves: a searcher over a registered release."""

from ragline.config.settings import Settings
from ragline.contracts.names import CHAMPION, retriever_name
from ragline.errors import RegistryError
from ragline.lake.lake import Lake
from ragline.registry.releases import find_release, registry_is_empty
from ragline.retrieval.search import Searcher


def open_searcher(settings: Settings, release: str = CHAMPION, *, with_encoder: bool = True) -> Searcher:
    """A searcher over a registered release, found by alias or number.

    Raises:
        RegistryError: there is no such release.
    """
    if registry_is_empty(settings):
        raise RegistryError(f"{retriever_name(settings.pipeline)} has no release yet: run 'ragline index' to build one.")
    # MLflow takes seconds to import, and an empty registry is told without it.
    from ragline.registry.registration import bundle_folder
    from ragline.registry.tracking import connect

    client = connect(settings)
    found = find_release(client, settings, release)
    return Searcher.open(
        bundle_folder(client, settings, found),
        Lake(settings.lake.uri),
        release=str(found.version),
        with_encoder=with_encoder,
        device=settings.embedding.device,
    )
