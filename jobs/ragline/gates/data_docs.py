"""Great Expectations' Data Docs: what was checked and how it came out, as HTML beside the lake."""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from great_expectations.data_context import EphemeralDataContext

_SITE = "ragline"
_VIEW = {"module_name": "ragline.gates.data_docs_view", "class_name": "EscapingPageView"}


def data_docs_folder(lake_uri: str, table: str) -> str | None:
    """Where a table's Data Docs are; None where the lake is not a folder."""
    return None if "://" in lake_uri else str(Path(lake_uri) / "_docs" / table)


def add_data_docs(context: "EphemeralDataContext", folder: str | None) -> None:
    """Make ``folder`` the only site of the context."""
    for name in list(context.variables.data_docs_sites or {}):
        context.delete_data_docs_site(name)
    if folder is None:
        return
    # Pages of earlier runs would stay behind without a link to them.
    for part in ("validations", "expectations"):
        shutil.rmtree(Path(folder) / part, ignore_errors=True)
    context.add_data_docs_site(
        _SITE,
        {
            "class_name": "SiteBuilder",
            "show_how_to_buttons": False,
            "store_backend": {"class_name": "TupleFilesystemStoreBackend", "base_directory": folder},
            "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
            "site_section_builders": {name: {"view": _VIEW} for name in ("validations", "expectations", "profiling")},
        },
    )


def build_data_docs(context: "EphemeralDataContext", folder: str | None) -> str | None:
    """Write the pages; return the path of the first one."""
    if folder is None:
        return None
    context.build_data_docs()
    return str(Path(folder) / "index.html")
