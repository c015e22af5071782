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
        "Canatar et al. 2023",
        "Canatar A, Feather J, Wakhloo A, Chung S",
        2023,
        "A spectral theory of neural prediction and alignment",
        "Advances in Neural Information Processing Systems 36",
    ),
    Reference(
        "Cichy et al. 2014",
        "Cichy RM, Pantazis D, Oliva A",
        2014,
        "Resolving human object recognition in space and time",
        "Nature Neuroscience 17:455–462",
        "10.1038/nn.3635",
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
        "Diedrichsen et al. 2021",
        "Diedrichsen J, Berlot E, Mur M, Schütt HH, Shahbazi M, Kriegeskorte N",
        2021,
        "Comparing representational geometries using whitened unbiased-distance-matrix similarity",
        "Neurons, Behavior, Data Analysis, and Theory 5(3)",
        "10.51628/001c.27664",
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
        "Elmoznino & Bonner 2024",
        "Elmoznino E, Bonner MF",
        2024,
        "High-performing neural network models of visual cortex benefit from high latent"
        " dimensionality",
        "PLOS Computational Biology 20:e1011792",
        "10.1371/journal.pcbi.1011792",
    ),
    Reference(
        "Gramfort et al. 2013",
        "Gramfort A, Luessi M, Larson E, Engemann DA, Strohmeier D, Brodbeck C, et al.",
        2013,
        "MEG and EEG data analysis with MNE-Python",
        "Frontiers in Neuroscience 7:267",
        "10.3389/fnins.2013.00267",
    ),
    Reference(
        "Han et al. 2023",
        "Han Y, Poggio TA, Cheung B",
        2023,
        "System identification of neural systems: If we got it right, would we know?",
        "Proceedings of the 40th International Conference on Machine Learning, PMLR"
        " 202:12430–12444",
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
        "Hebart et al. 2018",
        "Hebart MN, Bankson BB, Harel A, Baker CI, Cichy RM",
        2018,
        "The representational dynamics of task and object processing in humans",
        "eLife 7:e32816",
        "10.7554/eLife.32816",
    ),
    Reference(
        "Hesterberg 2015",
        "Hesterberg TC",
        2015,
        "What teachers should know about the bootstrap: resampling in the undergraduate statistics"
        " curriculum",
        "The American Statistician 69:371–386",
        "10.1080/00031305.2015.1089789",
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
        "Kendall 1938",
        "Kendall MG",
        1938,
        "A new measure of rank correlation",
        "Biometrika 30:81–93",
        "10.1093/biomet/30.1-2.81",
    ),
    Reference(
        "Khaligh-Razavi & Kriegeskorte 2014",
        "Khaligh-Razavi SM, Kriegeskorte N",
        2014,
        "Deep supervised, but not unsupervised, models may explain IT cortical representation",
        "PLoS Computational Biology 10:e1003915",
        "10.1371/journal.pcbi.1003915",
    ),
    Reference(
        "Kong et al. 2020",
        "Kong NCL, Kaneshiro B, Yamins DLK, Norcia AM",
        2020,
        "Time-resolved correspondences between deep neural network layers and EEG measurements in"
        " object processing",
        "Vision Research 172:27–45",
        "10.1016/j.visres.2020.04.005",
    ),
    Reference(
        "Kornblith et al. 2019",
        "Kornblith S, Norouzi M, Lee H, Hinton G",
        2019,
        "Similarity of neural network representations revisited",
        "International Conference on Machine Learning, PMLR 97:3519–3529, arXiv:1905.00414",
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
        "Li et al. 2006",
        "Li P, Hastie TJ, Church KW",
        2006,
        "Very sparse random projections",
        "ACM SIGKDD International Conference on Knowledge Discovery and Data Mining: 287–296",
        "10.1145/1150402.1150436",
    ),
    Reference(
        "Maris & Oostenveld 2007",
        "Maris E, Oostenveld R",
        2007,
        "Nonparametric statistical testing of EEG- and MEG-data",
        "Journal of Neuroscience Methods 164:177–190",
        "10.1016/j.jneumeth.2007.03.024",
    ),
    Reference(
        "Murphy et al. 2024",
        "Murphy A, Zylberberg J, Fyshe A",
        2024,
        "Correcting biased centered kernel alignment measures in biological and artificial neural"
        " networks",
        "arXiv:2405.01012",
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
        "Sassenhagen & Draschkow 2019",
        "Sassenhagen J, Draschkow D",
        2019,
        "Cluster-based permutation tests of MEG/EEG data do not establish significance of effect"
        " latency or location",
        "Psychophysiology 56:e13335",
        "10.1111/psyp.13335",
    ),
    Reference(
        "Schäfer & Strimmer 2005",
        "Schäfer J, Strimmer K",
        2005,
        "A shrinkage approach to large-scale covariance matrix estimation and implications for"
        " functional genomics",
        "Statistical Applications in Genetics and Molecular Biology 4:32",
        "10.2202/1544-6115.1175",
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
        "Song et al. 2012",
        "Song L, Smola A, Gretton A, Bedo J, Borgwardt K",
        2012,
        "Feature selection via dependence maximization",
        "Journal of Machine Learning Research 13:1393–1434",
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
        "Storrs et al. 2021",
        "Storrs KR, Kietzmann TC, Walther A, Mehrer J, Kriegeskorte N",
        2021,
        "Diverse deep neural networks all predict human inferior temporal cortex well, after"
        " training and fitting",
        "Journal of Cognitive Neuroscience 33:2044–2064",
        "10.1162/jocn_a_01755",
    ),
    Reference(
        "Walther et al. 2016",
        "Walther A, Nili H, Ejaz N, Alink A, Kriegeskorte N, Diedrichsen J",
        2016,
        "Reliability of dissimilarity measures for multi-voxel pattern analysis",
        "NeuroImage 137:188–200",
        "10.1016/j.neuroimage.2015.12.012",
    ),
    Reference(
        "Westfall & Young 1993",
        "Westfall PH, Young SS",
        1993,
        "Resampling-based multiple testing: examples and methods for p-value adjustment",
        "Wiley, New York",
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
