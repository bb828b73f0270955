"""Jobs side by side: against times worked out by hand."""

import pytest

from seq2seq.planning.devices import CORE, SLOW_GPU
from seq2seq.planning.forecast import Graph, Machine, PlannedJob, totals


def job(number, seconds, *, needs=(), gpus=0, threads=1, stage="a", megabytes=100):
    return PlannedJob(
        number=number,
        rule=f"rule{number}",
        stage=stage,
        inputs=tuple(f"{one}.txt" for one in needs),
        outputs=(f"{number}.txt",),
        threads=threads,
        gpus=gpus,
        megabytes=megabytes,
        seconds=seconds,
    )


def machine(cores, *, gpus=0, device=CORE, overhead=0.0):
    return Machine(cores, gpus, CORE, device, overhead)


def ends(jobs, place):
    return {one.job.number: one.end for one in Graph(jobs).timeline(place).placed}


def test_a_chain_takes_the_sum_and_free_jobs_the_longest():
    chain = [job(1, 10), job(2, 5, needs=[1]), job(3, 1, needs=[2])]
    assert Graph(chain).timeline(machine(4)).seconds == 16
    assert Graph([job(1, 10), job(2, 5), job(3, 1)]).timeline(machine(4)).seconds == 10


def test_cores_are_shared():
    assert Graph([job(k, 10) for k in range(5)]).timeline(machine(2)).seconds == 30
    assert Graph([job(k, 10, threads=2) for k in range(3)]).timeline(machine(3)).seconds == 30


def test_a_job_of_more_threads_than_there_are_runs_all_the_same():
    assert Graph([job(1, 10, threads=8)]).timeline(machine(2)).seconds == 10


def test_the_longest_chain_goes_first():
    jobs = [job(1, 5), job(2, 5), job(3, 20, needs=[2])]
    assert ends(jobs, machine(1))[2] == 5


def test_gpus_are_shared_and_a_machine_without_one_computes_on_cores():
    jobs = [job(k, 10, gpus=1) for k in range(4)]
    assert Graph(jobs).timeline(machine(8, gpus=2, device=SLOW_GPU)).seconds == 20
    assert Graph(jobs).timeline(machine(8)).seconds == 10


def test_what_every_job_takes_besides_is_added():
    assert Graph([job(1, 10), job(2, 5, needs=[1])]).timeline(machine(1, overhead=3)).seconds == 21


def test_memory_is_that_of_jobs_at_the_same_time():
    jobs = [job(1, 10, megabytes=100), job(2, 20, megabytes=50), job(3, 5, needs=[1], megabytes=70)]
    assert Graph(jobs).timeline(machine(3)).megabytes == 150


def test_stages_are_summed_and_all_of_them():
    jobs = [job(1, 3600, gpus=1, stage="train"), job(2, 1800, needs=[1], stage="evaluate")]
    place = machine(4, gpus=2, device=SLOW_GPU)
    train, evaluate, whole = totals(Graph(jobs).timeline(place), place)
    assert (train.stage, evaluate.stage, whole.stage) == ("train", "evaluate", "all")
    assert (train.gpu_hours, train.core_hours, train.hours) == (1, 1, 1)
    assert (evaluate.gpu_hours, evaluate.core_hours, evaluate.hours) == (0, 0.5, 0.5)
    assert (whole.jobs, whole.hours) == (2, 1.5)
    expected = (SLOW_GPU.watts + 1.5 * CORE.watts) / 1000
    assert whole.kilowatt_hours == pytest.approx(expected)
    assert whole.price == pytest.approx(SLOW_GPU.price + 1.5 * CORE.price)


def test_nothing_to_do_takes_no_time():
    timeline = Graph([]).timeline(machine(1))
    assert (timeline.seconds, timeline.megabytes) == (0, 0)
    assert totals(timeline, machine(1))[-1].jobs == 0
