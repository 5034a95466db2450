import re

from ragline.ingest.reasons import REASONS
from tests.places import REPOSITORY


def test_every_reason_that_the_code_gives_is_listed_and_documented():
    documented = {
        line.split("`")[1] for line in (REPOSITORY / "docs/formats.md").read_text().splitlines() if line.startswith("| `")
    }
    code = "".join(file.read_text() for file in (REPOSITORY / "jobs/ragline/ingest").rglob("*.py"))
    given = set(re.findall(r'(?:Refusal|ItemRefused)\(\s*"([a-z_]+)"', code))
    assert len(given) > 15
    assert given <= set(REASONS) <= documented
