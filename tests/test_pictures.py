"""Images and bands as evidence: bounded, kept, in words, and as pictures that any page shows."""

import base64
import json
import math
import struct
import zlib
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from test_report import EVIL, Page, a_rubric, contrast, evidence_of

from grader import pictures
from grader.gradescope.results import dump_results, results_json
from grader.model import Evidence, Pictures, Plot
from grader.report import charts, student_page, words
from grader.store import Store, StoreError

RNG = np.random.default_rng(0)
DIGITS = RNG.integers(0, 256, (20, 8, 8), np.uint8)
SHOWN = Pictures("Samples", {"yours": DIGITS, "real": DIGITS[:16]})
X, LOW, HIGH = (0.0, 1.0, 2.0), (3.0, 2.0, 1.0), (4.0, 3.0, 2.5)
BANDED = Plot("loss", "line", {"yours": ((0.0, 1.0, 2.0), (3.5, 3.0, math.nan))}, "step", "nats", (X, LOW, HIGH))


def many(count: int, height: int = 2, width: int = 2) -> np.ndarray:
    return np.zeros((count, height, width), np.uint8)


def kept_as(tmp_path: Path, *evidence: Evidence) -> tuple[Evidence, ...]:
    with Store(tmp_path) as store:
        store.write_grade(evidence_of(*evidence), "work")
        (grade, _), *_ = store.grades().values()
    return grade.outcomes["1a"].evidence


def decoded(png: bytes) -> np.ndarray:
    """The pixels of a PNG of one block of unfiltered lines; every length and checksum is looked at."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    chunks, at = {}, 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        kind, data = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        assert struct.unpack(">I", png[at + 8 + length : at + 12 + length]) == (zlib.crc32(kind + data),)
        chunks[kind], at = data, at + 12 + length
    assert list(chunks) == [b"IHDR", b"IDAT", b"IEND"]
    width, height, depth, colour, *rest = struct.unpack(">IIBBBBB", chunks[b"IHDR"])
    assert (depth, rest) == (8, [0, 0, 0])
    lines = np.frombuffer(zlib.decompress(chunks[b"IDAT"]), np.uint8).reshape(height, -1)
    assert not lines[:, 0].any()
    return lines[:, 1:].reshape((height, width, 2) if colour == 4 else (height, width))


# ---- bounds


@pytest.mark.parametrize(
    ("images", "caption", "shape"),
    [
        pytest.param(many(64, 64, 64), "yours", (64, 64, 64), id="as-large-as-may-be"),
        pytest.param(many(65), "yours (the first 64 of 65 images)", (64, 2, 2), id="many"),
        pytest.param(many(1, 65, 80), "yours (the top left 64×64 of 65×80 pixels)", (1, 64, 64), id="large"),
        pytest.param(
            many(99, 9, 65),
            "yours (the first 64 of 99 images, the top left 9×64 of 9×65 pixels)",
            (64, 9, 64),
            id="many-and-wide",
        ),
        pytest.param(np.zeros((4, 8, 8)), "yours", (0, 0, 0), id="floats"),
        pytest.param(many(4)[0], "yours", (0, 0, 0), id="one-image-alone"),
        pytest.param(many(0), "yours", (0, 0, 0), id="none"),
        pytest.param(many(3, 0, 5), "yours", (0, 0, 0), id="no-height"),
    ],
)
def test_rows_are_cut_and_say_so(images, caption, shape):
    cut = pictures.bounded(Pictures("Samples", {"yours": images}))
    assert {name: row.shape for name, row in cut.rows.items()} == {caption: shape}
    assert cut.label == "Samples"
    again = pictures.bounded(cut)
    assert list(again.rows) == [caption], "what is cut once is not cut, nor said, again"


def test_many_rows_are_cut_and_say_so():
    cut = pictures.bounded(Pictures("Samples", {str(k): DIGITS for k in range(20)}))
    assert (cut.label, len(cut.rows)) == ("Samples (the first 16 of 20 rows)", 16)


# ---- kept


def test_pictures_come_back_from_the_store(tmp_path):
    (found,) = kept_as(tmp_path, SHOWN)
    assert isinstance(found, Pictures)
    assert (found.label, list(found.rows)) == ("Samples", ["yours", "real"])
    for name, images in SHOWN.rows.items():
        np.testing.assert_array_equal(found.rows[name], images)


def test_a_slice_of_an_array_is_kept_as_it_looks(tmp_path):
    (found,) = kept_as(tmp_path, Pictures("", {"flipped": DIGITS[::-2, :, ::-1]}))
    np.testing.assert_array_equal(found.rows["flipped"], DIGITS[::-2, :, ::-1])


def test_the_store_keeps_no_more_than_is_shown(tmp_path):
    kept_as(tmp_path, Pictures("", {"all": many(60_000, 28, 28)}))
    assert (tmp_path / "ada" / "grade.json").stat().st_size < 80_000


def test_a_band_and_a_loss_that_diverged_come_back(tmp_path):
    plain = Plot("plain", "line", {"a": ((0.0,), (1.0,))})
    banded, found = kept_as(tmp_path, BANDED, plain)
    assert found == plain
    assert (banded.band, banded.series["yours"][0]) == (BANDED.band, BANDED.series["yours"][0])
    np.testing.assert_array_equal(banded.series["yours"][1], [3.5, 3.0, math.nan])


@pytest.mark.parametrize(
    "row",
    [
        pytest.param({"caption": "a", "shape": [2, 2, 2], "bytes": "AAAA"}, id="too-few-bytes"),
        pytest.param({"caption": "a", "shape": [1, 1, 3], "bytes": "A*AA"}, id="no-base64"),
        pytest.param({"caption": "a", "shape": ["x"], "bytes": "AAAA"}, id="no-shape"),
        pytest.param({"caption": "a", "bytes": "AAAA"}, id="lacks-shape"),
        pytest.param("AAAA", id="no-object"),
    ],
)
def test_pictures_that_can_not_be_read_are_told(tmp_path, row):
    kept_as(tmp_path, SHOWN)
    path = tmp_path / "ada" / "grade.json"
    told = json.loads(path.read_text())
    told["outcomes"]["1a"]["evidence"][0]["rows"][0] = row
    path.write_text(json.dumps(told))
    with pytest.raises(StoreError, match=r"grade.json can't be read \(\w+\); remove it and run grade again"):
        Store(tmp_path).grades()


# ---- as a picture


def test_a_sheet_holds_every_image_and_its_gaps_are_clear():
    sheet = pictures.sheet(DIGITS)
    assert sheet.shape == (2 * 9 - 1, 16 * 9 - 1, 2)
    for k, image in enumerate(DIGITS):
        top, left = 9 * (k // 16), 9 * (k % 16)
        np.testing.assert_array_equal(sheet[top : top + 8, left : left + 8, 0], image)
    assert (sheet[..., 1] == 255).sum() == DIGITS.size
    assert not sheet[8, :, 1].any()
    assert not sheet[9:, 9 * 4 :, 1].any()


@pytest.mark.parametrize(
    "pixels", [pytest.param(DIGITS[0], id="grey"), pytest.param(pictures.sheet(DIGITS), id="with-opacity")]
)
def test_a_png_holds_its_pixels(pixels):
    np.testing.assert_array_equal(decoded(pictures.png(pixels)), pixels)


def test_large_images_stand_eight_in_a_line_and_fill_the_width():
    assert pictures.per_line(many(64, 64, 64)) == 8
    assert pictures.sheet(many(64, 64, 64)).shape == (519, 519, 2)
    assert pictures.factor(Pictures("", {"a": many(64, 64, 64)})) == 1
    assert pictures.factor(Pictures("", {"a": many(16, 8, 8), "b": many(3, 8, 8)})) == 4
    assert pictures.factor(Pictures("", {"a": many(1, 8, 8)})) == pictures.LARGEST_FACTOR
    assert pictures.factor(Pictures("", {"a": many(0)})) == 1


def test_a_page_shows_each_row_as_one_picture_with_words():
    page = Page(student_page(a_rubric(2.0), evidence_of(SHOWN)))
    yours, real = page.all("img")
    mean = DIGITS.mean() / 255
    assert yours["alt"] == f"yours: 20 images of 8×8 pixels, mean brightness {mean:.2f} of 1"
    assert real["alt"].startswith("real: 16 images of 8×8 pixels")
    assert (yours["width"], yours["height"], real["height"]) == ("572", "68", "32")
    kind, _, data = yours["src"].partition(",")
    assert kind == "data:image/png;base64"
    np.testing.assert_array_equal(decoded(base64.b64decode(data)), pictures.sheet(DIGITS))
    assert "Samples yours real" in page.text()


def test_what_is_cut_is_said_on_the_page():
    text = Page(student_page(a_rubric(2.0), evidence_of(Pictures("Samples", {"yours": many(100)})))).text()
    assert "yours (the first 64 of 100 images)" in text


def test_a_row_of_no_images_is_words_alone():
    page = Page(student_page(a_rubric(2.0), evidence_of(Pictures("Samples", {"yours": np.zeros((4, 8, 8))}))))
    assert page.all("img") == []
    assert "Samples yours no images" in page.text()


def test_pixels_are_not_smoothed_and_plots_still_fill_the_column():
    css = (Path(words.__file__).parent / "templates" / "style.css").read_text(encoding="utf-8")
    assert ".sheet { display: block; max-width: 100%; height: auto; image-rendering: pixelated;" in css
    assert ".evidence picture img { display: block; width: 100%;" in css


def test_captions_are_escaped():
    html = student_page(a_rubric(2.0), evidence_of(Pictures(EVIL, {EVIL: DIGITS})))
    assert {name for name, _ in Page(html).tags} & {"script"} == set()
    assert len(Page(html).all("img")) == 1


# ---- in words


@pytest.mark.parametrize(
    ("images", "said"),
    [
        pytest.param(many(1, 8, 9), "1 image of 8×9 pixels, mean brightness 0.00 of 1", id="one"),
        pytest.param(many(5), "5 images of 2×2 pixels, all the same, mean brightness 0.00 of 1", id="collapsed"),
        pytest.param(
            np.repeat(many(3) + np.arange(3, dtype=np.uint8)[:, None, None], 2, axis=0),
            "6 images of 2×2 pixels, 3 of them different, mean brightness 0.00 of 1",
            id="repeated",
        ),
        pytest.param(many(0), "no images", id="none"),
    ],
)
def test_a_row_is_told_in_words(images, said):
    assert words.evidence_text(Pictures("Samples", {"yours": images})) == f"Samples:\n  yours: {said}"


def test_pictures_without_rows_say_so():
    assert words.evidence_text(Pictures("Samples", {})) == "Samples:\n  no images"


def test_results_json_has_pictures_in_it():
    text = dump_results(results_json(a_rubric(2.0), evidence_of(SHOWN, BANDED)))
    assert "20 images of 8" in text


# ---- the band


def test_a_band_is_an_area_beneath_the_lines_for_light_and_dark():
    picture = charts.draw(BANDED)
    for address, area in ((picture.light, charts.AREA), (picture.dark, charts.DARK[charts.AREA])):
        svg = base64.b64decode(address.partition(",")[2]).decode()
        ids = [node.get("id", "") for node in ElementTree.fromstring(svg).iter()]
        first_line = next(k for k, name in enumerate(ids) if name.startswith("line2d"))
        assert next(k for k, name in enumerate(ids) if name.startswith("FillBetween")) < first_line
        assert f"fill: {area}" in svg
        assert words.BAND in svg


def test_a_plot_without_a_band_has_no_area():
    svg = base64.b64decode(charts.draw(Plot("l", "line", {"a": ((0.0, 1.0), (0.0, 1.0))})).light.partition(",")[2])
    assert charts.AREA.encode() not in svg


def test_lines_are_seen_on_the_band():
    for colour in (charts.SERIES, (charts.INK,)):
        for each in colour:
            assert contrast(each, charts.AREA) >= 3.0
            assert contrast(charts.DARK[each], charts.DARK[charts.AREA]) >= 3.0


def test_a_band_is_told_in_words():
    assert words.plot_text(BANDED) == (
        "loss: line plot, x is step and y is nats. yours: 2 points, x from 0 to 1, y between 3 and 3.5, 1 not finite; "
        "right runs lie between 3 and 4 at x = 0, between 1 and 2.5 at x = 2."
    )


@pytest.mark.parametrize(
    "band",
    [
        pytest.param(((), (), ()), id="empty"),
        pytest.param(((0.0,), (math.nan,), (1.0,)), id="not-finite"),
        pytest.param((tuple(map(float, range(5000))),) * 3, id="long"),
    ],
)
def test_any_band_can_be_drawn(band: Any):
    plot = Plot("l", "line", {"a": ((0.0, 1.0), (0.0, 1.0))}, band=band)
    assert len(charts.draw(plot).light) < 60_000
    assert words.plot_text(plot).startswith("l: line plot")
