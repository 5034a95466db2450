"""The ways of cutting that are compared."""

from collections.abc import Sequence
from dataclasses import dataclass

from ragline.config.chunking import ChunkSettings
from ragline.errors import ConfigError
from ragline.preprocess.chunking.strategy import strategies

REFERENCE = "recursive, 200 tokens"


@dataclass(frozen=True)
class Candidate:
    """A name and what it stands for."""

    name: str
    settings: ChunkSettings


def candidates(configured: ChunkSettings, wanted: Sequence[str]) -> list[Candidate]:
    """The reference, and the strategies asked for (all, if none): the configured one with its options, others with defaults.

    Raises:
        ConfigError: there is no such strategy.
    """
    unknown = [name for name in wanted if name not in strategies()]
    if unknown:
        raise ConfigError(f"--strategy {unknown[0]!r} is not known: use {', '.join(strategies())}.")
    found = [Candidate(REFERENCE, ChunkSettings(strategy="recursive", max_tokens=200))]
    for name in dict.fromkeys(wanted or strategies()):
        if name == configured.strategy:
            found.append(Candidate(f"{name} (configured)", configured))
        else:
            found.append(Candidate(name, _with_strategy(configured, name)))
    # The reference itself need not be measured twice.
    return [item for n, item in enumerate(found) if item.settings not in [before.settings for before in found[:n]]]


def _with_strategy(configured: ChunkSettings, name: str) -> ChunkSettings:
    options: dict[str, object] = {"max_tokens": configured.max_tokens, "heading_prefix": configured.heading_prefix}
    fitting = strategies()[name].options.defaults_for(configured.max_tokens)
    return ChunkSettings.model_validate({"strategy": name, **options, **fitting})
