"""The configuration of chunking: how documents are cut."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, TypeVar

from pydantic import AfterValidator, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import InitErrorDetails

from ragline.config.registries import STRATEGIES, members_of, one_of
from ragline.config.section import Section


class StrategyOptions(Section):
    """The options of one strategy, with their defaults. Sizes are tokens of the embedding model's tokenizer."""

    # Chunks are made again when the dumped settings change. The options of the first four strategies stand in every dump,
    # because lakes were made so; those of a newer one only where it is configured, so that adding it changes nobody's dump.
    always_dumped: ClassVar[bool] = False

    def check(self, max_tokens: int) -> None:
        """Raise ValueError where an option does not go together with ``max_tokens``."""

    @classmethod
    def defaults_for(cls, max_tokens: int) -> dict[str, object]:
        """Values of options whose defaults do not go together with ``max_tokens``."""
        return {}

    def at_most_half(self, option: str, max_tokens: int) -> None:
        """Raise ValueError if the option is more than half of ``max_tokens``."""
        value, most = getattr(self, option), max_tokens // 2
        if value > most:
            raise ValueError(
                f"{option} is {value}, but at most half of max_tokens ({max_tokens}) is possible: set {most} or less"
            )


Options = TypeVar("Options", bound=StrategyOptions)


class ChunkSettings(Section):
    """How documents are cut. Sizes are tokens of the embedding model's tokenizer.

    ``max_tokens`` is never exceeded, the title and headings that lead a chunk included. All other keys are options of the
    strategy: its module in ``preprocess/chunking/strategies`` declares and explains them.
    """

    model_config = ConfigDict(extra="allow")

    strategy: Annotated[str, AfterValidator(one_of(STRATEGIES))] = "structure"
    max_tokens: Annotated[int, Field(ge=16, le=8192)] = 200
    heading_prefix: bool = True

    def options(self, kind: type[Options]) -> Options:
        """The options of the configured strategy."""
        given = self.model_extra or {}
        return kind.model_validate({name: given[name] for name in kind.model_fields if name in given})

    @model_validator(mode="after")
    def _options_fit(self) -> "ChunkSettings":
        given = dict(self.model_extra or {})
        kinds: dict[str, type[StrategyOptions]] = {name: found.options for name, found in members_of(STRATEGIES).items()}
        self._refuse_unknown(given, kinds)
        complete: dict[str, Any] = {}
        for strategy, kind in kinds.items():
            options = kind.model_validate({name: given[name] for name in kind.model_fields if name in given})
            if strategy == self.strategy:
                options.check(self.max_tokens)
            elif strange := next(_not_default(options), None):
                raise ValueError(
                    f"{strange} is an option of strategy {strategy}; strategy is {self.strategy}: remove it, or change one"
                )
            if strategy == self.strategy or kind.always_dumped:
                complete |= dict(options)
        # Whether or not an option is given, it is in the dump: an explicit default is the same configuration.
        self.__pydantic_extra__ = complete
        return self

    def _refuse_unknown(self, given: Mapping[str, object], kinds: Mapping[str, type[StrategyOptions]]) -> None:
        known = {name for kind in kinds.values() for name in kind.model_fields}
        errors: list[InitErrorDetails] = [
            {"type": "extra_forbidden", "loc": (name,), "input": value} for name, value in given.items() if name not in known
        ]
        if errors:
            raise ValidationError.from_exception_data(type(self).__name__, errors)


def _not_default(options: StrategyOptions) -> Iterator[str]:
    return (name for name, field in type(options).model_fields.items() if getattr(options, name) != field.default)
