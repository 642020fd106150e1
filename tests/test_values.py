"""Arrays come through the wall unchanged, and nothing else comes through at all."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grader.values import DTYPES, MAX_HEADER, PREFIX, Frame, MalformedFrame, cases, decode, digest, encode, read_frame

LIMIT = 1 << 20


def raw(header: object, blob: bytes = b"", *, magic: bytes = b"GBD1") -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return PREFIX.pack(magic, len(text), len(blob)) + text + blob


def header(**changed: object) -> dict[str, object]:
    return {"id": 1, "tag": "ok", "call": {}, "text": {}, "arrays": []} | changed


names = st.text(st.characters(codec="utf-8", categories=["L", "N", "P"]), min_size=1, max_size=20)
arrays = st.sampled_from(sorted(DTYPES)).flatmap(
    lambda name: hnp.arrays(name, hnp.array_shapes(min_dims=0, min_side=0))
)


@given(st.dictionaries(names, arrays, max_size=5), st.integers(-9, 9))
@settings(max_examples=200, deadline=None)
def test_arrays_come_back_as_they_were(values, number):
    frame = decode(encode(Frame(number, "ok", values)), max_blob=LIMIT)
    assert frame.id == number
    assert frame.values.keys() == values.keys()
    for name, array in values.items():
        assert frame.values[name].dtype == array.dtype
        assert frame.values[name].shape == array.shape
        assert frame.values[name].tobytes() == array.tobytes()


def test_a_short_string_comes_back_as_a_string():
    frame = decode(encode(Frame(1, "ok", {"note": np.array("σ² — ok")})), max_blob=LIMIT)
    assert str(frame.values["note"]) == "σ² — ok"


def test_decoded_arrays_can_not_be_written_to():
    frame = decode(encode(Frame(1, "ok", {"a": np.zeros(3)})), max_blob=LIMIT)
    with pytest.raises(ValueError, match="read-only"):
        frame.values["a"][0] = 1.0


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(np.array([{}], dtype=object), id="object"),
        pytest.param(np.array(["a", "b"]), id="array-of-strings"),
        pytest.param(np.array("2020-01-01", dtype="datetime64[D]"), id="datetime"),
        pytest.param(np.zeros(2, dtype=[("a", "i4")]), id="structured"),
    ],
)
def test_only_plain_arrays_and_single_strings_may_cross(value):
    with pytest.raises(MalformedFrame, match="may not cross the wall"):
        encode(Frame(1, "ok", {"x": value}))


def test_booleans_that_are_neither_0_nor_1_become_true():
    frame = decode(raw(header(arrays=[["b", "bool", [3]]]), b"\x00\x07\xff"), max_blob=LIMIT)
    assert frame.values["b"].tolist() == [False, True, True]
    assert frame.values["b"].view(np.uint8).tolist() == [0, 1, 1]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        pytest.param(b"", "ends in the middle", id="nothing"),
        pytest.param(raw(header(), magic=b"PK\x03\x04"), "magic bytes", id="magic"),
        pytest.param(raw(b"{"), "not JSON", id="broken-json"),
        pytest.param(raw(b'{"id":NaN}'), "not JSON", id="nan"),
        pytest.param(raw(b"[" * 100_000), "not JSON", id="deep-json"),
        pytest.param(raw(b"\xff\xfe"), "not JSON", id="bad-utf8"),
        pytest.param(
            raw(b'{"id":1,"id":2,"tag":"ok","call":{},"text":{},"arrays":[]}'), "not JSON", id="duplicate-key"
        ),
        pytest.param(raw([1]), "five keys", id="list"),
        pytest.param(raw(header(more=1)), "five keys", id="extra-key"),
        pytest.param(raw(header(id=True)), "wrong type", id="id-bool"),
        pytest.param(raw(header(id=1 << 80)), "wrong type", id="id-huge"),
        pytest.param(raw(header(id=1.5)), "wrong type", id="id-float"),
        pytest.param(raw(header(tag="")), "wrong type", id="empty-tag"),
        pytest.param(raw(header(text={"a": 1})), "not a short string", id="text-number"),
        pytest.param(raw(header(text={"a": "x" * 70_000})), "not a short string", id="text-long"),
        pytest.param(raw(header(text={"a\x1b[0m": "x"})), "not a short string", id="name-with-escape"),
        pytest.param(raw(header(arrays=[["a", "object", [1]]]), b"\0" * 8), "bad name or dtype", id="object"),
        pytest.param(raw(header(arrays=[["a", "float64", [-1]]])), "not a number of entries", id="negative"),
        pytest.param(raw(header(arrays=[["a", "float64", [1 << 62]]])), "not a number of entries", id="overflow"),
        pytest.param(
            raw(header(arrays=[["a", "float64", [1 << 39, 1 << 39]]])), "beyond all bounds", id="product-overflow"
        ),
        pytest.param(
            raw(header(arrays=[["a", "int8", [0, 1 << 39, 1 << 39]]])), "beyond all bounds", id="empty-and-endless"
        ),
        pytest.param(raw(header(arrays=[["a", "float64", [True]]])), "not a number of entries", id="size-bool"),
        pytest.param(raw(header(arrays=[["a", "float64", [1] * 17]]), b"\0" * 8), "short list", id="many-dimensions"),
        pytest.param(raw(header(arrays=[["a", "float64", [2]]]), b"\0" * 8), "longer than", id="too-short"),
        pytest.param(raw(header(arrays=[["a", "float64", [1]]]), b"\0" * 9), "do not fill", id="too-long"),
        pytest.param(raw(header(arrays=[["a", "int8", [1]], ["a", "int8", [1]]]), b"12"), "occurs twice", id="twice"),
        pytest.param(raw(header(arrays=[["a", "int8", [0]]] * 9000)), "too many", id="too-many"),
        pytest.param(raw(header()) + b"x", "left over", id="trailing"),
    ],
)
def test_what_is_no_frame_is_refused_with_the_reason(data, why):
    with pytest.raises(MalformedFrame, match=why):
        decode(data, max_blob=LIMIT)


@pytest.mark.parametrize(
    ("lengths", "why"),
    [
        pytest.param((MAX_HEADER + 1, 0), "header of", id="header"),
        pytest.param((2, LIMIT + 1), "bytes of arrays announced", id="blob"),
        pytest.param((4_294_967_295, (1 << 64) - 1), "header of", id="both"),
    ],
)
def test_no_announced_length_is_read_before_it_is_checked(lengths, why):
    asked = []

    def read(n: int) -> bytes:
        asked.append(n)
        return PREFIX.pack(b"GBD1", *lengths)

    with pytest.raises(MalformedFrame, match=why):
        read_frame(read, max_blob=LIMIT)
    assert asked == [PREFIX.size]


@given(st.binary(max_size=300))
@settings(max_examples=400, deadline=None)
def test_random_bytes_never_do_more_than_raise(data):
    with pytest.raises(MalformedFrame):
        decode(data, max_blob=LIMIT)


@given(st.data())
@settings(max_examples=400, deadline=None)
def test_a_damaged_frame_is_a_frame_or_refused(data):
    whole = encode(Frame(7, "ok", {"a": np.arange(6.0).reshape(2, 3), "note": np.array("text")}))
    position = data.draw(st.integers(0, len(whole) - 1))
    damaged = whole[:position] + data.draw(st.binary(max_size=4)) + whole[position + data.draw(st.integers(0, 4)) :]
    try:
        frame = decode(damaged, max_blob=LIMIT)
    except MalformedFrame:
        return
    assert all(array.dtype.name in DTYPES or array.dtype.kind == "U" for array in frame.values.values())


def test_a_digest_tells_where_one_part_ends():
    assert digest("ab", "c") != digest("a", "bc")
    assert digest({"a": np.zeros(2)}) != digest({"a": np.zeros((2, 1))})
    assert digest({"a": np.zeros(2), "b": np.ones(1)}) == digest({"b": np.ones(1), "a": np.zeros(2)})


def test_cases_keep_their_order():
    found = cases({"1/a": np.zeros(1), "0/a": np.zeros(2), "1/b": np.zeros(3)})
    assert list(found) == ["1", "0"]
    assert list(found["1"]) == ["a", "b"]
