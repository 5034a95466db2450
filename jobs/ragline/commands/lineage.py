"""``ragline lineage``."""

from typing import TYPE_CHECKING, Annotated

import typer

from ragline.commands.options import Config, Overrides
from ragline.commands.running import load
from ragline.errors import MissingInput

if TYPE_CHECKING:
    from rich.tree import Tree

    from ragline.runtime.lineage_walk import Origin


def lineage(
    version: Annotated[int, typer.Argument(min=1, help="Number of the release.")],
    config: Config = None,
    overrides: Overrides = None,
) -> None:
    """Walk a release back to its sources, by the OpenLineage events under the lake."""
    from ragline.runtime.dataset_names import dataset_name
    from ragline.runtime.lineage import read_events
    from ragline.runtime.lineage_datasets import used_dataset
    from ragline.runtime.lineage_walk import DatasetVersion, walk_back
    from ragline.runtime.terminal import Terminal

    settings = load(config, overrides)
    named = used_dataset(settings, "release")
    release = DatasetVersion(named.namespace, named.name, str(version))
    origin = walk_back(read_events(settings.lake.uri), release)
    if not origin.job:
        raise MissingInput(f"No event under {settings.lake.uri}/_lineage tells of release {version}.")
    places = tuple(f"{dataset_name(uri).name.rstrip('/')}/" for uri in (settings.lake.uri, settings.tracking.uri))
    Terminal().print(_tree(origin, places))


def _tree(origin: "Origin", places: tuple[str, ...]) -> "Tree":
    """The origins below each other. Names in the pipeline's own lake and registry, ``places``, are shown without them."""
    from rich.text import Text
    from rich.tree import Tree

    from ragline.runtime.shown_text import shown

    version = f" {shown(origin.dataset.version)}" if origin.dataset.version else ""
    made = f"  ← {origin.job}" + (f" ({origin.parent})" if origin.parent else "") if origin.job else ""
    name = next((origin.dataset.name.removeprefix(p) for p in places if origin.dataset.name.startswith(p)), origin.dataset.name)
    tree = Tree(Text.assemble(shown(name), (version, "bold"), (shown(made), "dim")))
    tree.children.extend(_tree(item, places) for item in origin.inputs)
    return tree
