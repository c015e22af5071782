"""Simulated recordings with planted layers: two monkeys' neurons, human fMRI and MEG.

Each area reads from its own layer of a pretrained network. Which one is written to ``truth.csv``,
so that what an analysis finds can be laid beside what is there. Nothing here is a recording.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from ventralmap import dataset, layout, simulation
from ventralmap.datasets import photographs
from ventralmap.datasets import simulated_recordings as recordings
from ventralmap.datasets.simulated_recordings import Design, Features

MODEL = "mobilenet_v2"
"""The network that the simulated areas read from."""

BATCH = 8
"""Images that go through the network at a time."""

META = {
    "name": "simulated",
    "title": "Simulated V1, V4 and IT neurons, human fMRI and MEG, with planted layers",
    "citation": f"made by this package: units that read layers of {MODEL} (torchvision); "
    f"{photographs.CREDIT}",
    "licence": "as the photographs: public domain, CC0, CC BY 2.0, or as stated by their package",
    "species": "simulated (macaque, human)",
    "stimulus_degrees": 8.0,
    "measurement": "simulated spike counts, fMRI and MEG RDMs",
    "simulated": True,
}


def about(session: str = "") -> dict[str, Any]:
    """Return what stands in ``dataset.yaml``."""
    return META


def build(
    folder: Path, *, downloads: Path, seed: int, session: str = "", design: Design | None = None
) -> None:
    """Write the simulated dataset.

    Parameters
    ----------
    folder
        Where the dataset goes.
    downloads, session
        Not needed: every adapter is given them, but this one makes all it writes.
    seed
        Seed of stimuli and recordings; the same seed gives the same dataset.
    design
        How much to simulate; by default the dataset of the demo.

    Raises
    ------
    InputError
        When the network's weights or an installed package's photographs are not there.
    """
    design = design or Design()
    stimuli = photographs.plan(design.per_category, simulation.stream(seed, "stimuli"))
    photographs.render(stimuli, folder / layout.IMAGES, design.image_size)
    features = read_layers([folder / layout.IMAGES / file for file in stimuli["file"]], layers())
    ids = stimuli.index.to_list()
    dataset.write(
        folder,
        about(),
        stimuli,
        responses=recordings.spikes(features, ids, design, seed),
        rdms={
            "": recordings.bold(features, ids, design, seed),
            "meg": recordings.meg(features, ids, design, seed),
        },
        truth=truth(),
    )


def layers() -> list[str]:
    """List the planted layers, each once."""
    return list(truth()["layer"].unique())


def truth() -> pd.DataFrame:
    """Return what is planted: `area`, `model`, `layer`, and `peak_ms` for the MEG's sources."""
    areas = [
        {"area": area, "layer": layer}
        for planted in (recordings.NEURONS, recordings.VOXELS)
        for area, (layer, _) in planted.items()
    ]
    sources = [
        {"area": "MEG", "layer": layer, "peak_ms": peak}
        for layer, (_, peak) in recordings.SENSORS.items()
    ]
    table = pd.DataFrame([*areas, *sources]).drop_duplicates(ignore_index=True)
    table.insert(1, "model", MODEL)
    return table


def read_layers(images: Sequence[Path], names: Sequence[str]) -> Features:
    """Read the planted layers in one pass through the network, cut off after the last.

    Parameters
    ----------
    images
        The stimuli.
    names
        Layers of `MODEL`.

    Raises
    ------
    InputError
        When the weights are not found, or not the right ones.
    """
    import torch

    from ventralmap import models, routes
    from ventralmap.batches import batches

    model = models.load(MODEL, layers=names)
    form = torch.channels_last  # with small batches, four times as fast on a CPU
    network = model.network.to(memory_format=form)
    read = routes.route(network, [layer.node for layer in model.layers])
    with torch.inference_mode():
        stream = batches(images, model.preprocess, BATCH)
        parts = [read(batch.contiguous(memory_format=form)) for batch in stream]
    joined = [torch.cat(values).numpy() for values in zip(*parts, strict=True)]
    return dict(zip(names, joined, strict=True))
