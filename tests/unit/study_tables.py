"""Small studies made from known values, in the form of the tables of a study."""

from __future__ import annotations

import numpy as np
import pandas as pd

MOBILENET = [*(f"features.{i}" for i in range(19)), "classifier.1"]
MODELS = {
    "mobilenet_v2": MOBILENET,
    "mobilenet_v2+untrained": MOBILENET,
    "pixels": ["pixels"],
}
PEAK = {"V1": 0.2, "V4": 0.55, "IT": 0.85, "EVC": 0.15, "hIT": 0.9, "mIT": 0.9}


def curve(model: str, area: str, depth: np.ndarray, height: float) -> np.ndarray:
    """Return a bump over depth; that of controls is low and flat."""
    if model == "pixels":
        return np.full(len(depth), 0.3 * height)
    if model.endswith("+untrained"):
        return height * (0.55 - 0.25 * depth)
    return height * np.exp(-((depth - PEAK[area]) ** 2) / 0.25)


def _layers(model: str, models: dict[str, list[str]]) -> pd.DataFrame:
    names = models[model]
    depth = np.arange(len(names)) / max(len(names) - 1, 1)
    return pd.DataFrame(
        {"model": model, "layer": names, "layer_index": range(len(names)), "depth": depth}
    )


def p_best(score: np.ndarray) -> np.ndarray:
    """Return a softmax that stands for bootstrap probabilities."""
    weight = np.exp(120 * (score - score.max()))
    return weight / weight.sum()


def encoding(
    dataset: str = "simulated",
    areas: tuple[str, ...] = ("V1", "V4", "IT"),
    subjects: tuple[str, ...] = ("monkey A", "monkey B"),
    *,
    models: dict[str, list[str]] = MODELS,
    height: float = 0.55,
    reliability: float = 0.64,
    n_neuroids: int = 48,
    n_stimuli: int = 320,
) -> pd.DataFrame:
    """Make rows as in encoding.csv; reliability NaN stands for no repeats."""
    parts = []
    for model in models:
        for area in areas:
            for shift, subject in enumerate(("all", *subjects)):
                rows = _layers(model, models)
                r = curve(model, area, rows["depth"].to_numpy(), height)
                r = r + 0.02 * (shift and (-1) ** shift)
                unreliable = 3 if np.isfinite(reliability) else 0
                parts.append(
                    rows.assign(
                        dataset=dataset,
                        area=area,
                        subject=subject,
                        generalisation="images",
                        n_features=1000,
                        n_neuroids=n_neuroids,
                        n_scored=n_neuroids,
                        n_stimuli=n_stimuli,
                        r=r,
                        r_ci_low=r - 0.03,
                        r_ci_high=r + 0.04,
                        interval="neuroids",
                        resampled_missing=np.nan,
                        r_below_best=r.max() - r,
                        r_below_best_ci_low=r.max() - r - 0.01,
                        r_below_best_ci_high=r.max() - r + 0.01,
                        reliability=reliability,
                        r_ceiled=r / np.sqrt(reliability if reliability > 0 else np.nan),
                        ev_ceiled=r * abs(r) / reliability,
                        n_reliable=n_neuroids - unreliable if unreliable else np.nan,
                        p_best=p_best(r),
                    )
                )
    return pd.concat(parts, ignore_index=True)


def explained(encoding: pd.DataFrame) -> pd.DataFrame:
    """Make rows as in explained.csv from those of encoding.csv."""
    keys = ["dataset", "model", "layer", "layer_index", "depth", "area", "generalisation"]
    whole = encoding[encoding["subject"] == "all"]
    return whole[[*keys, "n_reliable", "ev_ceiled"]].assign(
        ev_ceiled_ci_low=whole["ev_ceiled"] - 0.06, ev_ceiled_ci_high=whole["ev_ceiled"] + 0.07
    )


def neuroids(encoding: pd.DataFrame, n: int = 48) -> pd.DataFrame:
    """Make rows as in neuroids.csv: best layers, neuroids spread around the median."""
    whole = encoding[encoding["subject"] == "all"]
    parts = []
    keys = ["dataset", "model", "area", "generalisation"]
    for key, rows in whole.groupby(keys, sort=False):
        top = rows.loc[rows["r"].idxmax()]
        spread = np.linspace(-0.2, 0.2, n)
        values = {
            "layer": top["layer"],
            "neuroid": [f"n{i}" for i in range(n)],
            "subject": [f"monkey {'AB'[i % 2]}" for i in range(n)],
            "r": top["r"] + spread,
            "reliability": top["reliability"],
            "ev_ceiled": top["ev_ceiled"] + spread,
        }
        parts.append(pd.DataFrame(dict(zip(keys, key, strict=True)) | values))
    return pd.concat(parts, ignore_index=True)


def agreement(encoding: pd.DataFrame) -> pd.DataFrame:
    """Make rows as in agreement.csv from those of encoding.csv; CKA has no intervals."""
    whole = encoding[(encoding["subject"] == "all") & encoding["model"].ne("pixels")]
    keys = ["dataset", "model", "area"]
    rank = whole.groupby(keys)["r"].rank(ascending=False)
    found = whole[[*keys, "layer", "layer_index", "depth"]].assign(score=whole["r"], rank=rank)
    ends = {"rank_ci_low": rank - 1, "rank_ci_high": rank + 1}
    other = {"method": "cka", "rank": rank, "rank_ci_low": np.nan, "rank_ci_high": np.nan}
    return pd.concat([found.assign(method="encoding", **ends), found.assign(**other)])


def spectra(encoding: pd.DataFrame) -> pd.DataFrame:
    """Make rows as in spectra.csv for the layers of encoding.csv."""
    whole = encoding[encoding["subject"] == "all"]
    columns = ["dataset", "model", "layer", "layer_index", "depth", "n_features", "area"]
    return whole[[*columns, "n_stimuli"]].assign(
        dimensionality=20 + 30 * whole["depth"],
        n_leading=20,
        power_leading=whole["r"],
        power_leading_chance=0.1,
        power_10=0.1,
        n_half=50,
    )


def rsa(
    dataset: str = "simulated",
    areas: tuple[str, ...] = ("EVC", "IT"),
    n_subjects: int = 12,
    *,
    models: dict[str, list[str]] = MODELS,
    height: float = 0.3,
    ceiling: tuple[float, float] = (0.36, 0.45),
    n_stimuli: int = 320,
) -> pd.DataFrame:
    """Make rows as in rsa.csv."""
    parts = []
    for model in models:
        for area in areas:
            rows = _layers(model, models)
            rho = curve(model, area, rows["depth"].to_numpy(), height) - 0.02
            p = np.where(rho > 0.1, 0.001, 0.3)
            parts.append(
                rows.assign(
                    dataset=dataset,
                    area=area,
                    distance="correlation",
                    comparison="spearman",
                    similarity=rho,
                    ci_low=rho - 0.04,
                    ci_high=rho + 0.05,
                    subjects_ci_low=rho - 0.015 if n_subjects > 1 else np.nan,
                    subjects_ci_high=rho + 0.025 if n_subjects > 1 else np.nan,
                    p=p,
                    p_fdr=p,
                    p_subjects=p,
                    p_subjects_fdr=p,
                    p_below_best=np.where(rho < rho.max(), 0.2, np.nan),
                    ceiling_low=ceiling[0],
                    ceiling_high=ceiling[1],
                    n_subjects=n_subjects,
                    n_stimuli=n_stimuli,
                    n_pairs=n_stimuli * (n_stimuli - 1) // 2,
                    n_missing_pairs=0,
                    p_best=p_best(rho),
                )
            )
    return pd.concat(parts, ignore_index=True)


def rsa_pairs(rsa: pd.DataFrame) -> pd.DataFrame:
    """Make rows as in rsa_pairs.csv from those of rsa.csv."""
    keys = ["dataset", "model", "area"]
    found = rsa.merge(rsa, on=keys, suffixes=("_a", "_b"))
    found = found[found["layer_index_a"] < found["layer_index_b"]].reset_index(drop=True)
    difference = found["similarity_a"] - found["similarity_b"]
    return found[[*keys, "layer_a", "layer_b"]].assign(
        index_a=found["layer_index_a"],
        index_b=found["layer_index_b"],
        difference=difference,
        ci_low=difference - 0.05,
        ci_high=difference + 0.05,
        p=0.02,
        p_fdr=0.03,
        p_family=0.04,
        n_subjects=found["n_subjects_a"],
        n_stimuli=found["n_stimuli_a"],
    )


def cka(encoding: pd.DataFrame) -> pd.DataFrame:
    """Make rows as in cka.csv, a little lower than those of encoding.csv."""
    keys = ["dataset", "model", "area", "layer", "layer_index", "depth"]
    found = encoding[[*keys, "r", "p_best"]].drop_duplicates(keys, ignore_index=True)
    value = found.pop("r") - 0.1
    return found.assign(
        n_features=1000,
        n_neuroids=48,
        n_stimuli=320,
        n_subjects=2,
        cka=value,
        ci_low=value - 0.05,
        ci_high=value + 0.05,
        resampled_missing=0.0,
    )


def rsa_fitted(rsa: pd.DataFrame) -> pd.DataFrame:
    """Make rows as in rsa_fitted.csv, a little better than the best layers of rsa.csv."""
    keys = ["dataset", "model", "area", "distance", "comparison", "n_subjects", "n_stimuli"]
    single = rsa.groupby(keys, sort=False)["similarity"].max().rename("single").reset_index()
    return single.assign(
        fitted=single["single"] + 0.02,
        difference=0.02,
        left_out="stimuli and subjects",
        n_unweighted=0,
        n_folds=5,
    )


def correspondence(
    encoding: pd.DataFrame | None,
    rsa: pd.DataFrame | None,
    planted: dict[str, str] | None = None,
    cka: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Make rows as in correspondence.csv from the best layer of each model and area."""
    rows = []
    for method, table, score, n in (
        ("encoding", encoding, "r", "n_neuroids"),
        ("rsa", rsa, "similarity", "n_subjects"),
        ("cka", cka, "cka", "n_subjects"),
    ):
        if table is None:
            continue
        whole = table[table["subject"] == "all"] if "subject" in table else table
        for (dataset, model, area), part in whole.groupby(["dataset", "model", "area"], sort=False):
            top = part.loc[part[score].idxmax()]
            rows.append(
                {
                    "dataset": dataset,
                    "model": model,
                    "area": area,
                    "method": method,
                    "generalisation": "images" if method == "encoding" else np.nan,
                    "best_layer": top["layer"],
                    "layer_index": top["layer_index"],
                    "depth": top["depth"],
                    "depth_ci_low": max(top["depth"] - 0.105, 0),
                    "depth_ci_high": min(top["depth"] + 0.053, 1),
                    "p_best": top["p_best"],
                    "score": top[score],
                    "score_nested": top[score] - 0.004,
                    "beats_untrained_p": 0.0005 if "+" not in model else np.nan,
                    "planted_layer": (planted or {}).get(area, ""),
                    "n_subjects": top.get(n),
                }
            )
    return pd.DataFrame(rows)


def hierarchy(method: str = "encoding", areas: str = "V1 < V4 < IT") -> pd.DataFrame:
    """Make a row as in hierarchy.csv."""
    return pd.DataFrame(
        [{"model": "mobilenet_v2", "method": method, "areas": areas, "rho": 1.0, "ci_low": 0.5,
          "ci_high": 1.0, "p": 0.17}]
    )  # fmt: skip


def timecourses(
    dataset: str = "simulated",
    models: dict[str, list[str]] = MODELS,
    step: float = 20,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Make rows as in timecourse.csv and latency.csv: deeper layers peak later."""
    time = np.arange(-100, 701, step)
    courses, latencies = [], []
    for model in models:
        for _, row in _layers(model, models).iterrows():
            peak = 100 + 120 * row["depth"]
            strength = 0.3 if model == "mobilenet_v2" else 0.08
            y = strength * np.exp(-((time - peak) ** 2) / (2 * 60**2)) * (time > 0)
            y = y + 0.004 * np.sin(time / 17 + row["depth"])
            keys = {**row.to_dict(), "dataset": dataset, "area": "MEG"}
            courses.append(
                pd.DataFrame(
                    {
                        **keys,
                        "time_ms": time,
                        "similarity": y,
                        "ci_low": y - 0.03,
                        "ci_high": y + 0.03,
                        "p": np.where(y > 0.04, 0.001, 0.4),
                        "significant": y > 0.04,
                        "n_pairs": 320 * 319 // 2,
                        "n_subjects": 12,
                        "n_stimuli": 320,
                    }
                )
            )
            onset = time[y > 0.04][0] if strength > 0.1 else np.nan
            latencies.append(
                {**keys, "onset_ms": onset, "onset_ci_low": onset - 15, "onset_ci_high": onset + 20,
                 "onset_found": 0.5 + 0.5 * (strength > 0.1), "peak_ms": peak,
                 "peak_ci_low": peak - 12, "peak_ci_high": peak + 18, "n_subjects": 12}
            )  # fmt: skip
    return pd.concat(courses, ignore_index=True), pd.DataFrame(latencies)


def variance(
    dataset: str = "simulated",
    areas: tuple[str, ...] = ("V1", "V4", "IT"),
    sets: tuple[tuple[str, ...], ...] = (
        ("mobilenet_v2:features.2", "mobilenet_v2:features.14"),
        ("mobilenet_v2:features.2", "mobilenet_v2:features.14", "pixels:pixels"),
    ),
    generalisation: str = "images",
) -> pd.DataFrame:
    """Make rows as in variance.csv; the last layer of a set explains less than nothing in V1."""
    rows = []
    for area in areas:
        for names in sets:
            unique = 0.12 / np.arange(1, len(names) + 1)
            unique[-1] -= 0.09 * (area == "V1")
            values = {"r2": 0.1 + unique.sum(), "shared": 0.1}
            for layer, alone in zip(names, unique, strict=True):
                row = {
                    "dataset": dataset, "area": area, "generalisation": generalisation,
                    "set": " + ".join(names), "layer": layer, "n_neuroids": 48, "n_stimuli": 320,
                    "r": 0.5,
                }  # fmt: skip
                for name, value in (values | {"unique": alone}).items():
                    ends = {f"{name}_ci_low": value - 0.02, f"{name}_ci_high": value + 0.03}
                    row |= {name: value, **ends}
                rows.append(row | {"weight": 1 / len(names)})
    return pd.DataFrame(rows)


def latency_hierarchy(models: dict[str, list[str]] = MODELS) -> pd.DataFrame:
    """Make rows as in latency_hierarchy.csv: peaks rise with depth, onsets cannot be ordered."""
    common = {"dataset": "simulated", "area": "MEG", "n_subjects": 12}
    peak = {"latency": "peak", "rho": 0.92, "ci_low": 0.81, "ci_high": 0.97, "p": 0.001}
    onset = {"latency": "onset", "rho": np.nan, "ci_low": np.nan, "ci_high": np.nan, "p": np.nan}
    return pd.DataFrame(
        [
            {**common, "model": model, **kind, "n_layers": len(layers)}
            for model, layers in models.items()
            for kind in (peak, onset)
        ]
    )


def fusions(
    areas: tuple[str, ...] = ("EVC", "IT"),
    models: dict[str, list[str]] = MODELS,
    step: float = 20,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Make rows as in fusion.csv and commonality.csv: later areas peak later."""
    time = np.arange(-100, 701, step)
    fused, common = [], []
    for number, area in enumerate(areas):
        y = 0.4 * np.exp(-((time - 100 - 80 * number) ** 2) / (2 * 60**2)) * (time > 0)
        keys = {"dataset": "simulated", "recording": "MEG", "area": area, "n_subjects": 12}
        p = np.where(y > 0.04, 0.001, 1.0)
        fused.append(
            pd.DataFrame(
                {**keys, "time_ms": time, "similarity": y, "ci_low": y - 0.02, "ci_high": y + 0.02,
                 "p": p, "significant": p < 0.05, "n_pairs": 51040, "n_stimuli": 320}
            )
        )  # fmt: skip
        for model in models:
            for _, row in _layers(model, models).iterrows():
                part = y**2 * (1 - abs(row["depth"] - number)) * (0.3 if "+" in model else 0.9)
                common.append(
                    pd.DataFrame(
                        {**keys, **row.to_dict(), "time_ms": time, "commonality": part,
                         "ci_low": part - 0.01, "ci_high": part + 0.01, "ceiling": y**2}
                    )
                )  # fmt: skip
    return pd.concat(fused, ignore_index=True), pd.concat(common, ignore_index=True)


def rdm(n: int, categories: list[str] | None, seed: int) -> np.ndarray:
    """Make an RDM, shape (n, n), of points that cluster by category."""
    random = np.random.default_rng(seed)
    points = random.normal(size=(n, 6))
    if categories is not None:
        centres = {c: random.normal(size=6) for c in dict.fromkeys(categories)}
        points += 1.2 * np.array([centres[c] for c in categories])
    return np.linalg.norm(points[:, None] - points[None], axis=-1)
