"""Filters are the weights of first layers."""

import numpy as np
import pandas as pd
import pytest
import torch
from torch import nn
from torchvision.transforms.functional import to_tensor

from ventralmap import (
    captions_layers,
    fields,
    figures,
    filter_table,
    filters,
    illustrations,
    macaque,
)
from ventralmap.dataset import Dataset
from ventralmap.fields import Field
from ventralmap.figures import style
from ventralmap.files import write_json
from ventralmap.gabors import gabor
from ventralmap.kernels import Kernels
from ventralmap.models import Model
from ventralmap.registry import Layer


def model(network: nn.Module, *nodes: str, name: str = "examples/net.py:net") -> Model:
    layers = tuple(Layer(node, node) for node in nodes)
    preprocess = lambda image: to_tensor(image)[:, :40, :40]  # noqa: E731
    return Model(name, network.eval(), preprocess, layers, "", "", "", 0)


def two_layers() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv2d(3, 4, 3, stride=2), nn.BatchNorm2d(4), nn.ReLU(inplace=True),
        nn.Conv2d(4, 5, 3), nn.ReLU(),
    )  # fmt: skip


def test_filters_of_a_convolution_are_its_weights():
    network = nn.Sequential(nn.Conv2d(3, 4, 5), nn.ReLU())
    found = filters.read(model(network, "1"), "1")
    assert [(channel, n) for channel, n, _ in found] == [(i, 4) for i in range(4)]
    expected = network[0].weight.detach().permute(0, 2, 3, 1).numpy()
    np.testing.assert_allclose(np.stack([w for *_, w in found]), expected, rtol=1e-5)


def test_filters_of_a_second_layer_are_those_of_both_without_the_rectification():
    network = two_layers()
    nn.init.constant_(network[0].bias, -100.0)  # all rectifications are closed
    (_, _, found), *_ = filters.read(model(network, "4"), "4")
    assert found.shape == (7, 7, 3)
    linear = nn.Sequential(network[0], network[1], network[3])
    image = torch.zeros(1, 3, 7, 7, requires_grad=True)
    linear(image)[0, 0, 0, 0].backward()
    np.testing.assert_allclose(found, image.grad[0].permute(1, 2, 0), atol=1e-6)


def test_layers_are_the_first_that_see_a_place_and_the_first_that_can_be_fitted():
    seen = [Field(side, side, 224) for side in (1, 3, 3, 7, 15, 224)]
    assert filters.first_layers(seen) == [1, 3]
    assert filters.first_layers(seen[3:]) == [0]
    assert filters.first_layers([Field(224, 224, 224)]) == []


def test_each_filter_is_described_and_small_ones_are_not_fitted():
    own = model(two_layers(), "2", "4")
    rows = filters.describe(own, fields.measure(own, n_images=1))
    assert [(row["layer"], row["filter"]) for row in rows[::4]] == [("2", 0), ("4", 0), ("4", 4)]
    assert {row["fit"] for row in rows[:4]} == {"small"}
    assert all("n_x" in row and row["fit"] != "small" for row in rows[4:])
    assert all(np.abs(row["image"]).max() == 1 for row in rows)


def test_of_many_channels_some_are_taken_evenly():
    network = nn.Sequential(nn.Conv2d(3, 200, 3))
    found = filters.read(model(network, "0"), "0")
    channels = [channel for channel, *_ in found]
    assert len(channels) == filters.MOST
    assert (channels[0], channels[-1]) == (0, 199)


def test_what_is_no_map_or_no_network_has_no_filters():
    flat = nn.Sequential(nn.Flatten(), nn.Linear(4800, 2))
    assert filters.read(model(flat, "1"), "1") == []
    assert filters.describe(model(two_layers(), "2", name="gabor"), [Field(3, 3, 40)]) == []


def test_a_filter_of_one_colour_is_described_along_it():
    profile = gabor(9, 5.0, 1.5, 0.5)
    red = profile[..., None] * [1.0, 0.0, 0.0]
    about = filters.of_filter(red)
    assert about["colour_share"] == pytest.approx(1)
    assert about["achromatic"] == pytest.approx(1 / np.sqrt(3))
    grey = filters.of_filter(profile[..., None] * np.ones(3))
    assert grey["achromatic"] == pytest.approx(1)
    assert grey["n_x"] == pytest.approx(about["n_x"], rel=1e-6) == pytest.approx(0.3, rel=1e-2)
    both = filters.of_filter(red + 0.5 * np.rot90(profile)[..., None] * [0, 1, 0])
    assert both["colour_share"] == pytest.approx(0.8, abs=0.03)


@pytest.fixture
def table(tmp_path):
    network = nn.Sequential(nn.Conv2d(3, 2, 9))
    for channel, (wavelength, aspect) in enumerate([(5.0, 1.0), (2.5, 1.5)]):
        weights = torch.from_numpy(gabor(9, wavelength, 1.5, 0.4, 0.0, aspect)).float()
        network[0].weight.data[channel] = weights
    own = model(network, "0")
    rows = filters.describe(own, fields.measure(own, n_images=1))
    kernels = Kernels.from_gram(
        gram=np.zeros((1, 1, 1)), row_sum=np.zeros((1, 1)), n_features=np.ones(1),
        n_constant=np.zeros(1), layers=["0"], stimulus_ids=["a"],
        attrs={"model": "net", "field": 0.875},
    )  # fmt: skip
    data = Dataset(tmp_path, {"name": "d", "stimulus_degrees": 4}, pd.DataFrame())
    return filter_table.table(data, kernels, rows, 40), {"net": rows, "vit": []}


def test_cycles_per_degree_follow_from_the_visual_angle(table):
    rows, _ = table
    assert rows.columns.tolist() == filter_table.COLUMNS
    np.testing.assert_allclose(rows["frequency_px"], [0.2, 0.4], rtol=1e-3)
    np.testing.assert_allclose(rows["frequency_degrees"], rows["frequency_px"] * 40 / 3.5)
    np.testing.assert_allclose(rows["n_x"], [0.3, 0.6], rtol=1e-3)
    np.testing.assert_allclose(rows["n_y"], [0.3, 0.4], rtol=1e-3)
    assert rows["published"].tolist() == [True, False]  # 9 cells have such a shape, and 1


def test_the_figure_shows_shapes_over_cells_and_networks_without_filters(table):
    rows, images = table
    figure = figures.filters(rows, images)
    assert len(figure.axes) == 3 + 1
    (fitted,) = [line for line in figure.axes[2].lines if line.get_label() == "fit"]
    np.testing.assert_allclose(fitted.get_xdata(), rows["n_x"])
    narrow = figures.filters(rows, images, width="single")
    assert narrow.get_figwidth() == style.SINGLE
    above, tuning, shapes, _ = (axes.get_position() for axes in narrow.axes)
    assert above.y0 > tuning.y1
    assert tuning.x1 < shapes.x0
    caption = captions_layers.filters(rows, images)
    assert "2 filters fitted, of which 2 well, 1 of these" in caption
    assert "No layer of vit sees" in caption


def test_the_published_region_holds_the_share_that_it_says():
    cells, region = macaque.SIMPLE_CELLS, macaque.region()
    assert cells.sum() == 79
    assert cells[region].sum() == 75
    assert cells[region].min() > cells[~region].max()


def test_shapes_are_inside_by_their_bins():
    # the fullest bin is .302 to .525 in both; nothing is outside of .1 to 1.58
    assert macaque.inside([0.4, 0.05, 2.0, np.nan], [0.4, 0.05, 0.4, 0.4]).tolist() == [
        True, False, False, False,
    ]  # fmt: skip
    assert not macaque.inside(0.4, 0.12)


def test_fields_of_areas_grow():
    low, high = zip(*macaque.field_sizes().values(), strict=True)
    assert list(macaque.field_sizes()) == ["V1", "V2", "V4", "IT"]
    assert list(low) == sorted(low)
    assert list(high) == sorted(high)


def test_a_study_draws_what_the_step_wrote(table, tmp_path):
    rows, images = table
    for name, own in images.items():
        write_json(tmp_path / "fields" / f"{name}.json", {"filters": own})
    config = {
        "models": ["net", "net+lesion(0)", "pixels", "vit"],
        "figures": {"width": "single"},
    }
    study = illustrations.Study(config, {"filters": rows}, [], {}, tmp_path / "rdms")
    figure, caption = illustrations.draw("filters", study)
    assert [axes.get_title("left") for axes in figure.axes][:1] == ["net"]
    assert len(figure.axes) == 3 + 1
    assert caption.startswith("First filters.")
