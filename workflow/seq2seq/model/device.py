"""The device to compute on, and the dtype of its matrix products."""

import torch

COMPUTE_TYPES = {"fp32": torch.float32, "bf16": torch.bfloat16}


def best_device() -> torch.device:
    """Return the first GPU visible to this job, else the CPU."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def device_name(device: torch.device) -> str:
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return f"CPU, {torch.get_num_threads()} threads"
