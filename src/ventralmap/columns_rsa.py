"""Columns of the tables of RSA, of CKA, and of fitted combinations of layers (`columns`)."""

TEXT = ""
"""Unit of what is not a number."""

RSA = {
    "distance": (TEXT, "distance of the patterns of two stimuli in a layer"),
    "comparison": (TEXT, "how two RDMs are compared"),
    "similarity": ("1", "similarity of RDMs by the comparison named, mean over subjects"),
    "ci_low": ("1", "lower end of the 95 % interval of the row's similarity or rho"),
    "ci_high": ("1", "upper end of the 95 % interval of the row's similarity or rho"),
    "subjects_ci_low": (
        "1",
        "lower end of the 95 % interval of the similarity over subjects alone, with these stimuli",
    ),
    "subjects_ci_high": (
        "1",
        "upper end of the 95 % interval of the similarity over subjects alone, with these stimuli",
    ),
    "p": ("1", "p-value of the row's test; see the methods of the report"),
    "p_subjects": (
        "1",
        "one-sided p of the test against zero over other subjects with the same stimuli, by"
        " flipping the signs of subjects, of eight or more; empty for cosines, which are above zero"
        " by chance",
    ),
    "p_subjects_fdr": ("1", "p_subjects corrected over all rows for the false discovery rate"),
    "below_best": ("1", "similarity of the area's best layer minus that of this one"),
    "below_best_ci_low": (
        "1",
        "lower end of the 95 % interval of below_best, for all layers of the area at once",
    ),
    "below_best_ci_high": (
        "1",
        "upper end of the 95 % interval of below_best, for all layers of the area at once",
    ),
    "p_below_best": (
        "1",
        "two-sided p that this layer is as good as the best, against the largest difference of any"
        " two layers under resampling: family-wise over the layers of the area",
    ),
    "below_ceiling": ("1", "lower noise ceiling minus the similarity"),
    "below_ceiling_ci_low": ("1", "lower end of the 95 % interval of below_ceiling"),
    "below_ceiling_ci_high": ("1", "upper end of the 95 % interval of below_ceiling"),
    "n_pairs": ("1", "pairs of stimuli that at least one subject has"),
    "n_missing_pairs": ("1", "pairs left out because they are missing, summed over subjects"),
    "p_fdr": ("1", "p corrected over all rows for the false discovery rate"),
    "ceiling_low": ("1", "lower noise ceiling of the similarity"),
    "ceiling_high": ("1", "upper noise ceiling of the similarity"),
    "n_subjects": ("1", "number of subjects"),
}
PAIRS = {
    "layer_a": (TEXT, "the earlier layer of a pair"),
    "layer_b": (TEXT, "the later layer of a pair"),
    "index_a": ("1", "position of the earlier layer among those of its model, from 0"),
    "index_b": ("1", "position of the later layer among those of its model, from 0"),
    "rsa_pairs.difference": ("1", "similarity of the earlier layer minus that of the later one"),
    "rsa_pairs.ci_low": ("1", "lower end of the 95 % interval of that one difference"),
    "rsa_pairs.ci_high": ("1", "upper end of the 95 % interval of that one difference"),
    "rsa_pairs.p": ("1", "two-sided p that the two layers are equally similar to the area"),
    "p_family": (
        "1",
        "the same against the largest difference of any two layers under resampling: family-wise"
        " over the pairs of the model's layers in the area",
    ),
}
FITTED = {
    "fitted": ("1", "similarity of the weighted sum of layers on stimuli and subjects left out"),
    "single": ("1", "the same of the layer that was most similar in training"),
    "difference": ("1", "fitted minus single"),
    "left_out": (TEXT, "of what the training data have nothing"),
    "n_layers": ("1", "number of layers that are mapped"),
    "n_folds": ("1", "number of folds of the stimuli"),
    "n_unweighted": ("1", "fits that weigh no layer, which count as similarity 0"),
    "rsa_weights.weight": ("1", "weight of the layer's z-scored RDM, mean over fits"),
    "held_out": ("1", "similarity of the layer alone on the same folds"),
    "chosen": ("1", "share of the fits in which the layer is the most similar in training"),
    "cka": ("1", "debiased linear CKA, mean over subjects"),
}
