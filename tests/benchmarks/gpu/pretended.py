"""A GPU for tests on any machine: tensors that say ``cuda``, compute on the CPU, and count waits.

An operation that mixes a tensor of the GPU with one of the host fails, as it would on a GPU; the host's
zero-dimensional tensors are allowed there.  ``PretendedGPU.waits`` lists what would make the host wait
for the GPU: reading a value, and every operation whose result's size depends on values.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode
from torch.utils._pytree import tree_iter, tree_map

GPU = torch.device("cuda", 0)
_ASKS_SIZE = {
    "nonzero",
    "masked_select",
    "_unique2",
    "unique_dim",
    "unique_consecutive",
    "bincount",
}
_ASKS_VALUE = {"_local_scalar_dense", "equal", "is_nonzero", "_coalesce", "repeat_interleave"}
_COPIES_BACK = {Tensor.cpu, Tensor.tolist, Tensor.numpy}
_NOW: list["PretendedGPU"] = []


def _wait(name: str) -> None:
    for mode in _NOW:
        mode.waits.append(name)


class OnGPU(Tensor):
    """A tensor that says it is on a GPU; ``inner`` has its values."""

    inner: Tensor
    device = property(lambda _: GPU)  # type: ignore[assignment]
    is_cuda = True  # type: ignore[assignment]
    __torch_function__ = torch._C._disabled_torch_function_impl

    @staticmethod
    def __new__(cls, inner: Tensor) -> "OnGPU":
        placed = {"strides": inner.stride(), "storage_offset": inner.storage_offset()}
        made: OnGPU = torch.Tensor._make_wrapper_subclass(
            cls, inner.shape, dtype=inner.dtype, layout=inner.layout, device=inner.device,
            **({} if inner.is_sparse else placed),
        )  # fmt: skip
        made.inner = inner
        return made

    @classmethod
    def __torch_dispatch__(
        cls, operation: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        kwargs = kwargs or {}
        name, given = operation.overloadpacket.__name__, [*tree_iter((args, kwargs))]
        tensors = [one for one in given if isinstance(one, Tensor)]
        if name in _ASKS_SIZE | _ASKS_VALUE:
            _wait(name)
        if name in ("index", "index_put", "index_put_", "_index_put_impl_"):
            masks = [mask for mask in args[1] if mask is not None and mask.dtype == torch.bool]
            for _ in masks:
                _wait(f"{name} by a mask")
        for tensor in tensors:
            if not isinstance(tensor, cls) and tensor.dim() and name not in ("copy_", "_to_copy"):
                raise RuntimeError(
                    f"{name}: a tensor {tuple(tensor.shape)} of the CPU among those of the GPU"
                )
        plain_args, plain_kwargs = tree_map(_plain, (args, kwargs))
        if operation is torch.ops.aten.addmm.dtype_out:  # which a CPU lacks
            added, one, other, dtype = plain_args
            torch.addmm(added, one.to(dtype), other.to(dtype), **plain_kwargs)
            return kwargs["out"]
        result = operation(*plain_args, **plain_kwargs)
        if result is None:
            return None
        if name.endswith("_") and not name.endswith("__"):  # in place; __and__ is not
            return args[0]
        return tree_map(_moved, result)


def _plain(value: Any) -> Any:
    return value.inner if isinstance(value, OnGPU) else value


def _moved(value: Any) -> Any:
    return OnGPU(value) if isinstance(value, Tensor) and not isinstance(value, OnGPU) else value


def _is_gpu(device: Any) -> bool:
    return (
        device is not None
        and not isinstance(device, (Tensor, torch.dtype))
        and (str(device).startswith("cuda"))
    )


class PretendedGPU(TorchFunctionMode):
    """While active, ``device="cuda"`` makes pretended tensors, and waits are counted."""

    def __init__(self) -> None:
        super().__init__()
        self.waits: list[str] = []

    def __enter__(self) -> "PretendedGPU":
        torch._C._set_mkldnn_enabled(
            False
        )  # oneDNN would run recurrent layers, as cuDNN does on a GPU
        _NOW.append(self)
        super().__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        _NOW.remove(self)
        super().__exit__(*error)
        torch._C._set_mkldnn_enabled(True)

    def __torch_function__(
        self, function: Callable[..., Any], types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        kwargs = dict(kwargs or {})
        if function is Tensor.to:
            return self._to(function, args, kwargs)
        if function is Tensor.pin_memory:
            return args[0]
        if function in _COPIES_BACK and isinstance(args[0], OnGPU):
            _wait(function.__name__)
            return function(args[0].detach().inner)
        if _is_gpu(kwargs.get("device")):
            del kwargs["device"]
            if function in (torch.tensor, torch.as_tensor):
                _wait(function.__name__)  # memory that is not pinned is copied while the host waits
            return _moved(function(*args, **kwargs))
        return function(*args, **kwargs)

    def _to(self, function: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        tensor, *rest = args
        devices = [one for one in (*rest, kwargs.get("device")) if _names_device(one)]
        rest = [one for one in rest if not _names_device(one)]
        waits = not kwargs.pop("non_blocking", False)
        kwargs.pop("device", None)
        if rest or kwargs:
            tensor = function(tensor, *rest, **kwargs)
        for device in devices:
            if _is_gpu(device) and not isinstance(tensor, OnGPU):
                if waits:
                    _wait("copy to the GPU")
                tensor = OnGPU(tensor.detach())
            elif not _is_gpu(device) and isinstance(tensor, OnGPU):
                _wait("copy to the host")
                tensor = tensor.detach().inner
        return tensor


def _names_device(value: Any) -> bool:
    return isinstance(value, (str, torch.device))


def on_gpu(network: nn.Module) -> nn.Module:
    """Move all parameters of a network to the pretended GPU."""
    for module in network.modules():
        for name, parameter in [*module._parameters.items()]:
            if parameter is not None:
                moved = nn.Parameter(OnGPU(parameter.detach().clone()))
                module._parameters[name] = moved
                if hasattr(module, "_flat_weights_names"):
                    object.__setattr__(module, name, moved)
        if hasattr(module, "_flat_weights_names"):
            names = module._flat_weights_names
            module._flat_weights = [module._parameters[each] for each in names]
    return network
