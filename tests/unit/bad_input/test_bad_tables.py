"""Tables of stimuli and of responses that are not what they should be."""

import os

import dataset_folders as tiny
import pandas as pd
import pytest
import refusing
from refusing import append, cut, put, replace

from ventralmap import canonical, dataset

FILE = "stimuli.csv"
LINE = b"s2,s2.png"


def a_link_into_itself(folder):
    (folder / "stimuli/s2.png").unlink()
    (folder / "stimuli/s2.png").symlink_to("s2.png")


def a_link_to_nowhere(folder):
    (folder / "stimuli/s2.png").unlink()
    (folder / "stimuli/s2.png").symlink_to("/nonexistent/s2.png")


def a_link_to_a_device(folder):
    (folder / "stimuli/s2.png").unlink()
    (folder / "stimuli/s2.png").symlink_to("/dev/zero")


def a_folder(folder):
    (folder / FILE).unlink()
    (folder / FILE).mkdir()


def other_case(folder):
    (folder / "stimuli/S1.png").write_bytes((folder / "stimuli/s2.png").read_bytes())
    replace(FILE, LINE, b"s2,S1.png")(folder)


def other_composition(folder):
    """Two names that differ in how one accented letter is encoded: one file on some systems."""
    for old, new in [("s1", "caf\u00e9"), ("s2", "cafe\u0301")]:
        (folder / f"stimuli/{old}.png").rename(folder / f"stimuli/{new}.png")
        replace(FILE, f"{old}.png".encode(), f"{new}.png".encode())(folder)


STIMULI = {
    "empty": (put(FILE, b""), ["'stimulus_id' is missing"]),
    "header alone": (put(FILE, b"stimulus_id,file\n"), ["0 stimuli"]),
    "folder": (a_folder, ["missing"]),
    "cut": (cut(FILE, 0.6), [""]),
    "pickle": (put(FILE, b"\x80\x04\x95\x10\x00\x00\x00"), ["UTF-8"]),
    "latin-1": (replace(FILE, LINE, "sé,s2.png".encode("latin-1")), ["UTF-8"]),
    "utf-16": (put(FILE, "stimulus_id,file\ns1,s1.png\n".encode("utf-16")), ["UTF-8"]),
    "NUL": (replace(FILE, LINE, b"s\x002,s2.png"), [FILE]),
    "field too long": (append(FILE, b"x" * 200_000 + b",x.png\n"), ["not a readable CSV"]),
    "open quote": (append(FILE, b'"s9,s9.png\n'), ["line 6"]),
    "a field too many": (replace(FILE, LINE, LINE + b",x"), ["line 3", "3 fields"]),
    "a field too many in each": (
        put(
            FILE,
            b"stimulus_id,file\n" + b"".join(b"%d,s%d,s%d.png\n" % (i, i, i) for i in range(4)),
        ),
        ["line 2", "3 fields"],
    ),
    "a field too few": (replace(FILE, LINE, b"s2"), ["line 3", "1 field"]),
    "column twice": (replace(FILE, b"stimulus_id,file", b"file,file"), ["twice"]),
    "id twice": (replace(FILE, LINE, b"s1,s2.png"), ["s1", "twice"]),
    "id blank": (replace(FILE, LINE, b"  ,s2.png"), ["no stimulus_id"]),
    "file twice": (replace(FILE, LINE, b"s2,s1.png"), ["s1.png", "twice"]),
    "file twice, written differently": (replace(FILE, LINE, b"s2,./s1.png"), ["same image"]),
    "file outside": (replace(FILE, LINE, b"s2,../stimuli.csv"), ["outside stimuli/"]),
    "file absolute": (replace(FILE, LINE, b"s2,/etc/passwd"), ["outside stimuli/"]),
    "file outside on Windows": (replace(FILE, LINE, b"s2,..\\s2.png"), ["outside stimuli/"]),
    "file is a folder": (replace(FILE, LINE, b"s2,."), ["missing"]),
    "link into itself": (a_link_into_itself, ["s2.png (stimulus s2)", "missing"]),
    "link to nowhere": (a_link_to_nowhere, ["s2.png (stimulus s2)", "missing"]),
    "link to a device": (a_link_to_a_device, ["s2.png (stimulus s2)", "missing"]),
    "names that differ in case": (other_case, ["S1.png", "s1.png", "rename"]),
    "names that differ in composition": (other_composition, ["rename"]),
}


@pytest.mark.parametrize("case", STIMULI)
def test_a_wrong_table_of_stimuli_is_refused_in_one_line(tmp_path, case):
    harm, words = STIMULI[case]
    refusing.dataset(tmp_path, harm, *words)


def tables(folder, repetition=False):
    """Replace ``responses.nc`` by the two tables of the same responses."""
    (folder / "responses.nc").unlink()
    table = pd.DataFrame(tiny.VALUES[:, 0], columns=tiny.NEUROIDS["neuroid_id"])
    table.insert(0, "stimulus_id", tiny.IDS)
    if repetition:
        table.insert(1, "repetition", 1)
    table.to_csv(folder / "responses.csv", index=False)
    pd.DataFrame(tiny.NEUROIDS).to_csv(folder / "neuroids.csv", index=False)


def after(*harms):
    def harm(folder):
        tables(folder)
        for one in harms:
            one(folder)

    return harm


CELLS, NEUROIDS = "responses.csv", "neuroids.csv"
RESPONSES = {
    "empty": (after(put(CELLS, b"")), [CELLS, "'stimulus_id' is missing"]),
    "no neuroid": (after(put(CELLS, b"stimulus_id\ns1\ns2\ns3\ns4\n")), [NEUROIDS, "n1"]),
    "text": (after(replace(CELLS, b"36.0", b"many")), [CELLS, "line 3", "'many'"]),
    "infinite": (after(replace(CELLS, b"36.0", b"inf")), [CELLS, "n1", "infinite"]),
    "too large": (after(replace(CELLS, b"36.0", b"1e400")), [CELLS, "n1", "infinite"]),
    "huge": (after(replace(CELLS, b"36.0", b"1e200")), [CELLS, "n1", "1e+100"]),
    "NaN": (after(replace(CELLS, b"36.0", b"NaN")), [CELLS, "n1", "s2"]),
    "negative zero for all": (
        after(
            put(
                CELLS,
                b"stimulus_id,n1,n2,n3\n"
                + b"".join(b"s%d,-0.0,1,%d\n" % (i, i) for i in range(1, 5)),
            )
        ),
        [CELLS, "n1", "same to all"],
    ),
    "row twice": (after(replace(CELLS, b"s2,", b"s1,")), [CELLS, "s1", "twice"]),
    "decimal commas": (after(replace(CELLS, b"36.0", b"36,0")), [CELLS, "line 3", "5 fields"]),
    "neuroid twice": (after(replace(NEUROIDS, b"n2", b"n1")), [NEUROIDS, "n1", "twice"]),
    "no table of neuroids": (after(lambda f: (f / NEUROIDS).unlink()), [NEUROIDS, "missing"]),
    "no area": (after(replace(NEUROIDS, b"n2,V4", b"n2,")), ["no area"]),
    "latin-1": (after(append(NEUROIDS, "n4,é,A\n".encode("latin-1"))), [NEUROIDS, "UTF-8"]),
    "both forms": (lambda f: put(CELLS, b"stimulus_id\n")(f), ["both", "keep one"]),
    "truth": (put("truth.csv", b"area,model\nV1,m\n"), ["truth.csv", "'layer' is missing"]),
}


@pytest.mark.parametrize("case", RESPONSES)
def test_a_wrong_table_of_responses_is_refused_in_one_line(tmp_path, case):
    harm, words = RESPONSES[case]
    refusing.dataset(tmp_path, harm, *words)


@pytest.mark.parametrize("name", ["a b.png", "größe.png", "<b>&amp;.png", "日本/語.png", "$x$.png"])
def test_odd_but_possible_names_are_read_and_copied(tmp_path, name):
    folder = tiny.folder(tmp_path / "own")
    (folder / "stimuli" / name).parent.mkdir(exist_ok=True)
    (folder / "stimuli" / "s2.png").rename(folder / "stimuli" / name)
    replace(FILE, LINE, f"s2,{name}".encode())(folder)
    canonical.copy(folder, tmp_path / "copy")
    assert dataset.load(tmp_path / "copy", verify_images=True).images[1].name == name.split("/")[-1]
    assert not [p for p in tmp_path.iterdir() if p.name not in ("own", "copy")]


def test_a_link_to_an_image_is_followed_and_kept_as_a_file(tmp_path):
    folder = tiny.folder(tmp_path / "own")
    os.rename(folder / "stimuli/s2.png", tmp_path / "elsewhere.png")
    (folder / "stimuli/s2.png").symlink_to(tmp_path / "elsewhere.png")
    canonical.copy(folder, tmp_path / "copy")
    assert not (tmp_path / "copy/stimuli/s2.png").is_symlink()
