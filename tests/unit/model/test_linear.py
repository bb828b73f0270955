import pytest
import torch

from seq2seq.model.device import linear


@pytest.mark.parametrize("rows", [0, 1, 50])
@pytest.mark.parametrize("kind", [torch.float32, torch.bfloat16])
def test_products_are_those_in_double_precision_within_their_type_s_rounding(rows, kind):
    torch.manual_seed(3)
    inputs, weight = torch.randn(50, 2, 6)[:rows, 1].to(kind), torch.randn(9, 6)
    with torch.inference_mode():
        found = linear(inputs, weight)
    assert found.dtype == kind
    exact = inputs.double() @ weight.to(kind).double().t()
    tolerance = 1e-5 if kind == torch.float32 else 2e-2
    torch.testing.assert_close(found.double(), exact, rtol=tolerance, atol=tolerance)


def test_products_in_double_precision_are_exact():
    inputs, weight = torch.randn(5, 6, dtype=torch.double), torch.randn(9, 6, dtype=torch.double)
    torch.testing.assert_close(linear(inputs, weight), inputs @ weight.t(), rtol=0, atol=0)
