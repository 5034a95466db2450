"""An archive of the classes that Spark loads, made once at set-up: with it a job's JVM starts in half the time.

A JVM that cannot use it (another Java, other jars, a heap over 32 GB) says nothing and starts without.
Source: JEP 350, archives of the classes that an application used.
"""

import sys
from pathlib import Path

ARCHIVE = Path(sys.prefix) / "share" / "ragline" / "spark-classes.jsa"

_SILENT = "-Xlog:cds=off -Xlog:cds+dynamic=off"


def use_archive(archive: Path = ARCHIVE) -> str:
    """What to tell a JVM so that it uses the archive; "" where there is none."""
    return f'"-XX:SharedArchiveFile={archive}" -Xshare:auto {_SILENT}' if archive.is_file() else ""


def write_archive(archive: Path) -> str:
    """What to tell a JVM so that it writes one as it ends."""
    return f'"-XX:ArchiveClassesAtExit={archive}" {_SILENT}'
