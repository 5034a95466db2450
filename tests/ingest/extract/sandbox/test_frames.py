import os
import threading
import time

import pytest

from ragline.ingest.extract.sandbox.frames import FrameError, FrameTooLarge, receive, send


@pytest.fixture
def pipe():
    reader, writer = os.pipe()
    for end in (reader, writer):
        os.set_blocking(end, False)
    ends = {"reader": reader, "writer": writer}
    yield ends
    for end in ends.values():
        os.close(end)


def soon(seconds: float = 10) -> float:
    return time.monotonic() + seconds


def test_messages_come_out_as_they_went_in_however_long_they_are(pipe):
    messages = [b"", b"words", os.urandom(3_000_000)]  # the last one is more than a pipe holds

    def write() -> None:
        for message in messages:
            send(pipe["writer"], message, soon())

    writing = threading.Thread(target=write)
    writing.start()
    assert [receive(pipe["reader"], 4_000_000, soon()) for _ in messages] == messages
    writing.join()


def test_a_message_over_the_limit_is_not_read(pipe):
    send(pipe["writer"], b"x" * 11, soon())
    with pytest.raises(FrameTooLarge, match="A message of 11 bytes; 10 are allowed"):
        receive(pipe["reader"], 10, soon())


def test_nothing_is_waited_for_longer_than_allowed(pipe):
    with pytest.raises(TimeoutError):
        receive(pipe["reader"], 10, soon(0.01))
    with pytest.raises(TimeoutError):
        send(pipe["writer"], bytes(10_000_000), soon(0.01))


def test_a_writer_that_went_away_is_an_error(pipe):
    os.write(pipe["writer"], b"half")
    os.close(pipe.pop("writer"))
    with pytest.raises(FrameError, match="The writer is gone"):
        receive(pipe["reader"], 10, soon())


def test_a_reader_that_went_away_is_an_error(pipe):
    os.close(pipe.pop("reader"))
    with pytest.raises(FrameError, match="The reader is gone"):
        send(pipe["writer"], b"words", soon())
