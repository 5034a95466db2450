import ir_measures
import pytest

from ragline.contracts.metrics import Metric


@pytest.mark.parametrize("metric", Metric)
def test_a_metrics_name_is_an_expression_of_ir_measures(metric: Metric) -> None:
    assert str(ir_measures.parse_measure(metric)) == metric
