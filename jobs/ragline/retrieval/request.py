"""What a search may be asked for: whoever serves it is asked by people who do not know what it costs."""

from collections.abc import Sequence
from numbers import Integral

from ragline.errors import ConfigError

MAX_HITS = 1000
MAX_QUERY_CHARACTERS = 20_000
MAX_HITS_TOGETHER = 100_000


def check_request(queries: Sequence[str], k: int) -> None:
    """Make sure that ``k`` passages may be asked for each of these queries.

    Raises:
        ConfigError: ``k`` is no whole number from 1 to 1,000, a query is too long, or it is too much together.
    """
    if isinstance(k, bool) or not isinstance(k, Integral) or not 1 <= k <= MAX_HITS:
        raise ConfigError(f"k is {k!r:.40}; it must be a whole number from 1 to {MAX_HITS:,}.")
    if (longest := max(map(len, queries), default=0)) > MAX_QUERY_CHARACTERS:
        raise ConfigError(f"A query has {longest:,} characters; {MAX_QUERY_CHARACTERS:,} are allowed. Ask for less at once.")
    if k * len(queries) > MAX_HITS_TOGETHER:
        raise ConfigError(
            f"{len(queries):,} queries of {k:,} passages each are asked for; {MAX_HITS_TOGETHER:,} passages together are "
            "allowed. Ask in several requests."
        )
