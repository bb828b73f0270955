"""Resources that depend on inputs, attempts and the profile."""

import math
import warnings

# Snakemake asks for the size of inputs that do not exist yet, and drops the coroutine.
warnings.filterwarnings("ignore", message="coroutine 'InputFiles")


def grows(number):
    """A resource that grows with each attempt."""

    def resource(wildcards, attempt):
        return number * attempt

    return resource


def processes_and_nodes(wildcards, rulename):
    """Of a training, as the profile has them: one process per `gpu`, or per task without GPUs."""
    asked, found = workflow.get_rule(rulename).resources, {"gpu": 0, "tasks": 1, "nodes": 1}
    known = dict(input=[], attempt=1, threads=1, rulename=rulename, async_run=None)
    for name in found.keys() & asked.keys():  # a profile's number is an expression
        found[name] = asked[name].evaluate(wildcards, **known).value
    return found["gpu"] or found["tasks"], found["nodes"]


def by_input(least, per_mb):
    """A resource that grows with the input and each attempt; not usable in grouped rules.

    It is of one node, and each process of a training there holds the whole model.
    """

    def resource(wildcards, input, attempt, rulename=None):
        processes, nodes = processes_and_nodes(wildcards, rulename) if rulename else (1, 1)
        each = max(least, math.ceil(per_mb * input.size_mb))
        return each * math.ceil(processes / nodes) * attempt

    return resource


def gpus_per_node(wildcards, rulename):
    """For sbatch: `--gpus` alone may give one node more GPUs than another."""
    processes, nodes = processes_and_nodes(wildcards, rulename)
    return f"--gpus-per-node={processes // nodes}" if nodes > 1 else None
