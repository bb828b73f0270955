"""The device to compute on, the dtype of its matrix products, and the fastest of them."""

import os
import re
import time
from collections.abc import Callable, Iterable
from functools import partial

import torch
from torch import Tensor

from seq2seq.errors import UserError
from seq2seq.runtime.gpus import CPU_ONLY, lease_gpus, visible_gpus

COMPUTE_TYPES = {"fp32": torch.float32, "bf16": torch.bfloat16}
WORTHWHILE = 1.2  # times as fast one precision has to be: a measurement varies


def best_device() -> torch.device:
    """Return a GPU that no other job holds, or the CPU; a GPU that PyTorch cannot use is an error."""
    lease_gpus(1)
    if os.environ.get(CPU_ONLY) == "1":
        return torch.device("cpu")
    if not torch.cuda.is_available():
        if gpus := visible_gpus():
            raise UserError(
                f"This machine has {len(gpus)} GPUs, but PyTorch {torch.__version__} "
                f"(CUDA {torch.version.cuda or 'none: a build for the CPU'}) cannot use them. Install "
                "a build for the CUDA version that `nvidia-smi` prints, see https://pytorch.org, or "
                f"set {CPU_ONLY}=1 to compute on the CPU."
            )
        return torch.device("cpu")
    device = torch.device("cuda", torch.cuda.current_device())
    check_kernels(torch.cuda.get_device_capability(device), torch.cuda.get_arch_list())
    use_exact_fp32()
    return device


def check_kernels(capability: tuple[int, int], architectures: Iterable[str]) -> None:
    """Refuse a card that PyTorch was not built for.

    ``sm_90`` runs on later minor versions only; the driver compiles ``compute_90`` for newer cards.
    """
    major, minor = capability
    for name in architectures:
        kind, _, number = name.partition("_")
        version = divmod(int(re.match(r"\d+", number)[0]), 10)  # type: ignore[index]
        if kind == "compute" and version <= capability:
            return
        if kind == "sm" and version[0] == major and version[1] <= minor:
            return
    raise UserError(
        f"PyTorch {torch.__version__} has no kernels for this GPU of compute capability "
        f"{major}.{minor}, only {' '.join(architectures)}. Install another build, or set {CPU_ONLY}=1."
    )


def check_precision(device: torch.device, precision: str) -> None:
    """Refuse bf16 on a GPU that only emulates it."""
    if device.type != "cuda" or precision != "bf16":
        return
    if not torch.cuda.is_bf16_supported(including_emulation=False):
        raise UserError(
            f"{device_name(device)} has no bf16 arithmetic. Set `train.precision` (or "
            "`translate.precision`) to fp32."
        )


def faster_precision(device: torch.device, *shapes: tuple[int, int, int]) -> str:
    """Return ``bf16`` or ``fp32``, whichever multiplies faster here; on a GPU bf16 if it has it.

    ``shapes`` are rows, inputs and outputs of products.  Without the processor's instructions for bf16,
    oneDNN's products in it are thirty times as slow as in fp32, so that the first one decides.
    """
    if device.type == "cuda":
        return "bf16" if torch.cuda.is_bf16_supported(including_emulation=False) else "fp32"
    seconds = dict.fromkeys(COMPUTE_TYPES, 0.0)
    for rows, inputs, outputs in shapes:
        operands = torch.ones(rows, inputs), torch.ones(outputs, inputs)
        for precision, dtype in COMPUTE_TYPES.items():
            seconds[precision] += seconds_of(partial(linear, *(one.to(dtype) for one in operands)))
        if seconds["bf16"] > 3 * seconds["fp32"]:
            break
    return "bf16" if seconds["fp32"] > WORTHWHILE * seconds["bf16"] else "fp32"


def seconds_of(product: Callable[[], Tensor]) -> float:
    """Return the least of some runs' times; the first also compiles and is not counted."""
    times: list[float] = []
    product()
    while len(times) < 5 and sum(times) < 0.05:
        begin = time.perf_counter()
        product()
        times.append(time.perf_counter() - begin)
    return min(times)


def use_exact_fp32() -> None:
    """Make fp32 mean fp32 on a GPU: by default cuDNN's recurrent layers round to TF32."""
    torch.backends.cuda.matmul.fp32_precision = "ieee"
    torch.backends.cudnn.rnn.fp32_precision = "ieee"  # type: ignore[attr-defined]
    torch.backends.cuda.matmul.allow_bf16_reduced_precision_reduction = False


def use_deterministic_algorithms() -> None:
    """Make a GPU add in the same order each time; call it before CUDA starts.

    A CPU does so anyway: there it changes no bit.
    """
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # read when cuBLAS starts
    torch.use_deterministic_algorithms(True)
    # Slower, and no tensor of ours is read before it is written.
    torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]


def device_name(device: torch.device) -> str:
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return f"CPU, {torch.get_num_threads()} threads"


def linear(rows_RI: Tensor, weight_OI: Tensor) -> Tensor:
    """Return ``rows @ weight.t()`` (R, O) in the rows' dtype, without gradients.

    In fp32 on a CPU it calls oneDNN: on an AMD EPYC it is a third faster than MKL, PyTorch's choice.
    """
    both = (rows_RI, weight_OI)
    single_on_cpu = all(one.dtype == torch.float32 and one.device.type == "cpu" for one in both)
    if single_on_cpu and len(rows_RI) and torch.backends.mkldnn.is_available():
        return torch.ops.mkldnn._linear_pointwise(rows_RI, weight_OI, None, "none", [], "")
    return rows_RI @ weight_OI.to(rows_RI.dtype).t()
