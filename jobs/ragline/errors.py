"""Every error Ragline raises on purpose, and the exit code each one means.

A message says what was wrong, with what value, and what to do about it.
"""

EXIT_DONE = 0
EXIT_FAILED = 1
EXIT_BAD_INPUT = 2
EXIT_NOTHING_TO_DO = 3
EXIT_GATE_FAILED = 4
EXIT_INTERRUPTED = 130  # as a shell has it for a program that Ctrl-C ended


class RaglineError(Exception):
    """Root of the tree. Anything not listed below ends a job with exit code 1."""

    exit_code = EXIT_FAILED


class ConfigError(RaglineError):
    """The configuration or an argument cannot be used; nothing was written."""

    exit_code = EXIT_BAD_INPUT


class NothingToDo(RaglineError):
    """The output already is what this input and configuration would make."""

    exit_code = EXIT_NOTHING_TO_DO


class Superseded(NothingToDo):
    """A slower run than another one: what that one published is newer, and stays."""


class GateFailed(RaglineError):
    """A check that stops the line did not pass."""

    exit_code = EXIT_GATE_FAILED


class LakeError(RaglineError):
    """A table or file of the lake could not be read or written."""


class CommitConflict(LakeError):
    """Another writer committed first; the caller reloads and looks again."""


class NewerLake(LakeError):
    """The lake's tables were changed by a newer version than this one; nothing was written."""

    exit_code = EXIT_BAD_INPUT


class MissingInput(RaglineError):
    """A stage was asked to run before the stage that feeds it has published anything."""

    exit_code = EXIT_BAD_INPUT


class SourceError(RaglineError):
    """A source could not be listed or read as a whole (single items go to quarantine)."""


class ReleaseError(RaglineError):
    """A release bundle is missing, damaged, or does not fit its encoder."""


class DeletionsUnknown(RaglineError):
    """What was deleted since a release was made is not known, so that it is not searched."""


class ExpiredRelease(ReleaseError):
    """A release has expired: its number stays in the history, its bundle is removed."""


class UnreadableIndex(ReleaseError):
    """A library cannot read an index of a release; it may be whole, and only too old for the library."""


class RegistryError(RaglineError):
    """The MLflow registry does not hold what was asked for."""

    exit_code = EXIT_BAD_INPUT


class RegistryBusy(RaglineError):
    """Another run is changing the registry of the pipeline; trying again later helps."""


class StaleVerdict(RaglineError):
    """The champion is no longer the one a release was compared against."""
