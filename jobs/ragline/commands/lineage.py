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
    from ragline.contracts.names import retriever_name
    from ragline.runtime.lineage import read_events
    from ragline.runtime.lineage_walk import DatasetVersion, walk_back
    from ragline.runtime.terminal import Terminal

    settings = load(config, overrides)
    release = DatasetVersion(settings.tracking.uri, retriever_name(settings.pipeline), str(version))
    origin = walk_back(read_events(settings.lake.uri), release)
    if not origin.job:
        raise MissingInput(f"No event under {settings.lake.uri}/_lineage tells of release {version}.")
    Terminal().print(_tree(origin))


def _tree(origin: "Origin") -> "Tree":
    from rich.text import Text
    from rich.tree import Tree

    from ragline.runtime.shown_text import shown

    version = f" {shown(origin.dataset.version)}" if origin.dataset.version else ""
    made = f"  ← {origin.job}" + (f" ({origin.parent})" if origin.parent else "") if origin.job else ""
    tree = Tree(Text.assemble(shown(origin.dataset.name), (version, "bold"), (shown(made), "dim")))
    tree.children.extend(_tree(item) for item in origin.inputs)
    return tree
