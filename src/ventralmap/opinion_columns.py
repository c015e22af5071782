"""What the columns of second opinions and of recovery mean; see `columns`."""

from __future__ import annotations

TEXT = ""

RECOVERY = {
    "simulated_model": (TEXT, "model whose units the recording was simulated from"),
    "simulated_layer": (TEXT, "layer whose units the recording was simulated from"),
    "simulated_index": ("1", "position of that layer, from 0"),
    "simulated_depth": ("1", "depth of that layer, 0 (first) to 1 (last)"),
    "draw": ("1", "number of the recording from that layer, from 0"),
    "noise": ("1", "variance of the noise, times that of the dataset"),
    "share_neuroids": ("1", "share of the dataset's neuroids that was simulated"),
    "share_stimuli": ("1", "share of the dataset's stimuli that was shown"),
    "chosen_layer": (TEXT, "layer with the highest score for the recording"),
    "chosen_index": ("1", "position of that layer, from 0"),
    "chosen_depth": ("1", "depth of that layer, 0 (first) to 1 (last)"),
    "exact": ("1", "share of recordings, or 1 or 0 for one, whose own layer was chosen"),
    "within_one": ("1", "the same of that layer or one next to it; empty for other layers' names"),
    "within_one_low": ("1", "lower end of the 95 % Clopper-Pearson interval of within_one"),
    "within_one_high": ("1", "upper end of the 95 % Clopper-Pearson interval of within_one"),
    "model_best": (
        "1",
        "whether, or how often, the model scored highest of all that were analysed",
    ),
    "n_recordings": ("1", "simulated recordings"),
    "depth_rho": ("1", "rank correlation of the depths of the simulated and the chosen layer"),
    "n_sure": ("1", "recordings whose chosen layer had a p_best of .8 or more"),
    "sure_right": ("1", "share of these whose own layer was chosen"),
    "recovery.score": ("1", "score of the chosen layer"),
    "recovery.p_best": ("1", "share of the resamples in which the chosen layer is best"),
    "recovery_summary.p_best": ("1", "the same, mean over recordings"),
    "recovery.method": (TEXT, "how layers were scored; of RSA with distance and comparison"),
    "recovery_summary.method": (
        TEXT,
        "how layers were scored; of RSA with distance and comparison",
    ),
}
SPECTRA = {
    "dimensionality": ("1", "effective dimensionality of the layer: (Σ λ)² / Σ λ² of its kernel"),
    "n_leading": ("1", "dimensionality rounded up: leading eigenvectors that are counted"),
    "power_leading": ("1", "share of the responses' variance in so many leading eigenvectors"),
    "power_leading_chance": ("1", "the same of responses without structure"),
    "power_10": ("1", "share of the responses' variance in the ten leading eigenvectors"),
    "n_half": ("1", "leading eigenvectors that hold half of the responses' variance"),
}
AGREEMENT = {
    "agreement.method": (TEXT, "encoding, rsa or cka"),
    "agreement.score": ("1", "score of the layer by the method"),
    "rank": ("1", "rank of the layer's score, 1 the best"),
    "rank_ci_low": ("1", "lower end of the 95 % percentile interval of the rank"),
    "rank_ci_high": ("1", "upper end of the 95 % percentile interval of the rank"),
}
STABILITY = {
    "n_seeds": ("1", "seeds of folds and of untrained networks"),
    "score_mean": ("1", "score of the layer, mean over seeds"),
    "score_sd": ("1", "standard deviation of the score over seeds"),
    "score_min": ("1", "lowest score of any seed"),
    "score_max": ("1", "highest score of any seed"),
    "best_share": ("1", "share of the seeds in which the layer is the area's best"),
}
COLUMNS: dict[str, tuple[str, str]] = {**RECOVERY, **SPECTRA, **AGREEMENT, **STABILITY}
