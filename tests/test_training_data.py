"""The data to train on: what comes with the program, what is read from files, and what is said of a wrong file."""

import gzip
import hashlib
import struct
import tomllib
from pathlib import Path

import numpy as np
import pytest
import torch

from grader.model import UsageError
from grader.training import data
from grader.training.data import Dataset, binarized, load

ROOT = Path(__file__).parents[1]
RNG = np.random.default_rng(0)
GREY = RNG.integers(0, 256, (30, 28, 28), np.uint8)
BLACK = RNG.integers(0, 2, (30, 28, 28), np.uint8)
CLASSES = np.arange(30, dtype=np.uint8) % 10


def idx(array: np.ndarray, *, magic: bytes | None = None, count: int | None = None) -> bytes:
    sizes = (count if count is not None else len(array), *array.shape[1:])
    return (magic or bytes([0, 0, 8, array.ndim])) + struct.pack(f">{len(sizes)}I", *sizes) + array.tobytes()


def write_mnist(folder: Path, **more: bytes) -> Path:
    files = {
        "train-images-idx3-ubyte": idx(GREY),
        "train-labels-idx1-ubyte": idx(CLASSES),
        "t10k-images-idx3-ubyte": idx(GREY[:12]),
        "t10k-labels-idx1-ubyte": idx(CLASSES[:12]),
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in (files | more).items():
        (folder / name).write_bytes(content)
    return folder


def write_binarized(folder: Path, *, scale: int = 1) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for part, count in (("train", 30), ("valid", 10), ("test", 12)):
        (folder / f"{part}-images-idx3-ubyte.gz").write_bytes(gzip.compress(idx(BLACK[:count] * np.uint8(scale))))
    return folder


def complaint(name: str, folder: Path | None) -> str:
    with pytest.raises(UsageError) as raised:
        load(name, folder)
    return str(raised.value)


def test_the_digits_are_those_of_the_uci_repository():
    digits = load("digits", None)
    assert (digits.train.shape, digits.held_out.shape, digits.shape) == ((1500, 8, 8), (297, 8, 8), (8, 8))
    assert (digits.train.dtype, digits.levels, digits.binary) == (np.float32, 17, False)
    whole = np.concatenate([digits.train, digits.held_out]) * 16
    np.testing.assert_array_equal(whole, np.rint(whole))
    assert (whole.min(), whole.max(), whole.sum()) == (0, 16, 561718)
    classes = np.concatenate([digits.labels, digits.held_out_labels])
    assert np.bincount(classes).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]


def test_the_embedded_file_and_its_licence_are_in_the_package():
    assert hashlib.sha256(data.DIGITS.read_bytes()).hexdigest()[:16] == "3a0504bc8b6d0380"
    note = data.DIGITS.with_suffix(".md").read_text()
    assert "CC BY 4.0" in note
    assert "E. Alpaydin and C. Kaynak" in note
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert project["tool"]["hatch"]["build"]["targets"]["wheel"] == {"packages": ["grader"]}


def test_larger_digits_are_bilinear_between_pixel_centres():
    small, large = load("digits", None), load("digits28", None)
    assert (large.train.shape, large.held_out.shape, large.levels) == ((1500, 28, 28), (297, 28, 28), 256)
    wanted = torch.nn.functional.interpolate(torch.tensor(small.train)[:, None], size=28, mode="bilinear")[:, 0].numpy()
    assert np.abs(large.train - wanted).max() <= 0.5 / 255 + 1e-6
    np.testing.assert_array_equal(large.labels, small.labels)


@pytest.mark.parametrize("name", ["digits", "digits28"])
def test_data_can_not_be_changed_by_who_gets_it(name):
    with pytest.raises(ValueError, match="read-only"):
        load(name, None).train[0, 0, 0] = 1.0


def test_a_digest_is_that_of_the_data():
    digests = {load(name, None).digest for name in ("digits", "digits28")} | {binarized(load("digits", None)).digest}
    assert len(digests) == 3
    assert load("digits", None).digest == load("digits", None).digest


def test_binarized_is_one_above_one_half():
    digits = load("digits", None)
    black = binarized(digits)
    assert (black.name, black.binary, black.levels) == ("digits, binarized", True, 2)
    np.testing.assert_array_equal(black.held_out, digits.held_out > 0.5)
    assert binarized(black) is black


@pytest.mark.parametrize("below", ["", "mnist", "MNIST/raw"])
@pytest.mark.parametrize(
    "rename",
    [
        pytest.param(lambda name: name, id="plain"),
        pytest.param(lambda name: f"{name}.gz", id="gz"),
        pytest.param(lambda name: name.replace("-idx", ".idx"), id="dot"),
        pytest.param(lambda name: f"{name}/{name}", id="a-folder-each"),
    ],
)
def test_mnist_is_found_under_the_names_in_use(tmp_path, below, rename):
    folder = write_mnist(tmp_path / below)
    for path in sorted(folder.glob("*-ubyte")):
        new, content = folder / rename(path.name), path.read_bytes()
        path.unlink()
        new.parent.mkdir(exist_ok=True)
        new.write_bytes(gzip.compress(content) if new.suffix == ".gz" else content)
    found = load("mnist", tmp_path)
    np.testing.assert_array_equal(found.train, GREY.astype(np.float32) / np.float32(255))
    np.testing.assert_array_equal(found.held_out, found.train[:12])
    np.testing.assert_array_equal(found.labels, CLASSES)
    assert (found.levels, found.valid, found.train.dtype) == (256, None, np.float32)


def test_a_digest_does_not_depend_on_how_files_are_packed(tmp_path):
    plain, packed = write_mnist(tmp_path / "a"), write_mnist(tmp_path / "b")
    for path in packed.iterdir():
        path.write_bytes(gzip.compress(path.read_bytes()))
    assert load("mnist", plain).digest == load("mnist", packed).digest


def test_mnist_without_labels_has_none(tmp_path):
    folder = write_mnist(tmp_path)
    for path in folder.glob("*labels*"):
        path.unlink()
    found = load("mnist", folder)
    assert (found.labels, found.held_out_labels) == (None, None)


@pytest.mark.parametrize("scale", [1, 255])
def test_binarized_mnist_has_three_parts_and_two_levels(tmp_path, scale):
    found = load("binarized_mnist", write_binarized(tmp_path, scale=scale))
    assert [len(part) for part in (found.train, found.held_out, found.valid)] == [30, 12, 10]
    np.testing.assert_array_equal(found.train, BLACK)
    assert (found.binary, found.labels) == (True, None)


def test_a_data_set_that_is_not_there_is_said():
    assert complaint("cifar", None) == (
        "there is no data set 'cifar'; there are digits, digits28, mnist, binarized_mnist"
    )


@pytest.mark.parametrize("name", ["mnist", "binarized_mnist"])
def test_files_need_a_folder(tmp_path, name):
    assert complaint(name, None) == f"the data set {name} is read from files: name their folder with --data DIR"
    nowhere = tmp_path / "nowhere"
    assert complaint(name, nowhere) == f"{nowhere} is not a folder; --data takes the one with the files of {name}"


def test_a_missing_file_is_named(tmp_path):
    assert complaint("mnist", tmp_path) == (
        f"{tmp_path}: there is no train-images-idx3-ubyte.gz of mnist here, nor in mnist/ below it"
    )
    write_binarized(tmp_path)
    (tmp_path / "valid-images-idx3-ubyte.gz").unlink()
    assert complaint("binarized_mnist", tmp_path) == (
        f"{tmp_path}: there is no valid-images-idx3-ubyte.gz of binarized_mnist here, nor in binarized-mnist/ below it"
    )


WHOLE = idx(GREY)
WRONG = {
    "cut": (WHOLE[:-1], "is cut off: it announces 30 images and has 23,519 of 23,520 bytes"),
    "no-pixels": (WHOLE[:16], "is cut off: it announces 30 images and has 0 of 23,520 bytes"),
    "half-a-head": (WHOLE[:9], "is cut off before its end; fetch it again"),
    "empty": (b"", "is not an IDX file of images: it begins with , not 00000803"),
    "labels": (idx(CLASSES), "is not an IDX file of images: it begins with 00000801, not 00000803"),
    "floats": (idx(GREY, magic=b"\0\0\x0d\3"), "is not an IDX file of images: it begins with 00000d03, not 00000803"),
    "html": (b"<!DOCTYPE html>" * 9, "is not an IDX file of images: it begins with 3c21444f, not 00000803"),
    "small-pixels": (idx(GREY[:, :8, :8]), "has images of 8×8 pixels, they must have 28×28"),
    "huge-pixels": (
        WHOLE[:8] + b"\xff" * 8 + WHOLE[16:],
        "has images of 4294967295×4294967295 pixels, they must have 28×28",
    ),
    "none": (idx(GREY[:0]), "announces 0 images, there must be 1 to 100,000"),
    "huge": (idx(GREY, count=2**32 - 1), "announces 4,294,967,295 images, there must be 1 to 100,000"),
    "longer": (WHOLE + b"\0", "goes on after the 30 images that it announces"),
    "gzip-cut": (gzip.compress(WHOLE)[:-900], "is cut off before its end; fetch it again"),
    "gzip-damaged": (
        gzip.compress(WHOLE)[:10] + b"\x07" + bytes(99),
        "is damaged, it can't be unpacked; fetch it again",
    ),
    "gzip-sum": (gzip.compress(WHOLE)[:-8] + b"\0" * 8, "is damaged, it can't be unpacked; fetch it again"),
    "gzip-then-more": (gzip.compress(WHOLE) + b"more", "is damaged, it can't be unpacked; fetch it again"),
    "gzip-bomb": (gzip.compress(WHOLE + bytes(10**7)), "goes on after the 30 images that it announces"),
}


@pytest.mark.parametrize(("content", "said"), [pytest.param(*case, id=name) for name, case in WRONG.items()])
def test_a_wrong_file_gets_one_sentence(tmp_path, content, said):
    write_mnist(tmp_path, **{"t10k-images-idx3-ubyte": content})
    assert complaint("mnist", tmp_path) == f"{tmp_path / 't10k-images-idx3-ubyte'}: {said}"


def test_labels_must_be_as_many_as_images(tmp_path):
    write_mnist(tmp_path, **{"train-labels-idx1-ubyte": idx(CLASSES[:-1])})
    assert complaint("mnist", tmp_path) == f"{tmp_path / 'train-labels-idx1-ubyte'}: has 29 labels for 30 images"


@pytest.mark.parametrize("pixels", [pytest.param(GREY, id="grey"), pytest.param(BLACK * np.uint8(7), id="sevens")])
def test_grey_images_are_not_binarized(tmp_path, pixels):
    write_binarized(tmp_path)
    path = tmp_path / "train-images-idx3-ubyte.gz"
    path.write_bytes(gzip.compress(idx(pixels)))
    assert complaint("binarized_mnist", tmp_path) == (
        f"{path}: is not binarized, it has other pixels than 0 and one more value"
    )


def test_a_file_that_can_not_be_read_is_said(tmp_path):
    path = write_mnist(tmp_path) / "train-images-idx3-ubyte"
    path.unlink()
    path.symlink_to("/proc/self/mem")
    assert complaint("mnist", tmp_path) == f"{path}: can't be read: Input/output error"


def test_a_data_set_names_its_shape_and_whether_it_is_binary():
    images = np.zeros((2, 3, 4), np.float32)
    made = Dataset(name="made up", train=images, held_out=images, digest="", levels=2)
    assert (made.shape, made.binary, made.valid) == ((3, 4), True, None)
