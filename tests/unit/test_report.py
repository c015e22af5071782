"""The report: sentences, tables, escaping, and that it needs nothing but itself."""

import base64
import io
import re
from html.parser import HTMLParser

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
import study_tables as st
from PIL import Image

from ventralmap import last_run, methods, references, report, report_charts, usage, wording
from ventralmap.cautions import cautions
from ventralmap.errors import InputError
from ventralmap.findings import correspondence, findings, hierarchies, leading
from ventralmap.report_images import display_width, few_colours, image_uri
from ventralmap.report_tables import MOST_ROWS, TITLES, view

HOSTILE = '<script>alert("x")</script> & <img src=https://example.org/x.png>'
CONFIG = {
    "study": "demo",
    "title": "A title",
    "models": list(st.MODELS),
    "hierarchy": [["V1", "EVC"], "V4", "IT"],
    "bootstrap": 1000,
    "seed": 7,
    "features": {"centre": True, "scale": "zscore"},
    "encoding": {
        "folds": 5,
        "alphas": {"low": 1e-5, "high": 1e6, "n": 23},
        "reliability_threshold": 0.1,
        "reliability_splits": 100,
    },
    "rsa": {"distance": "correlation", "permutations": 999},
}
PLANTED = {"V1": "features.3", "V4": "features.10", "IT": "features.16", "EVC": "features.3"}


class Page(HTMLParser):
    """Tags with their attributes, and the text outside scripts and styles."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.words, self.inside = [], [], None
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.inside = tag

    def handle_endtag(self, tag):
        self.inside = None

    def handle_data(self, data):
        if self.inside not in ("script", "style"):
            self.words.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())


def png(path, size=(40, 20), dpi=300):
    noise = np.random.default_rng(0).integers(0, 255, (*size[::-1], 3), dtype=np.uint8)
    Image.fromarray(noise).save(path, dpi=(dpi, dpi))
    return path


@pytest.fixture(autouse=True)
def a_short_plotly(monkeypatch):
    """Embed another script in the place of plotly.js, of which 5 MB are read again and again."""
    monkeypatch.setattr(report_charts, "_plotly", lambda: "var Plotly;")


@pytest.fixture
def study(tmp_path):
    encoding, rsa = st.encoding(), st.rsa()
    courses, latency = st.timecourses(step=40)
    svg = tmp_path / "main.svg"
    svg.write_text('<svg xmlns="http://www.w3.org/2000/svg" width="518.4pt" height="200pt"></svg>')
    return {
        "study": "demo",
        "config": CONFIG,
        "tables": {
            "encoding": encoding,
            "rsa": rsa,
            "correspondence": st.correspondence(encoding, rsa, PLANTED),
            "hierarchy": st.hierarchy(),
            "timecourse": courses,
            "latency": latency,
            "latency_hierarchy": st.latency_hierarchy(),
            "fusion": st.fusions(step=80)[0],
            "commonality": st.fusions(step=80)[1],
        },
        "figures": [
            ("main", "Scores (simulated data). All of them.", svg),
            ("rdms", "RDMs (simulated data). n = 3.", png(tmp_path / "rdms.png")),
        ],
        "datasets": [
            {"name": "simulated", "title": "Simulated stream", "simulated": True, "n_stimuli": 320}
        ],
        "provenance": {"versions": {"numpy": "2.4"}, "weights": "b0353104"},
    }


def rendered(parts, **changes):
    return report.render(report.StudyReport(**{**parts, **changes}))


def test_folds_without_a_correlation_are_cautioned_against():
    table = st.encoding()
    assert not [text for text in cautions({"encoding": table}, CONFIG) if "constant" in text]
    table["resampled_missing"] = np.where(table["area"] == "V4", 0.08, 0.0)
    (text,) = [text for text in cautions({"encoding": table}, CONFIG) if "constant" in text]
    assert "up to 8 % of the resampled folds (V4 of simulated" in text


def test_the_variance_table_has_its_formula_and_its_references(study):
    study["tables"]["variance"] = st.variance()
    config = CONFIG | {"encoding": CONFIG["encoding"] | {"banded": [["a:b", "a:c"]]}}
    text = Page(rendered(study, config=config)).text
    assert "unique = r2 − r2 of the set without the layer" in text
    for title in ("non-spherical multivariate normal priors", "Feature-space selection"):
        assert title in text
    assert "Feature-space selection" not in Page(rendered(study)).text


def test_nothing_is_loaded_from_anywhere(study):
    page = Page(rendered(study))
    for tag, attrs in page.tags:
        assert tag not in ("iframe", "object", "embed", "base")
        for name in ("src", "href", "srcset", "data", "action", "poster"):
            value = attrs.get(name, "data:")
            assert value.startswith(("data:", "#")), (tag, value)
        assert not (tag == "link" and attrs.get("rel") == "stylesheet")
    assert "@import" not in rendered(study)
    assert not re.search(r"url\(\s*['\"]?(?!data:)", rendered(study))
    policy = [a["content"] for t, a in page.tags if a.get("http-equiv")]
    assert "default-src 'none'" in policy[0]


def test_html_in_any_text_stays_text(study):
    hostile = [{**study["datasets"][0], "title": HOSTILE, "citation": HOSTILE}]
    tables = {n: t.replace("simulated", HOSTILE) for n, t in study["tables"].items()}
    tables = {n: t.replace("features.3", HOSTILE) for n, t in tables.items()}
    page = rendered(
        study,
        config={**CONFIG, "title": HOSTILE, "models": [HOSTILE]},
        tables={**tables, HOSTILE: pd.DataFrame({HOSTILE: [HOSTILE]})},
        figures=[(HOSTILE, f"{HOSTILE}. {HOSTILE}", study["figures"][0][2])],
        datasets=hostile,
        provenance={HOSTILE: {"x": HOSTILE}},
    )
    parsed = Page(page)
    assert [attrs.get("type") for tag, attrs in parsed.tags if tag == "script"] == [
        "application/json", None, None,
    ]  # fmt: skip
    assert not [a for t, a in parsed.tags if "example.org" in str(a.get("src"))]
    assert all(a["src"].startswith("data:") for t, a in parsed.tags if t == "img")
    assert parsed.text.count('<script>alert("x")</script>') > 5


def test_sentences_state_layer_certainty_score_and_n(study):
    found = findings(study["tables"], CONFIG["hierarchy"], study["datasets"])
    assert [f.subject.split(" ")[0] for f in found] == ["V1", "EVC", "V4", "IT", "IT"]
    v4 = found[2]
    assert v4.subject == "V4 is best matched by features.10"
    depth, r = 10 / 19, 0.55 * np.exp(-((10 / 19 - 0.55) ** 2) / 0.25)
    assert v4.text.startswith(f"(depth {depth:.2f} [{depth - 0.105:.2f}, {depth + 0.053:.2f}], ")
    low, high = (f"{x:.3f}"[1:] for x in (r - 0.03, r + 0.04))
    assert f"median r = {f'{r:.3f}'[1:]} [{low}, {high}]" in v4.text
    assert v4.text.endswith("ceiling .800.")
    nested = f"{r - 0.004:.3f}"[1:] + " where the layer is chosen on other images"
    assert v4.where == (
        f"simulated, encoding; n = 48 neuroids, 320 images; {nested}; planted: features.10."
    )
    assert v4.simulated
    assert "mean Spearman ρ" in found[1].text
    assert found[1].text.endswith("ceiling .360 to .450.")
    assert "n = 12 subjects, 320 images" in found[1].where
    page = Page(rendered(study)).text
    assert all(f.text in page and f.where in page for f in found)


def test_the_first_screen_has_the_first_findings_of_one_model(study):
    models = {"alexnet": st.MOBILENET, **st.MODELS}
    encoding, rsa = st.encoding(models=models), st.rsa(models=models)
    tables = {"encoding": encoding, "rsa": rsa, "correspondence": st.correspondence(encoding, rsa)}
    found = findings(tables, CONFIG["hierarchy"], study["datasets"])
    first = leading(found, 4)
    assert [f.model for f in found] == ["alexnet", "mobilenet_v2"] * 5
    assert [f.subject.split(" ")[0] for f in first] == ["V1", "EVC", "V4", "IT"]
    assert {f.model for f in first} == {"alexnet"}
    assert leading([]) == []
    page = rendered(study, tables=tables)
    lists = re.findall(r'<ul class="findings">(.*?)</ul>', page, re.DOTALL)
    assert [part.count("<li>") for part in lists] == [5, 5]


def test_sentences_name_the_comparison_of_rdms(study):
    rsa = st.rsa().assign(comparison="whitened-cosine")
    tables = {"rsa": rsa, "correspondence": st.correspondence(None, rsa)}
    found = findings(tables, CONFIG["hierarchy"], study["datasets"])
    assert all("mean whitened cosine = " in f.text for f in found)


def test_missing_pairs_are_a_caution():
    rsa = st.rsa(n_subjects=12).assign(n_missing_pairs=0)
    assert not any("missing" in text for text in cautions({"rsa": rsa}, {}))
    rsa.loc[rsa["area"] == "IT", "n_missing_pairs"] = 1234
    (text,) = (text for text in cautions({"rsa": rsa}, {}) if "missing" in text)
    assert text.startswith("IT (")
    assert "1,234 of 612,480 pairs of images are missing" in text  # 12 x 320 x 319 / 2


def test_real_data_have_neither_badge_nor_planted_layer(study):
    encoding = st.encoding("cowley", ("V4",), ("m",), reliability=np.nan)
    table = st.correspondence(encoding, None)
    table["planted_layer"] = np.nan  # as pandas reads an empty column
    page = rendered(
        study,
        tables={"encoding": encoding, "correspondence": table},
        datasets=[{"name": "cowley", "title": "Neurons of V4"}],
        figures=[("main", "Scores. All.", study["figures"][0][2])],
    )
    text = Page(page).text
    assert "simulated" not in text.lower()
    assert "lanted" not in text
    assert not re.search(r"\bnan\b", text.lower())


def test_simulated_badges(study):
    page = rendered(study)
    title, heading = re.search(r"<title>(.*)</title>", page)[1], re.search(r"<h1>(.*)</h1>", page)
    badge = '<span class="badge">simulated</span>'
    assert title == "A title (simulated)"
    assert badge in heading[1]
    assert all(badge in li for li in re.findall(r"<li><b>.*?</li>", page))
    assert all(badge in c for c in re.findall(r"<figcaption>.*?</figcaption>", page))


def test_figures_have_alternative_texts_and_captions(study):
    page = Page(rendered(study))
    images = [attrs for tag, attrs in page.tags if tag == "img"]
    assert len(images) == 2
    assert images[0]["alt"].startswith("Figure 1: Scores (simulated data).")
    assert images[1]["alt"].endswith("The caption describes it further.")
    assert "Figure 2. RDMs (simulated data)." in page.text


def test_tables_have_scopes_and_whole_downloads(study):
    page = Page(rendered(study))
    assert all(
        "scope" in attrs for tag, attrs in page.tags if tag == "th" and "data-value" in attrs
    )
    downloads = {a["download"]: a["href"] for t, a in page.tags if t == "a" and "download" in a}
    assert set(downloads) == {f"{name}.csv" for name in study["tables"]} | {"demo.bib"}
    text = base64.b64decode(downloads["encoding.csv"].split(",", 1)[1])
    pd.testing.assert_frame_equal(pd.read_csv(io.BytesIO(text)), study["tables"]["encoding"])


def test_a_table_without_rows_is_not_shown(study):
    title = TITLES["hierarchy"]
    none = study["tables"] | {"hierarchy": study["tables"]["hierarchy"].iloc[:0]}
    assert title in rendered(study)
    assert title not in rendered(study, tables=none)


def test_a_table_without_a_figure_says_what_it_holds(study):
    table = st.rsa_fitted(study["tables"]["rsa"])
    page = Page(rendered(study, tables=study["tables"] | {"rsa_fitted": table}))
    assert "RSA with fitted weights" in page.text
    assert "Weights w ≥ 0 minimise ‖z(d) − Σ w_l z(d_l)‖²" in page.text
    assert "Storrs et al. 2021" in page.text
    assert view("rsa", study["tables"]["rsa"]).note == ""
    assert all(view("rsa_fitted", table).header[i][1] for i in (7, 8, 9, 10))


def test_long_tables_are_cut_and_say_so(study):
    shown = view("timecourse", study["tables"]["timecourse"])
    assert len(shown.rows) == MOST_ROWS < shown.n_rows == len(study["tables"]["timecourse"])
    assert f"The first {MOST_ROWS} rows are shown." in Page(rendered(study)).text


def test_a_table_too_large_to_embed_is_named():
    large = pd.DataFrame({"x": np.random.default_rng(0).random(200_000)})
    assert view("x", large).download is None


def test_cells_are_rounded_and_keep_their_value():
    table = pd.DataFrame({"n": [1200], "r": [0.54449], "p": [0.0001], "q": [np.nan], "s": [-2.5]})
    (cells,) = view("x", table).rows
    assert [text for text, _, _ in cells] == ["1,200", "0.544", "< 0.001", "n/a", "−2.500"]
    assert [value for _, value, _ in cells] == ["1200", "0.54449", "0.0001", "", "-2.5"]


def test_planted_stands_beside_found(study):
    table = correspondence(study["tables"])
    row = table.query("area == 'V1' and model == 'mobilenet_v2'").iloc[0]
    assert list(table.columns[5:8]) == ["best_layer", "planted_layer", "layers_off"]
    assert (row["best_layer"], row["planted_layer"], row["layers_off"]) == (
        "features.4",
        "features.3",
        1,
    )
    real = {"correspondence": st.correspondence(st.encoding(), None)}
    assert "planted_layer" not in correspondence(real)


def test_hierarchy_is_said():
    (text,) = hierarchies({"hierarchy": st.hierarchy()})
    assert text == (
        "Along V1 < V4 < IT, depth in mobilenet_v2 has a rank correlation of 1.00 with the areas'"
        " order ([.50, 1.00], p = .170; by encoding)."
    )


def test_cautions_are_read_off_the_tables():
    table = st.encoding(areas=("V4",), height=0.95)
    table["alpha_at_edge"] = np.where(table["layer"] == "features.0", 0.3, 0.0)
    pixels = table["model"] == "pixels"
    table.loc[pixels, "r"] = 0.99
    found = st.correspondence(table, st.rsa("one", ("mIT",), 1))
    found["beats_untrained_p"] = 0.2
    text = " ".join(
        cautions({"encoding": table, "correspondence": found, "rsa": st.rsa("one", ("mIT",), 1)},
                 CONFIG)
    )  # fmt: skip
    assert "V4 (simulated): 3 of 48 neuroids have a reliability below 0.1" in text
    assert "above 1" in text
    assert "Nothing is clipped" in text
    assert "30 % of neuroids and folds" in text
    assert "mobilenet_v2: features.0; and 1 row of controls): a wider grid" in text
    assert "mobilenet_v2 is not shown to beat its untrained twin (p = .200)" in text
    assert "pixels score .990" in text
    assert "mIT (one): one subject" in text
    assert cautions({}, {}) == []


def test_projected_features_are_a_caution_where_responses_are_predicted():
    projected = CONFIG | {"features": {"projection": 2000}}
    exact, found = (cautions({"encoding": st.encoding()}, config) for config in (CONFIG, projected))
    (text,) = [text for text in found if text not in exact]
    assert "projected on 2,000 random dimensions, which lowers the encoding scores" in text
    assert cautions({}, projected) == []


def test_unknown_reliability_is_a_caution():
    (text,) = cautions({"encoding": st.encoding(areas=("V4",), reliability=np.nan)}, CONFIG)
    assert "V4 (simulated): without repeats, or with fewer than three repeated images" in text
    assert "the reliability is unknown" in text


def test_unreliable_neuroids_are_counted_for_each_generalisation_that_differs():
    images = st.encoding(areas=("V4",))
    objects = images.assign(generalisation="object")
    (text,) = unreliable(pd.concat([images, objects]))
    assert text.startswith("V4 (simulated): 3 of 48 neuroids have")
    one, two = unreliable(pd.concat([images, objects.assign(n_reliable=30)]))
    assert one.startswith("V4 (simulated, images): 3 of 48 neuroids have")
    assert two.startswith("V4 (simulated, object): 18 of 48 neuroids have")


def unreliable(table):
    return [text for text in cautions({"encoding": table}, CONFIG) if "reliability below" in text]


def test_subjects_left_out_of_rsa_are_counted():
    facts = [("V1", "A", 2), ("V4", "A", 2), ("V4", "B", 40), ("V4", "C", 1), ("IT", "A", 3)]
    keys = ("area", "subject", "n_neuroids")
    meta = {
        "name": "tiny",
        "responses": [dict(zip(keys, fact, strict=True)) for fact in facts],
        "rdms": [
            {"area": "V1", "n_subjects": 1, "n_times": None},
            {"area": "V4", "n_subjects": 1, "n_times": 9},
        ],
    }
    tables = {"rsa": st.rsa("tiny", ("V4",), 2)}
    without = cautions(tables, {"rsa": {"responses": "none"}}, [meta])
    found = cautions(tables, {"rsa": {"responses": "cosine"}}, [meta])
    (text,) = [text for text in found if text not in without]
    assert text.startswith("V4 (tiny): 2 subjects with fewer than 3 neuroids left out of RSA")


def test_a_time_course_alone_makes_a_report(study):
    empty = {
        name: pd.read_csv(io.StringIO(study["tables"][name][:0].to_csv(index=False)))
        for name in ("correspondence", "hierarchy")
    }
    courses = {name: study["tables"][name] for name in ("timecourse", "latency")}
    page = Page(rendered(study, tables=empty | courses))
    assert "Time course" in page.text
    assert cautions(empty, CONFIG) == []


def test_methods_follow_the_config_and_their_references_exist():
    steps = ["encoding", "rsa", "timecourse", "correspondence"]
    texts = methods.paragraphs(CONFIG, [{"name": "x", "simulated": True}], steps)
    whole = " ".join(texts)
    assert "5 folds" in whole
    assert "23 log-spaced values, 1e-05 to 1e+06 times" in whole
    assert "V1 = EVC < V4 < IT" in whole
    assert "Recordings of the dataset x were not measured, but simulated" in whole
    cited = [r.label for r in references.cited(texts)]
    quoted = set(re.findall(r"[A-ZÀ-Ž]\w+(?: et al\.| & [A-Z]\w+)? (?:19|20)\d\d", whole))
    assert quoted == set(cited)
    assert "Sandler et al. 2018" in cited
    assert methods.paragraphs({}, [], ["encoding", "rsa", "timecourse", "correspondence"])


def test_an_unknown_reference_is_refused(study):
    with pytest.raises(InputError, match="Nobody 1900"):
        rendered(study, references=["Nobody 1900"])


def test_a_large_png_is_reduced_to_a_palette(tmp_path):
    path = png(tmp_path / "large.png", (600, 600))
    data = base64.b64decode(image_uri(path).split(",", 1)[1])
    assert len(data) < path.stat().st_size / 2
    with Image.open(io.BytesIO(data)) as image:
        assert image.size == (600, 600)


def test_fewer_colours_are_not_seen(tmp_path):
    """The worst pixel is off by little, thin lines keep their colour and white stays white."""
    ramp = np.linspace(0, 1, 600)
    shades = (mpl.colormaps["viridis"](ramp)[:, :3] * 255).round().astype(np.uint8)
    drawn = np.full((800, 600, 3), 255, np.uint8)
    drawn[100:700] = shades
    drawn[300:302] = (213, 94, 0)
    with Image.open(io.BytesIO(few_colours(Image.fromarray(drawn)))) as image:
        shown = np.asarray(image.convert("RGB")).astype(int)
    assert np.abs(shown - drawn).max() <= 10
    assert (shown[:100] == 255).all()


def test_figures_are_shown_by_their_printed_size(study):
    assert display_width(study["figures"][0][2]) == round(518.4 / 72 * 134)
    assert display_width(study["figures"][1][2]) == round(40 / 300 * 134)


def test_other_kinds_of_figure_are_refused(study, tmp_path):
    with pytest.raises(InputError, match=r"figure\.pdf"):
        rendered(study, figures=[("x", "X.", tmp_path / "figure.pdf")])


def test_a_report_that_is_too_large_is_refused_and_leaves_nothing(study, tmp_path):
    svg = tmp_path / "huge.svg"
    svg.write_text('<svg width="10pt">' + "x" * 12_000_000)
    with pytest.raises(InputError, match=r"15 MB.*huge\.svg"):
        report.write(
            report.StudyReport(**{**study, "figures": [("x", "X.", svg)]}), tmp_path / "report.html"
        )
    assert not (tmp_path / "report.html").exists()


def test_tables_give_way_where_the_page_would_be_too_large(study, monkeypatch):
    whole = rendered(study)
    monkeypatch.setattr(report, "MOST_BYTES", len(whole.encode()) - 1)
    assert "The first 100 rows are shown." in Page(rendered(study)).text


def test_methods_end_with_the_software_and_all_that_is_cited_can_be_downloaded(study):
    versions = {"python": "3.11", "torch": "2.9", "rsatoolbox": "0.3.2", "mne": "1.10"}
    page = rendered(study, provenance={"versions": versions})
    assert "PyTorch 2.9 (Paszke et al. 2019), rsatoolbox 0.3.2 (van den Bosch" in Page(page).text
    uri = re.search(r'download="demo.bib" href="([^"]*)"', page)[1]
    bibtex = base64.b64decode(uri.split(",", 1)[1]).decode()
    assert bibtex.startswith("@software{ventralmap,\n")
    labels = {r.label for r in references.read(bibtex.partition("\n\n")[2])}
    assert {"Yamins et al. 2014", "Paszke et al. 2019", "Gramfort et al. 2013"} <= labels
    assert "Hunter 2007" not in labels


def test_what_differs_from_run_to_run_is_in_one_place(study):
    jobs = [usage.Job("encode/a/b", s, 10**8, 1, f"2026-01-0{s}T00:00:00Z", {}) for s in (1, 2)]
    one, two = (rendered(study, run=last_run.told([job])) for job in jobs)
    assert one != two
    assert last_run.without(one) == last_run.without(two)
    assert "encode/a/b" not in last_run.without(one)
    assert "encode/a/b" in Page(one).text


def test_the_file_is_the_page_and_the_same_every_time(study, tmp_path):
    path = report.write(report.StudyReport(**study), tmp_path / "out" / "report.html")
    assert path.read_text(encoding="utf-8") == rendered(study)
    assert path.stat().st_size < 15_000_000


@pytest.mark.parametrize(
    ("value", "text"), [(0.5449, ".545"), (-0.1, "−.100"), (1.0, "1.000"), (-0.0001, ".000")]
)
def test_shares_have_no_leading_zero(value, text):
    assert wording.share(value) == text


def test_words():
    assert wording.listing(["a", "b", "c"]) == "a, b and c"
    assert wording.listing([]) == ""
    assert wording.p_value(0.0004) == "p < .001"
    assert wording.p_value(np.nan) == "p n/a"
    assert wording.counted(1, "subject") == "1 subject"
    assert wording.interval(np.nan, 1) == ""
    assert wording.span([48, 50]) == "48–50"
    assert wording.span([1200]) == "1,200"
