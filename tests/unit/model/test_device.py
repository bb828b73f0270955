"""A GPU that PyTorch cannot use is an error, not a silent run on the CPU."""

import pytest
import torch

from seq2seq.errors import UserError
from seq2seq.model import device
from seq2seq.model.device import best_device, check_kernels, check_precision, faster_precision


@pytest.fixture
def card(tmp_path, monkeypatch):
    """A machine whose `nvidia-smi` lists a card."""
    script = tmp_path / "nvidia-smi"
    script.write_text("#!/bin/sh\necho 0, GPU-a\n")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setenv("SLURM_JOB_ID", "1")  # no lease in this process
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)


@pytest.mark.skipif(torch.cuda.is_available(), reason="PyTorch can use the GPU of this machine")
def test_a_gpu_that_pytorch_cannot_use_is_an_error_unless_the_cpu_is_asked_for(card, monkeypatch):
    assert best_device() == torch.device("cpu")  # SEQ2SEQ_CPU is 1 in tests
    monkeypatch.delenv("SEQ2SEQ_CPU")
    with pytest.raises(
        UserError, match=r"has 1 GPUs, but PyTorch .* cannot use them.*SEQ2SEQ_CPU=1"
    ):
        best_device()
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    assert best_device() == torch.device("cpu")


@pytest.mark.parametrize(
    ("capability", "architectures", "runs"),
    [
        ((9, 0), ["sm_80", "sm_90"], True),
        ((8, 6), ["sm_80", "sm_90"], True),
        ((8, 0), ["sm_86"], False),
        ((7, 0), ["sm_80", "sm_90a"], False),
        ((12, 0), ["sm_90"], False),
        ((12, 0), ["sm_90", "compute_90"], True),
    ],
)
def test_a_card_without_kernels_is_refused(capability, architectures, runs):
    if runs:
        check_kernels(capability, architectures)
        return
    with pytest.raises(UserError, match="has no kernels for this GPU"):
        check_kernels(capability, architectures)


def test_a_card_without_bf16_is_refused(monkeypatch):
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda _: "an old card")
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda including_emulation: False)
    check_precision(torch.device("cpu"), "bf16")
    check_precision(torch.device("cuda"), "fp32")
    with pytest.raises(UserError, match="an old card has no bf16 arithmetic"):
        check_precision(torch.device("cuda"), "bf16")


@pytest.mark.parametrize(("bf16", "faster"), [(0.5, "bf16"), (0.9, "fp32"), (30.0, "fp32")])
def test_the_faster_precision_is_that_of_the_measured_products(monkeypatch, bf16, faster):
    measured = {torch.float32: 1.0, torch.bfloat16: bf16}
    monkeypatch.setattr(device, "seconds_of", lambda product: measured[product.args[0].dtype])
    assert faster_precision(torch.device("cpu"), (8, 16, 64), (32, 16, 100)) == faster


def test_a_product_is_timed_here():
    assert faster_precision(torch.device("cpu"), (8, 16, 64)) in ("fp32", "bf16")


@pytest.mark.parametrize(("has_it", "faster"), [(True, "bf16"), (False, "fp32")])
def test_a_gpu_multiplies_in_bf16_if_it_has_it(monkeypatch, has_it, faster):
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda including_emulation: has_it)
    assert faster_precision(torch.device("cuda"), (8, 16, 64)) == faster
