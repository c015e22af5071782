"""Small files of exactly the published forms: MATLAB 7.3, axes reversed, NaN on the diagonal."""

import h5py
import numpy as np
import pytest
from dataset_folders import images, table
from PIL import Image
from published import archive, matlab

from ventralmap import arrays, dataset, datasets
from ventralmap.datasets import algonauts2019, cichy2014, kriegeskorte2008
from ventralmap.errors import InputError

IDS = [f"im{i:02d}" for i in range(1, 6)]
N = len(IDS)
N_SUBJECTS, N_SESSIONS, N_TIMES = 3, 2, 1301


def symmetric(*shape, seed=0, n=N, diagonal=np.nan):
    """Random RDMs in per cent, shape (*shape, n, n)."""
    values = 50 + 5 * np.random.default_rng(seed).normal(size=(*shape, n, n))
    values = values + values.swapaxes(-1, -2)
    values[..., np.arange(n), np.arange(n)] = diagonal
    return values


def decoding():
    """Subject x session x time x stimulus x stimulus, as the publishers' readme says."""
    values = symmetric(N_SUBJECTS, N_SESSIONS, N_TIMES)
    values[1, 0, :, 0, 3] = values[1, 0, :, 3, 0] = np.nan  # one session lacks a pair
    return values


@pytest.fixture
def cichy(tmp_path, monkeypatch, fetched):
    """The 92-image set with five images."""

    def write_stimuli(folder, downloads):
        images(folder, IDS)
        return table(IDS)

    monkeypatch.setattr(kriegeskorte2008, "write_stimuli", write_stimuli)
    content = tmp_path / "content"
    matlab(content / "MEG_decoding_RDMs.mat", MEG_decoding_RDMs=decoding())
    matlab(content / "92_Image_Set" / "target_fmri.mat", EVC_RDMs=symmetric(4, diagonal=0))
    rdms = {
        f"{area}_RDMs": symmetric(4, seed=i, diagonal=0) for i, area in enumerate(("EVC", "IT"))
    }
    fetched["cichy2014/target_fmri.mat"] = matlab(tmp_path / "target_fmri.mat", **rdms)
    fetched["cichy2014/osf_7vpyh.zip"] = archive(tmp_path / "osf.zip", content)
    return content


def built(tmp_path, name):
    datasets.build(name, tmp_path / "made", downloads=tmp_path, seed=0)
    return dataset.load(tmp_path / "made")


def test_decoding_over_time_of_the_92_images(tmp_path, cichy):
    made = built(tmp_path, "cichy2014_meg")
    assert made.name == "cichy2014_meg"
    static, meg = made.rdms
    assert dict(static.sizes) == {"area": 2, "subject": 4, "stimulus_a": N, "stimulus_b": N}
    assert meg.dims == ("area", "subject", "time", "stimulus_a", "stimulus_b")
    assert meg.shape == (1, N_SUBJECTS, N_TIMES, N, N)
    assert meg.dtype == np.float32
    assert meg["time"].values.tolist() == list(range(-100, 1201))
    off = ~np.eye(N, dtype=bool)
    expected = np.nanmean(decoding()[..., off], axis=1)
    np.testing.assert_allclose(meg.values[0][..., off], expected, rtol=1e-6)
    assert (meg.values[..., np.arange(N), np.arange(N)] == 0).all()
    assert list(made.stimuli.index) == meg["stimulus_a"].values.tolist() == IDS


def test_without_the_session_there_is_no_meg(tmp_path, cichy):
    assert [array.name for array in built(tmp_path, "cichy2014").rdms] == ["rdms"]


def test_a_slab_of_the_file_is_read_at_a_time(tmp_path):
    values = symmetric(2, 2, N_TIMES, n=7)
    for chunks in (None, (3, 7, 50, 1, 2)):
        with h5py.File(tmp_path / f"{chunks}.h5", "w") as file:
            stored = file.create_dataset("x", data=values.T, chunks=chunks)
            found = cichy2014._mean_session(stored, tmp_path)
        np.testing.assert_allclose(found, values.mean(axis=1), rtol=1e-6)


@pytest.mark.parametrize("shape", [(3, 2, 1300), (3, 1301)])
def test_decoding_of_another_form_is_refused(tmp_path, shape):
    path = matlab(tmp_path / "x.mat", MEG_decoding_RDMs=symmetric(*shape))
    with pytest.raises(InputError, match=r"x\.mat: MEG_decoding_RDMs has the axes \(3, "):
        cichy2014.meg(path, IDS)


def test_decoding_of_other_stimuli_is_refused(tmp_path):
    path = matlab(tmp_path / "x.mat", MEG_decoding_RDMs=decoding())
    with pytest.raises(InputError, match="5 stimuli, but 4 images"):
        cichy2014.meg(path, IDS[:4])


def test_an_archive_without_the_file_is_refused(tmp_path, cichy, fetched):
    (cichy / "MEG_decoding_RDMs.mat").unlink()
    fetched["cichy2014/osf_7vpyh.zip"] = archive(tmp_path / "other.zip", cichy)
    with pytest.raises(InputError, match=r"has 0 files 'MEG_decoding_RDMs\.mat'"):
        built(tmp_path, "cichy2014_meg")


@pytest.fixture
def algonauts(tmp_path, fetched):
    """Training_Data of the challenge, with 12 and 11 images."""
    content = tmp_path / "content"
    for session, n in (("92", 12), ("118", 11)):
        folder = content / "Training_Data" / f"{session}_Image_Set"
        (folder / f"{session}images").mkdir(parents=True)
        for number in range(1, n + 1):
            picture = Image.new("RGB", (8, 8), (20 * number, 0, 0))
            picture.save(folder / f"{session}images" / f"image_{number}.jpg")
        areas = {f"{area}_RDMs": symmetric(4, seed=i, n=n, diagonal=0)
                 for i, area in enumerate(("EVC", "IT"))}  # fmt: skip
        windows = {f"MEG_RDMs_{window}": symmetric(4, 20, seed=i, n=n)
                   for i, window in enumerate(("early", "late"))}  # fmt: skip
        matlab(folder / "target_fmri.mat", **areas)
        matlab(folder / "target_meg.mat", **windows)
    fetched["algonauts2019/algonautsChallenge2019.zip"] = archive(tmp_path / "a.zip", content)
    return content


@pytest.mark.parametrize(("session", "n"), [("92", 12), ("118", 11)])
def test_algonauts(tmp_path, algonauts, session, n):
    made = built(tmp_path, f"algonauts2019_{session}")
    # image_10 comes after image_9: the numbers are the order of the RDMs
    assert made.stimuli["file"].tolist() == [f"image_{i}.jpg" for i in range(1, n + 1)]
    fmri, meg = made.rdms
    assert fmri["area"].values.tolist() == ["EVC", "IT"]
    assert meg["area"].values.tolist() == ["MEG_early", "MEG_late"]
    assert fmri.shape == meg.shape == (2, 4, n, n)
    off = ~np.eye(n, dtype=bool)
    np.testing.assert_allclose(fmri.values[1][..., off], symmetric(4, seed=1, n=n)[..., off])
    late = symmetric(4, 20, seed=1, n=n).mean(axis=1)
    np.testing.assert_allclose(meg.values[1][..., off], late[..., off])
    assert datasets.measurements(f"algonauts2019_{session}") == {"rdms"}


def test_algonauts_without_images_is_refused(tmp_path, algonauts, fetched):
    for path in algonauts.rglob("92images/*.jpg"):
        path.unlink()
    fetched["algonauts2019/algonautsChallenge2019.zip"] = archive(tmp_path / "b.zip", algonauts)
    with pytest.raises(InputError, match=r"has no 92images/\*\.jpg"):
        built(tmp_path, "algonauts2019_92")


def test_rdms_of_other_images_are_refused(tmp_path, algonauts):
    path = algonauts / "Training_Data" / "92_Image_Set" / "target_meg.mat"
    with pytest.raises(InputError, match=r"target_meg\.mat: 12 stimuli, but 5 images"):
        algonauts2019.windows(path, IDS)


@pytest.mark.parametrize(
    ("read", "name"),
    [
        (cichy2014.fmri, "EVC_RDMs"),
        (cichy2014.meg, "MEG_decoding_RDMs"),
        (algonauts2019.windows, "MEG_RDMs_early"),
    ],
)
def test_a_file_without_the_variable_is_refused(tmp_path, read, name):
    path = matlab(tmp_path / "x.mat", other=symmetric(3))
    with pytest.raises(InputError, match=rf"x\.mat: has no variable '{name}', only other; check"):
        read(path, IDS)


def test_a_time_of_a_window_that_is_missing_does_not_count(tmp_path):
    early, late = symmetric(3, 20), symmetric(3, 20, seed=1)
    early[1, :4, 0, 2] = early[1, :4, 2, 0] = np.nan
    path = matlab(tmp_path / "x.mat", MEG_RDMs_early=early, MEG_RDMs_late=late)
    found = algonauts2019.windows(path, IDS).values
    assert found[0, 1, 0, 2] == pytest.approx(early[1, 4:, 0, 2].mean())
    off = ~np.eye(N, dtype=bool)
    np.testing.assert_allclose(found[1][..., off], late.mean(axis=1)[..., off])


# Missing pairs in RDMs over time


def over_time(values):
    return arrays.rdms(
        values, stimulus_id=IDS, area=["MEG"], subject=["A", "B"], time=range(values.shape[2])
    )


def folder_with(tmp_path, values):
    images(tmp_path, IDS)
    meta = {"name": "tiny", "title": "Tiny", "citation": "none", "licence": "CC0",
            "species": "human", "stimulus_degrees": 8, "measurement": "MEG"}  # fmt: skip
    dataset.write(tmp_path, meta, table(IDS), rdms={"meg": over_time(values)})
    return tmp_path


def test_missing_pairs_over_time_are_kept(tmp_path):
    values = symmetric(1, 2, 3)
    values[0, 1, 2, [0, 1], [1, 0]] = np.nan
    loaded = dataset.load(folder_with(tmp_path, values)).rdms[0]
    assert np.isnan(loaded.values).sum() == 2
    assert (loaded.values[..., np.arange(N), np.arange(N)] == 0).all()


def test_a_pair_that_is_missing_on_one_side_is_refused(tmp_path):
    values = symmetric(1, 2, 3)
    values[0, 1, 2, 0, 1] = np.nan
    with pytest.raises(InputError, match=r"subject B, time 2\.0 is NaN for stimuli im01 and im02"):
        dataset.load(folder_with(tmp_path, values))


def test_a_subject_without_any_pair_at_a_time_is_refused(tmp_path):
    values = symmetric(1, 2, 3)
    values[0, 1, 2] = np.nan
    with pytest.raises(InputError, match=r"B \(subject\) has no RDM at some times"):
        dataset.load(folder_with(tmp_path, values))
