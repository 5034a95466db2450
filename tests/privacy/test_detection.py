from ragline.privacy.detection import resolve
from ragline.privacy.finding import Finding
from tests.privacy.detection import found


def test_of_two_that_overlap_the_surer_kind_wins() -> None:
    assert found("https://ann:pw1234@acme.org/") == [("url_credentials", "ann:pw1234")]
    assert found("call 4111 1111 1111 1111") == [("card", "4111 1111 1111 1111")]
    assert found("tel 192.168.100.200") == [("ip", "192.168.100.200")]
    assert found("SSN, phone: 536-90-4399") == [("ssn", "536-90-4399")]


def test_of_one_kind_the_longer_wins() -> None:
    assert resolve([Finding("email", 0, 5), Finding("email", 3, 12)]) == [Finding("email", 3, 12)]


def test_order_of_findings_does_not_matter() -> None:
    some = [Finding("phone", 0, 9), Finding("card", 5, 20), Finding("email", 19, 30), Finding("ip", 31, 33)]
    assert resolve(some) == resolve(some[::-1]) == [Finding("email", 19, 30), Finding("ip", 31, 33)]
