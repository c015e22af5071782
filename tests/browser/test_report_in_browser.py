"""The report in a real browser: nothing is loaded, all is seen, and it answers mouse and keys."""

import itertools
import re

import pytest
from conftest import HOSTILE, column, download

LAYERS = 20  # of the network in the synthetic tables


def see_all(page):
    """Scroll through the charts, so that all are drawn."""
    for chart in page.locator(".chart").all():
        chart.scroll_into_view_if_needed()
        chart.locator(".plot .main-svg").first.wait_for()
    return page


@pytest.fixture(scope="module")
def seen(browser, page_file):
    """Open the report once for the tests that only look."""
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto(page_file.as_uri())
    yield see_all(page)
    page.close()


@pytest.mark.parametrize("width", [1280, 400])
def test_nothing_is_loaded_no_error_is_said_and_the_page_does_not_scroll_sideways(opened, width):
    found = opened(width)
    page = see_all(found.page)
    assert [url for url in found.asked if not url.startswith(("file:", "data:", "blob:"))] == []
    assert sum(url.startswith("file:") for url in found.asked) == 1
    assert found.said == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for image in page.locator("figure img").all():
        image.scroll_into_view_if_needed()
        box = image.bounding_box()
        assert image.evaluate("image => image.complete && image.naturalWidth > 0")
        assert box["width"] > 250
        assert box["height"] > 100
    for plot in page.locator(".panel:visible .plot").all():
        box = plot.bounding_box()
        assert box["width"] > 250
        assert box["x"] + box["width"] <= width


def test_the_policy_lets_only_the_scripts_of_the_page_run(opened):
    found = opened()
    found.page.evaluate(
        "() => { const s = document.createElement('script'); s.textContent = 'window.taken = 1';"
        " document.body.append(s); }"
    )
    assert found.page.evaluate("window.taken") is None
    assert any("Content Security Policy" in text for text in found.said)


def test_tags_in_names_are_text(seen):
    assert HOSTILE in seen.locator("h1").text_content()
    assert "taken" not in seen.title().replace(HOSTILE, "")
    assert seen.locator("img[src*='example.org']").count() == 0
    assert HOSTILE in column(seen, "mixed", 0)
    ticks = seen.locator("#chart-layer-time .ytick text").all_text_contents()
    assert "features.0<b>x</b>" in ticks


def test_the_first_screen_has_the_answer_and_the_begin_of_its_figure(seen):
    seen.evaluate("scrollTo(0, 0)")
    boxes = [item.bounding_box() for item in seen.locator("#answer > .findings li").all()]
    assert len(boxes) == 5
    assert all(box["y"] + box["height"] < 600 for box in boxes)
    assert seen.locator("#answer figure img").bounding_box()["y"] < 700


def sort_by(page, table, name, times=1):
    details = page.locator(f"#table-{table}")
    details.evaluate("details => details.open = true")
    button = details.get_by_role("button", name=name, exact=True)
    for _ in range(times):
        button.click()
    return button.locator("..").get_attribute("aria-sort")


def test_numbers_sort_as_numbers_and_missing_values_stay_last(seen):
    assert sort_by(seen, "mixed", "value") == "ascending"
    assert column(seen, "mixed", 1) == ["−1.500", "9", "10", "n/a"]
    assert seen.locator("#announced").text_content() == (
        "Sorted by value, ascending, missing values last."
    )
    assert sort_by(seen, "mixed", "value") == "descending"
    assert column(seen, "mixed", 1) == ["10", "9", "−1.500", "n/a"]
    sort_by(seen, "mixed", "p")
    assert column(seen, "mixed", 2) == ["< 0.001", "< 0.001", "0.040", "n/a"]
    assert column(seen, "mixed", 0)[:2] == ["a10", "a9"]
    assert seen.locator("#table-mixed th[aria-sort]").count() == 1


def test_texts_sort_by_the_numbers_in_them(seen):
    sort_by(seen, "mixed", "name")
    assert [name for name in column(seen, "mixed", 0) if name.startswith("a")] == ["a9", "a10"]


def test_a_table_can_be_downloaded_whole(seen):
    link = seen.locator("#table-timecourse a[download]")
    assert link.get_attribute("download") == "timecourse.csv"
    table = download(link.get_attribute("href"))
    assert len(table) > seen.locator("#table-timecourse tbody tr").count() == 500
    assert {"similarity", "p", "time_ms"} <= set(table)


FIRST_CELL = "features.0, V1"
SAID = """() => {
    const box = document.querySelector("#chart-layer-area");
    const labels = [...box.querySelectorAll(".hoverlayer .hovertext")];
    return [labels.map(label => label.textContent).join(""),
            labels.map(label => label.innerHTML).join(""),
            box.querySelector("output").textContent];
}"""
"""What labels at the mouse say, their markup, and what is read out, at one moment."""


def point_at_the_first_cell(page, plot):
    """Move the mouse to the lowest row, the first layer, in the first of three columns, V1."""
    area = plot.locator(".nsewdrag").first.bounding_box()
    x, y = area["x"] + area["width"] / 6, area["y"] + area["height"] * (1 - 0.5 / LAYERS)
    page.mouse.move(x + 3, y)
    page.mouse.move(x, y)


def test_pointing_at_a_cell_shows_value_interval_n_layer_and_depth(seen):
    plot = seen.locator("#chart-layer-area .plot").first
    plot.scroll_into_view_if_needed()
    for _ in range(50):  # until the map has found its place
        point_at_the_first_cell(seen, plot)
        texts, markup, reading = seen.evaluate(SAID)
        if texts.startswith(FIRST_CELL) and reading.startswith(FIRST_CELL):
            break
        seen.wait_for_timeout(100)
    assert re.search(r"median r = \.\d{3}, 95 % CI \[\.\d{3}, \.\d{3}\]", texts)
    assert "n = 48 neuroids, 320 images" in texts
    assert "layer 1 of 20, depth 0.00" in texts
    assert "<img" not in markup
    assert reading.startswith(f"{FIRST_CELL} ({HOSTILE}")


def test_cells_are_reached_with_the_keyboard(seen):
    page, box = seen, seen.locator("#chart-layer-area")
    select = box.locator(".panel select").first
    select.focus()
    page.keyboard.press("Tab")
    assert box.locator(".plot").first.evaluate("plot => plot === document.activeElement")
    assert box.locator(".plot").first.evaluate("p => getComputedStyle(p).outlineStyle") == "solid"
    reading = box.locator("output")
    for key, begin in [
        ("ArrowUp", "features.0, V1"),
        ("ArrowUp", "features.1, V1"),
        ("ArrowRight", "features.1, V4"),
        ("ArrowDown", "features.0, V4"),
        ("ArrowDown", "features.0, V4"),
    ]:
        page.keyboard.press(key)
        assert reading.text_content().startswith(begin)
        box.locator(".hovertext", has_text=begin).wait_for()


def test_measures_and_models_are_chosen_from_lists(seen):
    box = seen.locator("#chart-layer-area")
    first = box.locator(".choices select")
    measures = first.locator("option").all_text_contents()
    assert [m.partition(" (")[0] for m in measures] == [
        "Encoding: r", "Encoding: r_ceiled", "Encoding: ev_ceiled", "RSA", "CKA",
    ]  # fmt: skip
    models = box.locator(".panel select")
    assert models.nth(0).input_value() == "mobilenet_v2"
    assert models.nth(1).input_value() == "mobilenet_v2+untrained"
    first.select_option(measures[3])
    ticks = box.locator(".plot").first.locator(".xtick text")
    ticks.filter(has_text="EVC").wait_for()
    assert ticks.all_text_contents() == ["EVC", "IT"]
    models.nth(1).select_option("pixels")
    box.locator(".plot").nth(1).locator(".ytick text").filter(has_text="pixels").wait_for()


def test_a_curve_over_time_is_read_point_by_point(seen):
    plot = seen.locator("#chart-layer-curve .plot")
    plot.focus()
    seen.keyboard.press("ArrowRight")
    seen.keyboard.press("ArrowRight")
    reading = seen.locator("#chart-layer-curve output").text_content()
    assert reading.startswith("mobilenet_v2, −60 ms; mean Spearman ρ = ")
    assert "n = 12 subjects, 320 images" in reading
    seen.keyboard.press("ArrowDown")
    reading = seen.locator("#chart-layer-curve output").text_content()
    assert reading.startswith("mobilenet_v2+untrained, −60 ms")


def test_print_paginates_with_figures_and_open_tables_and_without_charts(opened):
    page = opened().page
    page.emulate_media(media="print")
    assert page.locator("#explore").is_hidden()
    assert page.locator("figure img:visible").count() == 3
    assert page.locator("#table-correspondence tbody tr").first.is_visible()
    assert page.locator("#table-encoding").is_hidden()
    for figure in page.locator("figure").all():
        assert figure.evaluate("figure => getComputedStyle(figure).breakInside") == "avoid"
    for box in page.locator(".scroll:visible").all():  # nothing is cut off
        assert box.evaluate("box => getComputedStyle(box).overflow") == "visible"
    pdf = page.pdf(prefer_css_page_size=True)
    assert 3 < len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf)) < 60


def test_without_a_script_figures_tables_and_a_hint_are_there(opened):
    page = opened(java_script_enabled=False).page
    assert page.locator("figure img").count() == 3
    assert "The same is in Figure 1" in page.locator(".still").inner_text()
    assert page.locator(".chart:visible").count() == 0
    assert page.locator("#table-correspondence tbody tr").first.is_visible()


CONTRAST = """() => {
  const parse = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255)
    .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const colour = parse(getComputedStyle(e).backgroundColor);
      if (colour.length < 4 || colour[3] > 0) { return colour; }
    }
    return [255, 255, 255];
  };
  const found = [];
  const texts = "h1,h2,h3,p,li,a,td,th,button,label,summary,dt,dd,figcaption,pre,output,span";
  for (const e of document.querySelectorAll(texts)) {
    if (!e.textContent.trim() || !e.getClientRects().length) { continue; }
    const [a, b] = [parse(getComputedStyle(e).color), behind(e)].map(light).sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) { found.push(`${e.tagName} ${e.className} ${ratio.toFixed(2)}`); }
  }
  return [...new Set(found)];
}"""


def test_text_stands_out_from_its_background(seen):
    assert seen.evaluate(CONTRAST) == []


def test_headings_landmarks_and_names_are_in_order(seen):
    levels = seen.evaluate("[...document.querySelectorAll('h1,h2,h3,h4')].map(h => +h.tagName[1])")
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    for role in ("banner", "main", "navigation", "contentinfo"):
        assert seen.get_by_role(role).count() == 1, role
    nameless = "document.querySelectorAll('img:not([alt]), img[alt=\"\"]').length"
    assert seen.evaluate(nameless) == 0
    ids = seen.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
    assert len(ids) == len(set(ids))
    targets = seen.evaluate(
        "[...document.querySelectorAll('a[href^=\"#\"]')].map(a => a.hash.slice(1))"
    )
    assert set(targets) <= set(ids)
    scrolling = (
        "[...document.querySelectorAll('.scroll')].every(e => e.tabIndex === 0 && e.ariaLabel)"
    )
    assert seen.evaluate(scrolling)
    assert seen.evaluate("[...document.querySelectorAll('select')].every(s => s.labels.length)")


def test_the_first_key_skips_to_the_answer(opened):
    page = opened().page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the answer"
    assert page.locator(".skip").bounding_box()["x"] >= 0
    page.keyboard.press("Enter")
    assert page.url.endswith("#answer")
