"""What a GPU was asked to do: kernels by name, launches, synchronizations."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch.profiler import ProfilerActivity, profile

from benchmarks.gpu.common import Stage


@dataclass(frozen=True)
class Kernels:
    """``costliest``: name, milliseconds, count.  Without a GPU, operations take the kernels' place."""

    names: list[str]
    costliest: list[tuple[str, float, int]]
    launches: int
    synchronizations: int


def kernels(stage: Stage, run: Callable[[], object]) -> Kernels:
    """Profile one call, after one to warm up."""
    on_gpu = stage.device.type == "cuda" and not stage.pretended
    activities = [ProfilerActivity.CPU] + [ProfilerActivity.CUDA] * on_gpu
    run()
    with profile(activities=activities) as found:
        run()
        stage.wait()
    events = found.key_averages()
    kind = torch.autograd.DeviceType.CUDA if on_gpu else torch.autograd.DeviceType.CPU
    own = [one for one in events if one.device_type == kind]
    cost = "self_device_time_total" if on_gpu else "self_cpu_time_total"
    costliest = sorted(own, key=lambda one: -getattr(one, cost))[:5]
    return Kernels(
        [one.key for one in own],
        [(one.key[:90], getattr(one, cost) / 1000, one.count) for one in costliest],
        sum(one.count for one in events if "LaunchKernel" in one.key),
        sum(one.count for one in events if "StreamSynchronize" in one.key),
    )
