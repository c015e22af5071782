"""The page that compares studies, in a real browser: it shows, sorts, and asks for nothing."""

import pytest
import study_tables as st

from ventralmap.comparison import page, study


def write(folder, height):
    encoding, rsa = st.encoding(height=height), st.rsa()
    (folder / "tables").mkdir(parents=True)
    made = {"encoding": encoding, "rsa": rsa, "correspondence": st.correspondence(encoding, rsa)}
    for name, table in made.items():
        table.to_csv(folder / "tables" / f"{name}.csv", index=False)
    return folder


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    folder = tmp_path_factory.mktemp("comparison")
    studies = study.read([write(folder / "a", 0.55), write(folder / "b", 0.60)])
    return page.write(page.compare(studies), folder / "comparison.html")[0]


@pytest.fixture(params=[1280, 400])
def shown(request, browser, file):
    """The page at a width, with what it said and asked for."""
    opened = browser.new_page(viewport={"width": request.param, "height": 800})
    opened.said, opened.asked = [], []
    opened.on("console", lambda message: opened.said.append(message.text))
    opened.on("pageerror", lambda error: opened.said.append(str(error)))
    opened.on("request", lambda asked: opened.asked.append(asked.url))
    opened.goto(file.as_uri())
    yield opened
    opened.close()


def test_it_loads_alone_and_fits_the_window(shown, file):
    assert shown.said == []
    assert [url for url in shown.asked if not url.startswith("data:")] == [file.as_uri()]
    width = shown.evaluate("document.documentElement.scrollWidth")
    assert width <= shown.viewport_size["width"]


def test_figures_are_drawn(shown):
    sizes = shown.evaluate(
        "Array.from(document.images).map(i => [i.naturalWidth, i.getBoundingClientRect().width])"
    )
    assert len(sizes) == 2  # encoding and RSA
    assert all(natural > 100 and wide > 100 for natural, wide in sizes)


def test_a_table_sorts_by_numbers(shown):
    heads = shown.locator("#table-leaderboard_encoding thead th")
    place = [text.strip() for text in heads.all_inner_texts()].index("score")
    heads.nth(place).locator("button").click()
    column = f"#table-leaderboard_encoding tbody tr > :nth-child({place + 1})"
    values = [float(text.replace("−", "-")) for text in shown.locator(column).all_inner_texts()]
    assert values == sorted(values)
    assert len(set(values)) > 5
    assert heads.nth(place).get_attribute("aria-sort") == "ascending"
