import subprocess
import sys

from tests.places import REPOSITORY
from tests.project import Project


def test_before_the_first_release_no_command_imports_mlflow(project: Project) -> None:
    code = (
        "import sys; from ragline.cli import app\n"
        "for command in (['status'], ['releases'], ['search', 'payroll'], ['embed'], ['index']):\n"
        f"    try: app([*command, '--config', {str(project.config)!r}])\n"
        "    except SystemExit as end: print(command[0], 'exit', end.code)\n"
        "    except Exception as error: print(command[0], error)\n"
        "print('mlflow' in sys.modules)\n"
    )

    done = subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY / "jobs", capture_output=True, text=True, check=True)

    printed = done.stdout.splitlines()
    assert "search handbook.retriever has no release yet: run 'ragline index' to build one." in printed
    assert printed[-3:] == ["embed exit 2", "index exit 2", "False"]
