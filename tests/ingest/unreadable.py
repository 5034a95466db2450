"""A file that cannot be opened for a while."""

from ragline.ingest.sources.folder import FolderSource


def refuse_to_open(locked):
    original = FolderSource.open

    def open_item(source, item):
        if item.source_id == locked.relative_to(source.folder).as_posix():
            raise PermissionError(13, "Permission denied")
        return original(source, item)

    return open_item
