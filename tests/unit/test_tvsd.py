"""Small files of TVSD's form: MATLAB 7.3, 1,024 electrodes, cells of text, THINGS in a folder."""

import h5py
import numpy as np
import pytest
from published import matlab, pictures

from ventralmap import dataset, datasets, reliability
from ventralmap.datasets import tvsd
from ventralmap.errors import InputError

TRAIN = [f"concept{i}/concept{i}_{j:02d}b.jpg" for i in range(4) for j in range(3)]
TEST = [f"other{i}/other{i}_01b.jpg" for i in range(5)]
SILENT = range(320, 384)  # an array of monkey N


def shown(path, train, test):
    """Structures of cells, in which the names are written as on Windows."""
    with h5py.File(path, "w") as file:
        for name, paths in (("train_imgs", train), ("test_imgs", test)):
            cells = file.create_dataset(f"{name}/things_path", (len(paths), 1), h5py.ref_dtype)
            for number, text in enumerate(paths):
                codes = np.frombuffer(text.replace("/", "\\").encode("utf-16-le"), "<u2")
                stored = file.create_dataset(f"#refs#/{name}{number}", data=codes[:, None])
                cells[number, 0] = stored.ref
    return path


def recorded(path, seed, n_train, n_repeats=6):
    """Write as MATLAB does: electrode x image, and electrode x image x repetition."""
    random = np.random.default_rng(seed)
    train = random.normal(size=(1024, n_train))
    repeats = random.normal(size=(1024, len(TEST), n_repeats))
    if seed == 0:
        train[SILENT], repeats[SILENT] = np.nan, np.nan
    matlab(path, train_MUA=train, test_MUA=repeats.mean(axis=2), test_MUA_reps=repeats)
    return train, repeats


@pytest.fixture
def monkeys(tmp_path, fetched, monkeypatch):
    """Monkey F has seen the images in another order, and not the last two of the train set."""
    things = pictures(tmp_path / "object_images", TRAIN + TEST)
    monkeypatch.setenv(tvsd.THINGS, str(things))
    found = {}
    for seed, (monkey, train) in enumerate({"N": TRAIN, "F": TRAIN[9::-1]}.items()):
        mua, images = (
            tmp_path / f"monkey{monkey}_{n}.mat" for n in ("THINGS_normMUA", "things_imgs")
        )
        found[monkey] = recorded(mua, seed, len(train))
        fetched[f"tvsd/{mua.name}"], fetched[f"tvsd/{images.name}"] = (
            mua,
            shown(images, train, TEST),
        )
    return found


def built(tmp_path, name):
    datasets.build(name, tmp_path / "made", downloads=tmp_path, seed=0)
    return dataset.load(tmp_path / "made", verify_images=True)


def counted(made):
    areas, subjects = (made.responses[name].values for name in ("area", "subject"))
    return {
        (subject, area): int(((subjects == subject) & (areas == area)).sum())
        for subject in ("N", "F")
        for area in ("V1", "V4", "IT")
    }


def test_one_monkey(tmp_path, monkeys):
    train, repeats = monkeys["N"]
    made = built(tmp_path, "tvsd_N")
    assert made.stimuli["file"].tolist() == TRAIN + TEST
    assert made.stimuli.index[0] == "concept0_00b"
    assert made.stimuli["object"].tolist()[::3][:4] == [f"concept{i}" for i in range(4)]
    assert made.stimuli["set"].tolist() == ["train"] * 12 + ["test"] * 5
    assert counted(made)["N", "V1"] == 512 - len(SILENT)
    assert (counted(made)["N", "V4"], counted(made)["N", "IT"]) == (256, 256)
    assert made.responses["neuroid_id"].values[-1] == "N_1023"
    kept = np.setdiff1d(np.arange(1024), SILENT)
    np.testing.assert_array_equal(made.responses[:12, 0], train[kept].T)
    assert np.isnan(made.responses[:12, 1]).all()
    np.testing.assert_allclose(made.mean_response()[12:], repeats[kept].mean(axis=2).T)
    np.testing.assert_allclose(made.responses[12:, 1], repeats[kept, :, 1::2].mean(axis=2).T)
    assert made.responses["n_averaged"].values.tolist() == [1] * 12 + [3] * 5


def test_both_monkeys_are_joined_on_the_images(tmp_path, monkeys):
    made = built(tmp_path, "tvsd")
    assert (counted(made)["F", "V4"], counted(made)["F", "IT"]) == (192, 320)
    train, repeats = monkeys["F"]
    of_f = made.mean_response()[:, made.responses["subject"].values == "F"]
    np.testing.assert_array_equal(of_f[:10], train.T[::-1])
    assert np.isnan(of_f[10:12]).all()
    np.testing.assert_allclose(of_f[12:], repeats.mean(axis=2).T)


def test_reliability_is_that_of_an_image_shown_once():
    """Of 400 images 100 were shown 30 times, kept as two means; the noise has variance 1."""
    random = np.random.default_rng(0)
    true = random.normal(size=(400, 40)) * np.sqrt(np.linspace(0.1, 1, 40))
    values = np.full((400, 2, 40), np.nan)
    values[:, 0] = true + random.normal(size=true.shape)
    for half in range(2):
        noise = random.normal(size=(100, 40)) / np.sqrt(15)
        values[:100, half] = true[:100] + noise
    counts = np.repeat([15, 1], [100, 300])
    fold = np.zeros((1, 1, 400), dtype=int)
    found = reliability.split_half(values, fold, 1, 0, counts)[0]
    variance = np.linspace(0.1, 1, 40)
    expected = variance / (variance + (300 + 100 / 30) / 400)
    assert abs((found - expected).mean()) < 0.02  # no bias; one neuroid has an error of .05
    wrong = reliability.split_half(values, fold, 1, 0)[0]  # as if each half were one presentation
    assert (wrong - expected).mean() > 0.2


def test_the_noise_ratio_of_means_by_hand():
    counts, each = np.array([[2], [1]]), np.array([15, 1])
    found = reliability.noise_ratio(counts, each)
    assert found == pytest.approx([((1 / 30 + 1) / 2) / (1 / 15)])


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, ["VENTRALMAP_THINGS is not set", "object_images", "things-initiative.org"]),
        ("/nowhere/at/all", ["no folder /nowhere/at/all", "set it to"]),
    ],
)
def test_without_the_images_one_line_says_what_to_provide(tmp_path, monkeypatch, value, words):
    monkeypatch.delenv(tvsd.THINGS, raising=False)
    if value:
        monkeypatch.setenv(tvsd.THINGS, value)
    with pytest.raises(InputError) as caught:
        datasets.build("tvsd", tmp_path / "made", downloads=tmp_path, seed=0)
    assert all(word in str(caught.value) for word in words)
    assert "\n" not in str(caught.value)


def test_an_incomplete_folder_of_images(tmp_path, monkeys):
    (tmp_path / "object_images" / TRAIN[4]).unlink()
    with pytest.raises(InputError, match=rf"has no image {TRAIN[4]}; set it to the folder"):
        built(tmp_path, "tvsd_N")


def test_files_of_another_form(tmp_path, monkeys):
    path = tmp_path / "monkeyN_THINGS_normMUA.mat"
    with pytest.raises(InputError, match=r"train_MUA has the axes \(1024, 12\) .* x 11 images"):
        tvsd.responses(path, "N", TRAIN[1:] + TEST, 11)
    with pytest.raises(InputError, match="has no variable 'train_imgs/things_path'"):
        tvsd.image_paths(path, "train")
    with h5py.File(tmp_path / "x.mat", "w") as file:
        file["train_imgs/things_path"] = np.zeros(3)
    with pytest.raises(InputError, match="is no cell array of text"):
        tvsd.image_paths(tmp_path / "x.mat", "train")
