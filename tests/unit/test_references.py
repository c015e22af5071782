"""The list of references is what the file of BibTeX says."""

import pytest

from ventralmap import references

TEXT = {reference.label: reference.text for reference in references.REFERENCES}


def test_nothing_in_the_file_is_passed_over():
    text = references.PATH.read_text(encoding="utf-8")
    assert "\n\n".join(r.bibtex for r in references.REFERENCES) + "\n" == text
    for entry in references.ENTRY.finditer(text):
        fields = references.FIELD.findall(entry["fields"])
        assert len(fields) == len(entry["fields"].splitlines()), entry["key"]


def test_references_are_in_order_and_no_two_share_a_label():
    labels = [r.label for r in references.REFERENCES]
    assert labels == sorted(set(labels))
    keys = [entry["key"] for entry in references.ENTRY.finditer(references.PATH.read_text())]
    assert len(keys) == len(set(keys))


def test_texts_are_plain():
    for text in TEXT.values():
        assert not set("{}\\") & set(text), text
        assert "--" not in text


@pytest.mark.parametrize(
    ("label", "text"),
    [
        (
            "Hoerl & Kennard 1970",
            "Hoerl AE, Kennard RW (1970). Ridge regression: biased estimation for nonorthogonal"
            " problems. Technometrics 12:55–67. doi:10.1080/00401706.1970.10488634",
        ),
        (
            "Diedrichsen et al. 2021",
            "Diedrichsen J, Berlot E, Mur M, Schütt HH, Shahbazi M, Kriegeskorte N (2021)."
            " Comparing representational geometries using whitened unbiased-distance-matrix"
            " similarity. Neurons, Behavior, Data Analysis, and Theory 5(3)."
            " doi:10.51628/001c.27664",
        ),
        (
            "Dupré la Tour et al. 2022",
            "Dupré la Tour T, Eickenberg M, Nunez-Elizalde AO, Gallant JL (2022). Feature-space"
            " selection with banded ridge regression. NeuroImage 264:119728."
            " doi:10.1016/j.neuroimage.2022.119728",
        ),
        (
            "Gramfort et al. 2013",
            "Gramfort A, Luessi M, Larson E, Engemann DA, Strohmeier D, Brodbeck C, et al. (2013)."
            " MEG and EEG data analysis with MNE-Python. Frontiers in Neuroscience 7:267."
            " doi:10.3389/fnins.2013.00267",
        ),
        (
            "Efron & Tibshirani 1993",
            "Efron B, Tibshirani RJ (1993). An introduction to the bootstrap. Chapman & Hall, New"
            " York. doi:10.1007/978-1-4899-4541-9",
        ),
        (
            "Kornblith et al. 2019",
            "Kornblith S, Norouzi M, Lee H, Hinton G (2019). Similarity of neural network"
            " representations revisited. International Conference on Machine Learning, PMLR"
            " 97:3519–3529, arXiv:1905.00414.",
        ),
        (
            "He et al. 2016",
            "He K, Zhang X, Ren S, Sun J (2016). Deep residual learning for image recognition. IEEE"
            " Conference on Computer Vision and Pattern Recognition: 770–778."
            " doi:10.1109/CVPR.2016.90",
        ),
        (
            "Krizhevsky 2014",
            "Krizhevsky A (2014). One weird trick for parallelizing convolutional neural networks."
            " arXiv:1404.5997.",
        ),
    ],
)
def test_an_entry_of_each_kind_reads_as_in_a_list_of_references(label, text):
    assert TEXT[label] == text
