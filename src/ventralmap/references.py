"""The papers that a study's methods rest on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Reference(NamedTuple):
    """A publication.

    Attributes
    ----------
    label
        How a text cites it.
    authors, year, title, source
        As in a list of references.
    doi
        Without the resolver's address; empty when there is none.
    """

    label: str
    authors: str
    year: int
    title: str
    source: str
    doi: str = ""

    @property
    def text(self) -> str:
        """The entry in a list of references."""
        doi = f" doi:{self.doi}" if self.doi else ""
        return f"{self.authors} ({self.year}). {self.title}. {self.source}.{doi}"


REFERENCES = (
    Reference(
        "Benjamini & Hochberg 1995",
        "Benjamini Y, Hochberg Y",
        1995,
        "Controlling the false discovery rate: a practical and powerful approach to multiple"
        " testing",
        "Journal of the Royal Statistical Society B 57:289–300",
        "10.1111/j.2517-6161.1995.tb02031.x",
    ),
    Reference(
        "Borcard et al. 1992",
        "Borcard D, Legendre P, Drapeau P",
        1992,
        "Partialling out the spatial component of ecological variation",
        "Ecology 73:1045–1055",
        "10.2307/1940179",
    ),
    Reference(
        "Brown 1910",
        "Brown W",
        1910,
        "Some experimental results in the correlation of mental abilities",
        "British Journal of Psychology 3:296–322",
        "10.1111/j.2044-8295.1910.tb00207.x",
    ),
    Reference(
        "Cichy et al. 2016",
        "Cichy RM, Khosla A, Pantazis D, Torralba A, Oliva A",
        2016,
        "Comparison of deep neural networks to spatio-temporal cortical dynamics of human visual"
        " object recognition reveals hierarchical correspondence",
        "Scientific Reports 6:27755",
        "10.1038/srep27755",
    ),
    Reference(
        "Dupré la Tour et al. 2022",
        "Dupré la Tour T, Eickenberg M, Nunez-Elizalde AO, Gallant JL",
        2022,
        "Feature-space selection with banded ridge regression",
        "NeuroImage 264:119728",
        "10.1016/j.neuroimage.2022.119728",
    ),
    Reference(
        "Efron & Tibshirani 1993",
        "Efron B, Tibshirani RJ",
        1993,
        "An introduction to the bootstrap",
        "Chapman & Hall, New York",
        "10.1007/978-1-4899-4541-9",
    ),
    Reference(
        "He et al. 2016",
        "He K, Zhang X, Ren S, Sun J",
        2016,
        "Deep residual learning for image recognition",
        "IEEE Conference on Computer Vision and Pattern Recognition: 770–778",
        "10.1109/CVPR.2016.90",
    ),
    Reference(
        "Hoerl & Kennard 1970",
        "Hoerl AE, Kennard RW",
        1970,
        "Ridge regression: biased estimation for nonorthogonal problems",
        "Technometrics 12:55–67",
        "10.1080/00401706.1970.10488634",
    ),
    Reference(
        "Kriegeskorte et al. 2008",
        "Kriegeskorte N, Mur M, Bandettini P",
        2008,
        "Representational similarity analysis – connecting the branches of systems neuroscience",
        "Frontiers in Systems Neuroscience 2:4",
        "10.3389/neuro.06.004.2008",
    ),
    Reference(
        "Krizhevsky 2014",
        "Krizhevsky A",
        2014,
        "One weird trick for parallelizing convolutional neural networks",
        "arXiv:1404.5997",
    ),
    Reference(
        "Nichols & Holmes 2002",
        "Nichols TE, Holmes AP",
        2002,
        "Nonparametric permutation tests for functional neuroimaging: a primer with examples",
        "Human Brain Mapping 15:1–25",
        "10.1002/hbm.1058",
    ),
    Reference(
        "Nili et al. 2014",
        "Nili H, Wingfield C, Walther A, Su L, Marslen-Wilson W, Kriegeskorte N",
        2014,
        "A toolbox for representational similarity analysis",
        "PLoS Computational Biology 10:e1003553",
        "10.1371/journal.pcbi.1003553",
    ),
    Reference(
        "Nunez-Elizalde et al. 2019",
        "Nunez-Elizalde AO, Huth AG, Gallant JL",
        2019,
        "Voxelwise encoding models with non-spherical multivariate normal priors",
        "NeuroImage 197:482–492",
        "10.1016/j.neuroimage.2019.04.012",
    ),
    Reference(
        "Rosipal & Trejo 2001",
        "Rosipal R, Trejo LJ",
        2001,
        "Kernel partial least squares regression in reproducing kernel Hilbert space",
        "Journal of Machine Learning Research 2:97–123",
    ),
    Reference(
        "Sandler et al. 2018",
        "Sandler M, Howard A, Zhu M, Zhmoginov A, Chen LC",
        2018,
        "MobileNetV2: inverted residuals and linear bottlenecks",
        "IEEE Conference on Computer Vision and Pattern Recognition: 4510–4520",
        "10.1109/CVPR.2018.00474",
    ),
    Reference(
        "Schütt et al. 2023",
        "Schütt HH, Kipnis AD, Diedrichsen J, Kriegeskorte N",
        2023,
        "Statistical inference on representational geometries",
        "eLife 12:e82566",
        "10.7554/eLife.82566",
    ),
    Reference(
        "Simonyan & Zisserman 2015",
        "Simonyan K, Zisserman A",
        2015,
        "Very deep convolutional networks for large-scale image recognition",
        "International Conference on Learning Representations, arXiv:1409.1556",
    ),
    Reference(
        "Spearman 1910",
        "Spearman C",
        1910,
        "Correlation calculated from faulty data",
        "British Journal of Psychology 3:271–295",
        "10.1111/j.2044-8295.1910.tb00206.x",
    ),
    Reference(
        "Yamins et al. 2014",
        "Yamins DLK, Hong H, Cadieu CF, Solomon EA, Seibert D, DiCarlo JJ",
        2014,
        "Performance-optimized hierarchical models predict neural responses in higher visual"
        " cortex",
        "Proceedings of the National Academy of Sciences 111:8619–8624",
        "10.1073/pnas.1403112111",
    ),
)


def cited(texts: Iterable[str]) -> list[Reference]:
    """List the references whose label occurs in any of the texts, in alphabetical order."""
    whole = "\n".join(texts)
    return [reference for reference in REFERENCES if reference.label in whole]
