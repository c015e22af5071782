"""Provenance: hashes of what a study's numbers come from."""

import hashlib

import numpy as np
import pandas as pd

from ventralmap import report_provenance


def test_hashes_of_weights_data_and_config_are_collected():
    models = pd.DataFrame(
        {
            "model": ["net", "net+untrained"],
            "weights_sha256": ["abc", np.nan],
            "source": ["torchvision X", "torchvision's initialisation"],
        }
    )
    config = {"study": "x", "seed": 3, "encoding": {"folds": 5}}
    hashes = {"stimuli.csv": "123", ".snakemake_timestamp": "456"}
    found = report_provenance.collect(config, {"models": models}, [{"name": "d", "sha256": hashes}])
    assert found["sha256 of weights"] == {
        "net": "abc",
        "net+untrained": "none: torchvision's initialisation",
    }
    assert found["sha256 of datasets"] == {"d": {"stimuli.csv": "123"}}
    assert found["seed"] == 3
    assert (
        found["sha256 of the config"]
        == hashlib.sha256(b'{"encoding": {"folds": 5}, "seed": 3, "study": "x"}').hexdigest()
    )
    assert {"python", "torch", "plotly", "matplotlib"} <= set(found["versions"])
    assert report_provenance.collect(config, {}, [])["sha256 of weights"] == {}


def test_the_order_of_keys_does_not_change_the_hash_of_a_config():
    assert report_provenance.digest({"a": 1, "b": 2}) == report_provenance.digest({"b": 2, "a": 1})
    assert report_provenance.digest({"a": 1}) != report_provenance.digest({"a": 2})
