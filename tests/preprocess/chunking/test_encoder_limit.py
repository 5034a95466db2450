import pytest

from ragline.errors import ConfigError
from ragline.preprocess.chunking.encoder_limit import check_encoder_limit
from tests.project import Project


def test_chunks_larger_than_the_encoder_reads_are_refused(project: Project) -> None:
    check_encoder_limit(project.settings("preprocess.chunk.max_tokens=256"))
    with pytest.raises(ConfigError, match="max_tokens is 300.*set 256 or less"):
        check_encoder_limit(project.settings("preprocess.chunk.max_tokens=300"))


def test_document_prompt_takes_room(project: Project) -> None:
    with pytest.raises(ConfigError, match="at most 254 tokens"):
        check_encoder_limit(project.settings("preprocess.chunk.max_tokens=256", "embedding.document_prompt='passage:'"))
