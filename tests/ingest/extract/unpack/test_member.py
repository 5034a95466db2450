import io
import tarfile
import zipfile

from tests.ingest.extract.archives import linked, tarred, zipped
from tests.ingest.extract.unpack.members import outcomes


def test_names_that_lead_out_are_refused_and_nothing_is_written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = ["/etc/passwd", "../up.txt", "a/../../b.txt", "C:\\x.txt", "..\\y.txt"]
    packed = dict.fromkeys(names, b"x")
    assert set(outcomes(zipped(packed)).values()) == {"<unsafe_path>"}
    assert set(outcomes(tarred(packed)).values()) == {"<unsafe_path>"}
    assert list(tmp_path.iterdir()) == []


def test_links_devices_and_pipes_are_refused():
    members = {
        "l": linked("l", "/etc/passwd"),
        "h": linked("h", "l", tarfile.LNKTYPE),
        "d": linked("d", "", tarfile.CHRTYPE),
        "p": linked("p", "", tarfile.FIFOTYPE),
    }
    assert outcomes(tarred(members)) == dict.fromkeys("lhdp", "<unsupported_member>")
    link = zipfile.ZipInfo("l")
    link.create_system, link.external_attr = 3, 0o120777 << 16
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr(link, "/etc/passwd")
    assert outcomes(target.getvalue()) == {"l": "<unsupported_member>"}
