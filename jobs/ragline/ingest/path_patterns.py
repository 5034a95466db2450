"""Select the paths of a source by patterns."""

from functools import cached_property
from typing import Annotated

from pathspec import GitIgnoreSpec

from ragline.config.text_settings import CannotChangeText
from ragline.ingest.source import SourceOptions

_SELECTS = CannotChangeText("it decides which items are listed, not what is in them")


class PathPatterns(SourceOptions):
    """``include`` and ``exclude`` are patterns as in a .gitignore file. Everything but hidden files by default."""

    include: Annotated[list[str], _SELECTS] = ["*"]
    exclude: Annotated[list[str], _SELECTS] = [".*"]

    @cached_property
    def _included(self) -> GitIgnoreSpec:
        return GitIgnoreSpec.from_lines(self.include)

    @cached_property
    def _excluded(self) -> GitIgnoreSpec:
        return GitIgnoreSpec.from_lines(self.exclude)

    def selects(self, path: str) -> bool:
        """Whether a file is selected; ``path`` is relative to the source, with slashes."""
        return self._included.match_file(path) and not self._excluded.match_file(path)

    def may_select_below(self, folder: str) -> bool:
        """Whether a file below a folder may be selected."""
        return not self._excluded.match_file(f"{folder}/")
