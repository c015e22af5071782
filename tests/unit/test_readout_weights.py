"""Channels are weighed as the weights of ridge regression on plain features say."""

import numpy as np
import pandas as pd
import pytest
import torch
import xarray as xr
from PIL import Image
from sklearn.linear_model import Ridge
from torch import nn
from torchvision.transforms.functional import to_tensor

from ventralmap import arrays, readout_weights, solvers
from ventralmap.dataset import Dataset
from ventralmap.errors import InputError
from ventralmap.models import Model
from ventralmap.registry import Layer

N, SIDE = 20, 4
ALPHAS = {"low": 1e-3, "high": 10.0, "n": 5}


class Net(nn.Module):
    """Three channels of 4 x 4 places: the colours, the last of them a hundredfold."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Conv2d(3, 3, 1, bias=False)
        self.layer.weight.data = torch.diag(torch.tensor([1.0, 1.0, 100.0]))[..., None, None]

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.layer(x)


def config(scale="zscore", memory_gb=1.0, projection=None):
    return {
        "features": {"centre": True, "scale": scale, "projection": projection},
        "extract": {
            "memory_gb": memory_gb, "batch_size": 8, "device": "cpu", "precision": "float32",
        },
        "encoding": {"alphas": ALPHAS},
    }  # fmt: skip


@pytest.fixture(scope="module")
def images(tmp_path_factory):
    folder, random = tmp_path_factory.mktemp("images"), np.random.default_rng(0)
    (folder / "stimuli").mkdir()
    pixels = random.integers(256, size=(N, SIDE, SIDE, 3), dtype=np.uint8)
    for i, image in enumerate(pixels):
        Image.fromarray(image).save(folder / "stimuli" / f"{i}.png")
    return folder, pixels.transpose(0, 3, 1, 2) / 255  # (stimulus, channel, y, x)


def dataset(images, responses, area="V4"):
    folder, _ = images
    n = responses.shape[1]
    measured = arrays.responses(
        responses, stimulus_id=range(N), neuroid_id=range(n), area=[area] * n, subject=["a"] * n
    )
    ids = pd.Index([str(i) for i in range(N)], name="stimulus_id")
    stimuli = pd.DataFrame({"file": [f"{i}.png" for i in range(N)]}, ids)
    return Dataset(folder, {"name": "d"}, stimuli, measured)


def model():
    layers = (Layer("layer", "layer"),)
    return Model("net", Net().eval(), to_tensor, layers, "", "", "", 9)


def of_channels(images, responses, **settings):
    return readout_weights.of_channels(
        model(), dataset(images, responses), "V4", config(**settings)
    )


def test_the_channel_that_is_read_has_the_largest_weight(images):
    _, pixels = images
    responses = np.stack([pixels[:, 1, 0, 0], pixels[:, 1, 2, 3] - pixels[:, 1, 3, 3]], axis=1)
    weights = of_channels(images, responses)
    assert weights.argmax() == 1


@pytest.mark.parametrize("scale", ["zscore", "none"])
def test_weights_are_those_of_ridge_regression(images, scale):
    _, pixels = images
    random = np.random.default_rng(1)
    x = (pixels * np.array([1, 1, 100])[:, None, None]).reshape(N, -1)
    responses = x @ random.normal(size=(x.shape[1], 5)) + random.normal(size=(N, 5))
    responses[:6, 3:] = np.nan  # the last two are of somebody who saw fewer
    centred = x - x.mean(axis=0)
    if scale == "zscore":
        centred /= x.std(axis=0)
    squares = 0.0
    for neuroid in responses.T:
        seen = ~np.isnan(neuroid)
        own = centred[seen] - centred[seen].mean(axis=0)
        mean_eigenvalue = (own**2).sum() / seen.sum()
        fits = [
            Ridge(alpha * mean_eigenvalue).fit(centred[seen], neuroid[seen])
            for alpha in solvers.alpha_grid(ALPHAS)
        ]
        errors = [_left_out(own, neuroid[seen], fit.alpha) for fit in fits]
        squares = squares + fits[int(np.argmin(errors))].coef_ ** 2
    expected = np.sqrt(squares.reshape(3, -1).sum(axis=1))
    np.testing.assert_allclose(of_channels(images, responses, scale=scale), expected, rtol=1e-3)


def _left_out(x, y, alpha):
    """Sum of squares of leave-one-out residuals, by refitting."""
    rows = np.arange(len(y))
    fits = [Ridge(alpha).fit(x[rows != i], y[rows != i]) for i in rows]
    return sum((y[i] - fit.predict(x[[i]])[0]) ** 2 for i, fit in enumerate(fits))


def test_passes_over_parts_of_the_units_change_nothing(images, monkeypatch):
    responses = np.random.default_rng(2).normal(size=(N, 3))
    whole = of_channels(images, responses)
    monkeypatch.setattr(readout_weights, "GIGABYTE", 2 * 8 * 3 * 8 * 10)  # ten units at once
    np.testing.assert_allclose(of_channels(images, responses), whole, rtol=1e-6)


def test_an_area_without_responses_is_named(images):
    with pytest.raises(InputError, match="no responses of 'V4' to weigh channels by, only of IT"):
        readout_weights.of_channels(
            model(), dataset(images, np.ones((N, 2)), area="IT"), "V4", config()
        )


def test_projected_features_are_refused(images):
    with pytest.raises(InputError, match="projection"):
        of_channels(images, np.ones((N, 2)), projection=10)


def test_dual_coefficients_sum_to_zero_and_leave_out_what_was_not_seen():
    x = np.random.default_rng(3).normal(size=(12, 5))
    responses = np.random.default_rng(4).normal(size=(12, 2))
    responses[2, 1] = np.nan
    dual = readout_weights.dual_coefficients(x @ x.T, responses, ALPHAS)
    np.testing.assert_allclose(dual.sum(axis=0), 0, atol=1e-10)
    assert dual[2, 1] == 0
    assert xr.DataArray(dual).notnull().all()
