"""The papers that models and controls come from."""

from __future__ import annotations

# label, authors, year, title, source, DOI
OF_MODELS: tuple[tuple[str, str, int, str, str, str], ...] = (
    ("Adelson & Bergen 1985", "Adelson EH, Bergen JR", 1985,
     "Spatiotemporal energy models for the perception of motion",
     "Journal of the Optical Society of America A 2: 284–299", "10.1364/JOSAA.2.000284"),
    ("Dosovitskiy et al. 2021", "Dosovitskiy A, Beyer L, Kolesnikov A, et al.", 2021,
     "An image is worth 16x16 words: transformers for image recognition at scale",
     "International Conference on Learning Representations, arXiv:2010.11929", ""),
    ("Heeger 1992", "Heeger DJ", 1992, "Normalization of cell responses in cat striate cortex",
     "Visual Neuroscience 9: 181–197", "10.1017/S0952523800009640"),
    ("Huang et al. 2017", "Huang G, Liu Z, van der Maaten L, Weinberger KQ", 2017,
     "Densely connected convolutional networks",
     "IEEE Conference on Computer Vision and Pattern Recognition: 2261–2269",
     "10.1109/CVPR.2017.243"),
    ("Liu et al. 2022", "Liu Z, Mao H, Wu CY, Feichtenhofer C, Darrell T, Xie S", 2022,
     "A ConvNet for the 2020s",
     "IEEE Conference on Computer Vision and Pattern Recognition: 11966–11976",
     "10.1109/CVPR52688.2022.01167"),
    ("Mutch & Lowe 2008", "Mutch J, Lowe DG", 2008,
     "Object class recognition and localization using sparse features with limited receptive"
     " fields", "International Journal of Computer Vision 80: 45–57", "10.1007/s11263-007-0118-0"),
    ("Riesenhuber & Poggio 1999", "Riesenhuber M, Poggio T", 1999,
     "Hierarchical models of object recognition in cortex", "Nature Neuroscience 2: 1019–1025",
     "10.1038/14819"),
    ("Schrimpf et al. 2018", "Schrimpf M, Kubilius J, Hong H, et al.", 2018,
     "Brain-Score: which artificial neural network for object recognition is most brain-like?",
     "bioRxiv 407007", "10.1101/407007"),
    ("Serre et al. 2007", "Serre T, Wolf L, Bileschi S, Riesenhuber M, Poggio T", 2007,
     "Robust object recognition with cortex-like mechanisms",
     "IEEE Transactions on Pattern Analysis and Machine Intelligence 29: 411–426",
     "10.1109/TPAMI.2007.56"),
    ("Szegedy et al. 2015", "Szegedy C, Liu W, Jia Y, et al.", 2015,
     "Going deeper with convolutions",
     "IEEE Conference on Computer Vision and Pattern Recognition: 1–9",
     "10.1109/CVPR.2015.7298594"),
    ("Tan & Le 2019", "Tan M, Le QV", 2019,
     "EfficientNet: rethinking model scaling for convolutional neural networks",
     "International Conference on Machine Learning 97: 6105–6114", ""),
)  # fmt: skip
