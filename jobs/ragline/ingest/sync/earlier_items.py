"""Items that earlier code wrote, without a hash of the settings that shaped them."""

import logging

import pyarrow as pa
import pyarrow.compute as pc

from ragline.config.settings import Settings
from ragline.contracts.tables import ITEMS
from ragline.ingest.sync.fingerprint import SettingsHashes, earlier_ingest_fingerprint, is_earlier
from ragline.lake.lake import Lake

log = logging.getLogger(__name__)


def are_earlier_items_current(lake: Lake, settings: Settings, stored: pa.Table) -> bool:
    """Whether the ``stored`` items that have no hash were made under the settings of now: the last commit of earlier code had
    the same configuration. If it had another one, nobody knows what of it changed, and they are read again."""
    if stored["settings_hash"].null_count == 0:
        return True
    last = next((commit for commit in lake.commits(ITEMS) if is_earlier(commit.fingerprint)), None)
    if last is not None and last.fingerprint == earlier_ingest_fingerprint(settings):
        return True
    log.info("The configuration changed since an earlier version of Ragline read these items; they are read again, once.")
    return False


def with_settings_hash(items: pa.Table, hashes: SettingsHashes, refused: pa.ChunkedArray) -> pa.Table:
    """Items that had no hash, with the one that suits them best; ``refused`` says which have a refused part.

    Whether recognition had to do with one is not known: so it counts as if it had.
    """
    position = items.schema.get_field_index("settings_hash")
    return items.set_column(position, "settings_hash", pc.if_else(refused, hashes.refused, hashes.recognised))
