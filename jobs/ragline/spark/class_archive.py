"""JVM options for an archive of the classes that Spark loads.

The archive is written once at set-up; a job's JVM that uses it starts in half the time. A JVM that cannot use it (another
Java, other jars, a heap over 32 GB) starts without it and prints no warning.
Source: JEP 350, Dynamic CDS Archives.
"""

import sys
from pathlib import Path

ARCHIVE = Path(sys.prefix) / "share" / "ragline" / "spark-classes.jsa"

_NO_WARNINGS = "-Xlog:cds=off -Xlog:cds+dynamic=off"


def use_archive(archive: Path = ARCHIVE) -> str:
    """JVM options that use the archive; "" where there is none."""
    return f'"-XX:SharedArchiveFile={archive}" -Xshare:auto {_NO_WARNINGS}' if archive.is_file() else ""


def write_archive(archive: Path) -> str:
    """JVM options that write the archive when the JVM ends."""
    return f'"-XX:ArchiveClassesAtExit={archive}" {_NO_WARNINGS}'
