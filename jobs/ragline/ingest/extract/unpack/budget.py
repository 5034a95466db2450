"""The limits of unpacking one item, however deep its archives nest: members, bytes, text."""

from dataclasses import dataclass, field

from ragline.config.ingest import ParseLimits
from ragline.ingest.item import ItemRefused

# Text packs to a tenth and repetitive logs to a hundredth; a bomb of zeros packs to a thousandth.
_SMALL, _TIGHTEST = 16 * 2**20, 200


@dataclass
class Budget:
    """What is left of the limits while an item is unpacked. All archives inside the item share one budget."""

    limits: ParseLimits
    members: int = field(init=False)
    unpacked: int = field(init=False)
    text: int = field(init=False)

    def __post_init__(self) -> None:
        self.members = self.limits.archive_members
        self.unpacked = self.limits.archive_mb * 2**20
        self.text = self.limits.text_mb * 2**20

    def enter(self, depth: int) -> None:
        """An archive is opened at this depth, the outermost being 0.

        Raises:
            ItemRefused: ``archive_too_deep``.
        """
        if depth > self.limits.archive_depth:
            raise ItemRefused("archive_too_deep", f"Archives nest deeper than ingest.limits.archive_depth, {depth - 1}.")

    def take_members(self, count: int) -> None:
        """So many more members are listed.

        Raises:
            ItemRefused: ``archive_too_many_members``.
        """
        self.members -= count
        if self.members < 0:
            raise ItemRefused(
                "archive_too_many_members", f"More than {self.limits.archive_members:,} members (ingest.limits.archive_members)."
            )

    def take_bytes(self, count: int) -> None:
        """So many more bytes are unpacked.

        Raises:
            ItemRefused: ``archive_too_large``.
        """
        self.check_bytes(count)
        self.unpacked -= count

    def check_bytes(self, count: int, packed: int | None = None) -> None:
        """Whether so many bytes may be unpacked, from ``packed`` ones.

        Raises:
            ItemRefused: ``archive_too_large``.
        """
        if count > self.unpacked:
            raise ItemRefused(
                "archive_too_large", f"It unpacks to more than {self.limits.archive_mb:,} MiB (ingest.limits.archive_mb)."
            )
        if packed is not None and count > _SMALL and count > _TIGHTEST * max(1, packed):
            raise ItemRefused(
                "archive_too_large", f"It unpacks to {count // max(1, packed):,} times its size: a bomb, not a document."
            )

    def take_text(self, text: str) -> None:
        """A document of this text is given.

        Raises:
            ItemRefused: ``text_too_large``.
        """
        size = len(text.encode())
        if size > self.text:
            raise ItemRefused("text_too_large", f"More text than {self.limits.text_mb:,} MiB (ingest.limits.text_mb).")
        self.text -= size
