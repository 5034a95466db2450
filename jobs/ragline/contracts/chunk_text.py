"""The text of a chunk as the encoder and the lexical index get it, with its headings in front."""

from collections.abc import Sequence


def encoder_input(title: str, heading_path: Sequence[str], text: str, *, heading_prefix: bool = True) -> str:
    """The exact string that is embedded for a chunk; its hash is the chunk's ``text_hash``.

    With ``heading_prefix`` the document's title and the headings above the chunk come first, on one line;
    a title that is repeated as the first heading is written once.
    """
    if not heading_prefix:
        return text
    path = [title, *heading_path] if title else list(heading_path)
    if len(path) > 1 and path[0].strip().casefold() == path[1].strip().casefold():
        path = path[1:]
    prefix = " > ".join(part.strip() for part in path if part.strip())
    return f"{prefix}\n\n{text}" if prefix else text
