"""Make the data sets that `backprop` ships, from where they come.

Readers never need this: the two files it writes are part of the package.  It is kept so that
anybody can see what was done to the data, and do it again, from the repository root:

    pip install scikit-learn palmerpenguins
    python -m bookkit.build_datasets

The same arrays come out each time: no clock and no random number goes into them.
"""

import csv
import hashlib
import io
import sys
import zipfile
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["build_digits", "build_penguins", "main", "split", "write_npz"]

TEST_SHARE = 0.25
FOLDER = Path(__file__).parents[1] / "backprop" / "datasets"


def split(labels: NDArray[Any], share: float = TEST_SHARE) -> NDArray[np.bool_]:
    """Choose the test examples: the same share of every class, and the same ones for ever.

    Parameters
    ----------
    labels : array, shape (m,)
    share : float

    Returns
    -------
    array of bool, shape (m,)
        True for a test example.

    Notes
    -----
    Within a class the examples are ordered by the SHA-256 of their number, and the first ones
    are the test.  A hash mixes as well as a random generator, and no release of any library will
    ever change it.
    """
    is_test = np.zeros(len(labels), bool)
    digest = [hashlib.sha256(str(i).encode()).hexdigest() for i in range(len(labels))]
    for label in np.unique(labels):
        members = sorted(np.flatnonzero(labels == label), key=digest.__getitem__)
        is_test[members[: round(share * len(members))]] = True
    return is_test


def build_digits() -> dict[str, NDArray[Any]]:
    """Fetch the digits from scikit-learn, which carries them, and add the split."""
    # A plain import would ask for type stubs that scikit-learn does not have.
    load_digits: Any = import_module("sklearn.datasets").load_digits

    bunch = load_digits()
    images = bunch.images.astype(np.uint8)
    if not (images == bunch.images).all():
        raise ValueError("the digits of this scikit-learn are not whole numbers from 0 to 255.")
    labels = bunch.target.astype(np.uint8)
    return {"images": images, "labels": labels, "is_test": split(labels)}


def build_penguins() -> dict[str, NDArray[Any]]:
    """Read body mass, bill length and flipper length of every penguin that was measured."""
    # The package itself would pull in pandas; its table is all that is needed.
    if (found := find_spec("palmerpenguins")) is None or not found.submodule_search_locations:
        raise ModuleNotFoundError("No table of penguins here; pip install palmerpenguins.")
    table = Path(found.submodule_search_locations[0]) / "data" / "penguins.csv"
    rows = list(csv.DictReader(table.read_text(encoding="utf-8").splitlines()))
    names = ("body_mass_g", "bill_length_mm", "flipper_length_mm")
    measured = [row for row in rows if "NA" not in (row[name] for name in names)]
    return {name: np.array([float(row[name]) for row in measured]) for name in names}


def write_npz(path: Path, arrays: dict[str, NDArray[Any]]) -> None:
    """Write a compressed npz that depends on nothing but the arrays.

    `numpy.savez_compressed` does the same but for the dates, which it takes from the clock on
    some versions of Python.
    """
    with zipfile.ZipFile(path, "w") as archive:
        for name, array in arrays.items():
            buffer = io.BytesIO()
            np.lib.format.write_array(buffer, np.ascontiguousarray(array), allow_pickle=False)
            entry = zipfile.ZipInfo(f"{name}.npy", date_time=(1980, 1, 1, 0, 0, 0))
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, buffer.getvalue(), zipfile.ZIP_DEFLATED, compresslevel=9)


def main() -> int:
    """Write both files and say what is in them."""
    for name, build in (("digits", build_digits), ("penguins", build_penguins)):
        path = FOLDER / f"{name}.npz"
        arrays = build()
        write_npz(path, arrays)
        print(f"{path.name}: {path.stat().st_size:,} bytes")
        for key, array in arrays.items():
            print(f"    {key}: {array.dtype} {array.shape}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
