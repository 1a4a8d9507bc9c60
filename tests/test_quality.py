"""A JPEG takes the lowest quality that keeps the stated likeness, judged on a sample, and never less than it keeps."""

from __future__ import annotations

import numpy as np
import pytest

from drawn_photos import Pixels, noise, scenery
from ttdn_assets.tools import jpeg
from ttdn_assets.tools.planes import of_pixels
from ttdn_assets.tools.quality import HIGHEST, LOWEST, SIMILARITY, similarity, sufficient_quality

SAMPLE_ERROR = 0.002


def kept(luma: Pixels, quality: int) -> float:
    return similarity(luma, jpeg.lightness(jpeg.coded(luma, None, quality)))


def grainy(width: int, height: int, *, grain: float) -> Pixels:
    mixed = scenery(width, height) + np.random.default_rng(3).normal(0, grain, (height, width, 1))
    return np.clip(mixed, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("grain", [0, 2, 4, 6])
def test_the_likeness_is_kept_and_no_more_than_that_is_paid_for(grain: float) -> None:
    luma = of_pixels(grainy(1200, 800, grain=grain), fine=False).luma
    quality = sufficient_quality(luma)
    assert quality == HIGHEST or kept(luma, quality) >= SIMILARITY - SAMPLE_ERROR
    assert quality == LOWEST or kept(luma, quality - 2) < SIMILARITY + SAMPLE_ERROR


def test_plain_pictures_take_least_and_noise_no_more_than_the_highest() -> None:
    assert sufficient_quality(np.full((500, 700), 90, np.uint8)) == LOWEST
    assert sufficient_quality(of_pixels(noise(600, 600), fine=False).luma) <= HIGHEST


@pytest.mark.parametrize("shape", [(1, 1), (7, 300), (300, 7), (64, 64), (383, 2000)])
def test_any_shape_can_be_judged(shape: tuple[int, int]) -> None:
    luma = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    assert LOWEST <= sufficient_quality(luma) <= HIGHEST
    assert similarity(luma, luma) == pytest.approx(1)
