from argparse import Namespace

from ventralmap import layer_listing


def test_layers_are_listed_with_shape_units_field_and_depth():
    lines = layer_listing.run(Namespace(model="alexnet")).splitlines()
    rows = [line.split("  ") for line in lines]
    assert lines[0].split() == ["layer", "node", "ReLU", "shape", "units", "field", "depth"]
    assert [cell.strip() for cell in rows[1] if cell.strip()] == [
        "conv1.relu", "features.1", "after", "64 x 55 x 55", "193,600", "11", "0.00",
    ]  # fmt: skip
    assert [cell.strip() for cell in rows[-1] if cell.strip()] == [
        "fc8", "classifier.6", "none", "1000", "1,000", "image", "1.00",
    ]  # fmt: skip


def test_models_of_one_layer_have_depth_zero():
    assert layer_listing.run(Namespace(model="pixels")).splitlines()[1].endswith("0.00")
