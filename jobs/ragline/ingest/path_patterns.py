"""Select the paths of a source by patterns."""

from functools import cached_property

from pathspec import GitIgnoreSpec

from ragline.ingest.source import SourceOptions


class PathPatterns(SourceOptions):
    """``include`` and ``exclude`` are patterns as in a .gitignore file. Everything but hidden files by default."""

    include: list[str] = ["*"]
    exclude: list[str] = [".*"]

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
