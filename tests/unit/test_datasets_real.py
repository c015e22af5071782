"""The adapters on the published files, against facts stated in the papers and the files."""

import h5py
import numpy as np
import pytest
from PIL import Image
from scipy.io import loadmat
from scipy.stats import rankdata, spearmanr

from ventralmap import dataset, datasets, download


@pytest.fixture(scope="module")
def build(downloads, tmp_path_factory):
    def build(name):
        folder = tmp_path_factory.mktemp(name) / name
        datasets.build(name, folder, downloads=downloads, seed=0)
        return dataset.load(folder)

    return build


@pytest.fixture(scope="module")
def kriegeskorte(build):
    return build("kriegeskorte2008")


@pytest.fixture(scope="module")
def cichy(build):
    return build("cichy2014")


@pytest.mark.real
def test_kriegeskorte_stimuli(kriegeskorte, downloads):
    stimuli = kriegeskorte.stimuli
    assert stimuli.index.tolist() == [f"im{i:02d}" for i in range(1, 93)]
    assert stimuli["category"].value_counts().to_dict() == {
        "human bodypart": 12,
        "human face": 12,
        "nonhuman bodypart": 12,
        "nonhuman face": 12,
        "natural inanimate": 23,
        "artificial inanimate": 21,
    }
    assert stimuli[["human", "face", "animal", "natural"]].sum().tolist() == [24, 24, 48, 71]
    assert (stimuli["superordinate"] == "animate").sum() == 48
    file = downloads / "kriegeskorte2008" / "Kriegeskorte_Neuron2008_supplementalData.mat"
    published = loadmat(file)["stimuli_92objs"][0]
    for entry, path in zip(published, kriegeskorte.images, strict=True):
        with Image.open(path) as image:
            np.testing.assert_array_equal(np.asarray(image), entry["image"])


@pytest.mark.real
def test_kriegeskorte_rdms(kriegeskorte, downloads):
    rdms = kriegeskorte.rdms[0]
    assert rdms["area"].values.tolist() == ["hIT", "mIT"]
    assert rdms["subject"].values.tolist() == ["BE", "KO", "SN", "TI", "monkeys"]
    assert rdms["session"].values.tolist() == ["1", "2"]
    measured = rdms[..., 0, 1].notnull()
    assert measured.sel(area="hIT").values.tolist() == [[True, True]] * 4 + [[False, False]]
    assert measured.sel(area="mIT").values.tolist() == [[False, False]] * 4 + [[True, False]]
    published = loadmat(downloads / "kriegeskorte2008" / "92_brainRDMs.mat")["RDMs"]
    for entry in published.ravel():
        _, subject, session = entry["name"][0].split(" | ")
        where = {"area": "hIT", "subject": subject, "session": session[-1]}
        np.testing.assert_array_equal(rdms.sel(where), entry["RDM"].astype(float))


@pytest.mark.real
def test_monkey_and_man_match(kriegeskorte):
    """Kriegeskorte et al. 2008, fig. 5: the RDMs of monkey and human IT correlate at .49."""
    rdms = kriegeskorte.rdms[0]
    human = rdms.sel(area="hIT").mean(["subject", "session"]).values
    monkey = rdms.sel(area="mIT", subject="monkeys", session="1").values
    pairs = np.triu_indices(92, 1)
    assert np.corrcoef(human[pairs], monkey[pairs])[0, 1] == pytest.approx(0.49, abs=0.005)


@pytest.mark.real
def test_judgements(kriegeskorte, downloads):
    judged = kriegeskorte.rdms[1]
    assert judged.name == "rdms_behaviour"
    assert judged["area"].values.tolist() == ["behaviour"]
    assert judged["subject"].values.tolist() == [f"subject{i}" for i in range(1, 17)]
    published = loadmat(downloads / "kriegeskorte2008" / "92_behavRDMs.mat")["rdms_behav_92"]
    for entry, rdm in zip(published.ravel(), judged.values[0], strict=True):
        np.testing.assert_array_equal(rdm, entry["RDM"])


@pytest.mark.real
def test_judgements_reflect_it_and_hold_divisions_of_their_own(kriegeskorte, cichy):
    """Mur et al. 2013: IT explains them better than EVC; they divide man from animal."""
    pairs = np.triu_indices(92, 1)
    judged = kriegeskorte.rdms[1].mean("subject").values[0]
    human = kriegeskorte.rdms[0].sel(area="hIT").mean(["subject", "session"]).values
    evc = cichy.rdms[0].sel(area="EVC").mean("subject").values
    agreement = [spearmanr(judged[pairs], rdm[pairs])[0] for rdm in (human, evc)]
    assert agreement[0] > 0.3
    assert agreement[0] > agreement[1] + 0.2

    def division(rdm):
        """Mean rank of pairs of man and animal among all pairs of animate images, 0 to 1."""
        animate = kriegeskorte.stimuli["animal"].to_numpy() == 1
        human = kriegeskorte.stimuli["human"].to_numpy()[animate]
        upper = np.triu_indices(animate.sum(), 1)
        ranks = rankdata(rdm[animate][:, animate][upper]) / len(upper[0])
        return ranks[(human[:, None] != human[None])[upper]].mean()

    assert division(judged) > division(human) + 0.1


@pytest.mark.real
def test_cichy(cichy, kriegeskorte, downloads):
    assert cichy.stimuli.equals(kriegeskorte.stimuli)
    for a, b in zip(cichy.images, kriegeskorte.images, strict=True):
        assert a.read_bytes() == b.read_bytes()
    (rdms,) = cichy.rdms
    assert dict(rdms.sizes) == {
        "area": 2,
        "subject": 15,
        "stimulus_a": 92,
        "stimulus_b": 92,
    }
    with h5py.File(downloads / "cichy2014" / "target_fmri.mat") as file:
        for area in ("EVC", "IT"):
            third = file[f"{area}_RDMs"][:, :, 2]
            np.testing.assert_allclose(rdms.sel(area=area)[2], third, atol=1e-15)


@pytest.mark.real
def test_it_agrees_across_studies(cichy, kriegeskorte):
    """IT of other people, in another scanner, sees the same 92 images alike; EVC less so."""
    pairs = np.triu_indices(92, 1)
    human = kriegeskorte.rdms[0].sel(area="hIT").mean(["subject", "session"]).values[pairs]
    by_area = cichy.rdms[0].mean("subject")
    agreement = {
        area: spearmanr(human, by_area.sel(area=area).values[pairs])[0] for area in ("EVC", "IT")
    }
    assert agreement["IT"] > 0.3
    assert agreement["IT"] > agreement["EVC"] + 0.2


@pytest.mark.real
@pytest.mark.parametrize(
    ("session", "images", "repeats", "neurons", "animal"),
    [("190923", 1200, 1, 33, "WE"), ("210325", 640, 10, 50, "PE")],
)
def test_cowley(build, downloads, session, images, repeats, neurons, animal):
    made = build(f"cowley2023_{session}")
    assert made.responses.shape == (images, repeats, neurons)
    assert set(made.responses["area"].values) == {"V4"}
    assert set(made.responses["subject"].values) == {animal}
    assert made.stimuli["file"].tolist() == [f"image{i:04d}.jpg" for i in range(1, images + 1)]
    with Image.open(made.images[-1]) as image:
        assert image.size == (112, 112)
    file = f"responses_repeat_averaged_{session}.npy"
    averaged = np.load(download.fetch("cowley2023", file, downloads))
    mean = made.responses.mean("repetition", skipna=True)
    np.testing.assert_allclose(mean.transpose("neuroid", "stimulus"), averaged, atol=1e-12)
    if repeats > 1:
        shown = made.responses.notnull().sum("repetition")
        assert (int(shown.min()), int(shown.max())) == (6, 10)


@pytest.mark.real
def test_hashes_of_the_table_are_those_of_the_mirror(downloads):
    for source in filter(lambda source: source.bytes, download.read_sources()):
        path = download.fetch(source.dataset, source.file, downloads)
        assert path.stat().st_size == source.bytes
