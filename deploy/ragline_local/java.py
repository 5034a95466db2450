"""Is there a Java that Spark can run on?"""

import os
import re
import shutil
import subprocess
from pathlib import Path

from ragline.errors import ConfigError

OLDEST = 17
_INSTALL = f"install a JDK or JRE {OLDEST} or newer (Debian and Ubuntu: openjdk-17-jre-headless; macOS: brew install openjdk@17)"


def require_java() -> int:
    """The major version of the Java that Spark will use.

    Raises:
        ConfigError: there is none, or it is too old.
    """
    home = os.environ.get("JAVA_HOME")
    java = str(Path(home) / "bin" / "java") if home else shutil.which("java")
    if not java or not Path(java).exists():
        raise ConfigError(f"Spark needs Java and there is none at {java or 'any place in PATH'}: {_INSTALL}.")
    answer = subprocess.run([java, "-version"], capture_output=True, text=True, check=False)
    found = re.search(r'version "(\d+)', answer.stderr + answer.stdout)
    if not found or int(found[1]) < OLDEST:
        raise ConfigError(f"{java} is version {found[1] if found else 'unknown'} and Spark needs {OLDEST}: {_INSTALL}.")
    return int(found[1])
