import json

from tests.commands.command_line import printed_by
from tests.project import Project


def test_releases_are_listed_newest_first(serving: Project) -> None:
    printed = printed_by(serving, "releases")
    listed = json.loads(printed_by(serving, "releases", "--json"))

    assert printed.index("challenger") < printed.index("champion")
    assert "nDCG@10 0.912" in printed
    assert [(entry["release"], entry["verdict"], entry["aliases"]) for entry in listed] == [
        (2, "worse", ["challenger"]),
        (1, "first", ["champion"]),
    ]
    assert listed[1]["metrics"] == {"nDCG@10": 0.9123}
    assert listed[0]["reason"] == "nDCG@10 fell"
