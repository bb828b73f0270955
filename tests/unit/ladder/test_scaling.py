"""Scaling laws: laws that are known are found again, and intervals hold what they promise."""

import numpy as np
import pytest

from seq2seq.errors import UserError
from seq2seq.ladder.scaling import FORMS, Point, fit_forms, resample, weights_of

NETWORKS, PAIRS = (1e5, 4e5, 1.6e6), (5e3, 15e3, 45e3, 135e3, 405e3)
LAWS = {
    0: lambda n, d: 0.8 + 0.5 * (n / 4e5) ** -0.3 + 1.1 * (d / 45e3) ** -0.4,
    1: lambda n, d: 0.9 * (n / 4e5) ** -0.12 + 1.3 * (d / 45e3) ** -0.35,
    2: lambda n, d: (6.0 * (n / 4e5) ** (-0.2 / 0.3) + 8.0 * 45e3 / d) ** 0.3,
}
EXPONENTS = {0: (0.3, 0.4), 1: (0.12, 0.35), 2: (0.2, 0.3)}


def ladder(law, *, noise=0.0, seed=0, pairs=PAIRS, networks=NETWORKS):
    random = np.random.default_rng(seed)
    return [
        Point(int(n), int(d), law(n, d) * np.exp(random.normal(0, noise)), 1)
        for d in pairs
        for n in networks
    ]


@pytest.mark.parametrize("number", LAWS)
def test_a_known_law_is_recovered(number):
    law, points = LAWS[number], ladder(LAWS[number])
    fits = fit_forms(points, seed_noise=0.003)
    assert int(np.argmax(weights_of(fits))) == number
    assert fits[number].exponents == pytest.approx(EXPONENTS[number], rel=0.08)
    assert fits[number].predict(3.2e6, 1.2e6) == pytest.approx(law(3.2e6, 1.2e6), rel=0.01)
    assert fits[number].noise == pytest.approx(0.003)


def test_a_share_of_the_language_models_loss_is_recovered():
    def law(n, d):
        return LAWS[0](n, d) / (1 + 0.3 * (n / 4e5) ** 0.2 * (d / 45e3) ** 0.6)

    blind = fit_forms(ladder(LAWS[0]), seed_noise=0.003)[0]
    fits = fit_forms(ladder(law), seed_noise=0.003, blind=blind)
    assert int(np.argmax(weights_of(fits))) == len(FORMS)
    assert fits[-1].exponents == pytest.approx((0.2, 0.6), rel=0.08)
    assert fits[-1].predict(3.2e6, 1.2e6) == pytest.approx(law(3.2e6, 1.2e6), rel=0.02)
    refits = resample(ladder(law), fits, count=20)
    assert all(fit.form is fits[-1].form for fit in refits)


def test_what_a_form_does_not_explain_counts_as_noise():
    fits = fit_forms(ladder(LAWS[2], noise=0.05), seed_noise=0.003)
    assert all(0.02 < fit.noise < 0.1 for fit in fits)


def test_the_interval_of_a_forecast_contains_the_truth_about_as_often_as_it_says():
    inside = 0
    for seed in range(12):
        points = ladder(LAWS[0], noise=0.01, seed=seed, pairs=PAIRS[:3], networks=NETWORKS[1:])
        refits = resample(points, fit_forms(points, seed_noise=0.01), count=60, seed=seed)
        low, high = np.quantile([fit.predict(1.6e6, 135e3) for fit in refits], (0.1, 0.9))
        inside += low <= LAWS[0](1.6e6, 135e3) <= high
    assert inside >= 7  # of 12; with 80 % each, fewer has a chance of 2 %


def test_forms_are_drawn_by_their_weights_and_refits_are_the_same_each_time():
    points = ladder(LAWS[0], noise=0.01)
    fits = fit_forms(points, seed_noise=0.01)
    weights = weights_of(fits)
    refits = resample(points, fits, count=80)
    shares = [sum(fit.form == form for fit in refits) / 80 for form in FORMS]
    assert weights.sum() == pytest.approx(1)
    assert shares == pytest.approx(weights.tolist(), abs=0.2)
    again = resample(points, fits, count=80)
    assert [fit.predict(1e6, 1e6) for fit in again] == [fit.predict(1e6, 1e6) for fit in refits]


@pytest.mark.parametrize("points", [ladder(LAWS[0])[:3], ladder(LAWS[0], pairs=PAIRS[:1])])
def test_too_few_rungs_are_an_error_that_says_what_to_do(points):
    with pytest.raises(UserError, match=r"too few to fit a law\. Add larger `ladder\.pairs`"):
        fit_forms(points, seed_noise=0.01)
