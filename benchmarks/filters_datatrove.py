"""Run by filters.py inside datatrove's environment: the verdicts of its filters on texts, and the time they take.

python filters_datatrove.py TEXTS.json VERDICTS.json
"""

import json
import sys
import time
from pathlib import Path

from datatrove.data import Document
from datatrove.pipeline.filters import C4QualityFilter, FineWebQualityFilter, GopherQualityFilter, GopherRepetitionFilter
from datatrove.pipeline.filters import fineweb_quality_filter as fineweb
from datatrove.pipeline.filters import gopher_quality_filter as gopher
from datatrove.pipeline.filters import gopher_repetition_filter as repetition

FILTERS = {
    "gopher_repetition": GopherRepetitionFilter,
    "gopher_quality": GopherQualityFilter,
    "c4": C4QualityFilter,
    "fineweb": FineWebQualityFilter,
}


def verdicts(texts: list[str]) -> tuple[dict[str, list[bool]], dict[str, float]]:
    kept: dict[str, list[bool]] = {}
    seconds = {}
    for name, make in FILTERS.items():
        step = make()
        started = time.process_time()
        kept[name] = [_keeps(step, text) for text in texts]
        seconds[name] = time.process_time() - started
    return kept, seconds


def _keeps(step: object, text: str) -> bool:
    answer = step.filter(Document(text=text, id=""))  # type: ignore[attr-defined]
    return answer is True


def main() -> None:
    texts = json.loads(Path(sys.argv[1]).read_text())
    _keeps(GopherQualityFilter(), texts[0])  # loads the tokenizer
    own, seconds = verdicts(texts)
    for module in (gopher, repetition, fineweb):
        module.split_into_words = lambda text, _: text.split()
    blanks, _ = verdicts(texts)
    Path(sys.argv[2]).write_text(json.dumps({"own": own, "blanks": blanks, "seconds": seconds}))


if __name__ == "__main__":
    main()
