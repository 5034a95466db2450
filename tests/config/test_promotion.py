import pytest
from pydantic import ValidationError

from ragline.config.promotion import PromotionSettings
from ragline.contracts.metrics import Metric


@pytest.mark.parametrize("metric", Metric)
def test_every_metric_can_decide_on_promotion(metric: Metric) -> None:
    assert PromotionSettings.model_validate({"metric": str(metric)}).metric is metric


def test_an_unknown_metric_is_refused_with_those_there_are() -> None:
    with pytest.raises(ValidationError, match="'nDCG@10'"):
        PromotionSettings.model_validate({"metric": "MAP"})
