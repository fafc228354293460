#!/usr/bin/python3
"""Makes the files in numpy/ next to it: what NumPy itself writes, for the tests of Einsum.Cli/Numpy.

cases.npz    one .npy per dtype, byte order, memory order and format version (a zip, to keep them in one file)
cases.txt    what each of them holds: name, dtype, shape, elements in C order
one.npz, several.npz, compressed.npz    as numpy.savez and numpy.savez_compressed write them
"""
import io
import pathlib
import warnings
import zipfile

import numpy as np

FOLDER = pathlib.Path(__file__).parent / "numpy"
DTYPES = "f2 f4 f8 c16 b1 i1 i2 i4 i8 u1 u2 u4 u8".split()
# The same bytes on every run.
zipfile.time.localtime = lambda *_: (1980, 1, 1, 0, 0, 0, 0, 0, 0)


def sample(code, shape):
    count = int(np.prod(shape))
    if code[0] == "u":
        values = np.arange(count, dtype="u8") * (np.iinfo(code).max // max(count, 1))
    elif code[0] == "i":
        values = np.linspace(np.iinfo(code).min / 2, np.iinfo(code).max / 2, count).astype("i8")
    elif code == "b1":
        values = np.arange(count) % 3 == 0
    else:
        values = (np.arange(count) - 2) * 0.75
        values = values - 1.5j * values[::-1] if code == "c16" else values
    return values.astype(code).reshape(shape)


def text(value):
    if isinstance(value, complex):
        return f"<{text(value.real)}; {text(value.imag)}>"
    return f"{value:g}" if isinstance(value, float) else str(value)


def cases():
    for code in DTYPES:
        for order in "CF":
            for endian in "<>":
                yield f"{code}-{'little' if endian == '<' else 'big'}-{order}", np.array(sample(code, (2, 3)), endian + code, order=order), (1, 0)
    for version in (1, 2, 3):
        yield f"version-{version}", sample("f8", (2, 3)), (version, 0)
    for shape in [(), (0,), (1,), (7,), (3, 0, 2), (2, 3, 4), (12345,), (1, 123456789012, 0)]:
        yield f"shape-{'x'.join(map(str, shape))}", sample("i2", shape) if np.prod(shape) < 100 else np.zeros(shape, "i2"), (1, 0)
    yield "fortran-2x3x4", np.asfortranarray(sample("i4", (2, 3, 4))), (1, 0)
    # Every length of header around a multiple of 64.
    for rank in range(1, 33):
        yield f"rank-{rank}", np.zeros((0,) + (1,) * (rank - 1), "u1"), (1, 0)


FOLDER.mkdir(exist_ok=True)
with zipfile.ZipFile(FOLDER / "cases.npz", "w", zipfile.ZIP_DEFLATED) as archive, open(FOLDER / "cases.txt", "w") as lines:
    for name, array, version in cases():
        content = io.BytesIO()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # NumPy warns that older readers do not know versions 2.0 and 3.0
            np.lib.format.write_array(content, array, version=version)
        archive.writestr(zipfile.ZipInfo(name + ".npy"), content.getvalue(), zipfile.ZIP_DEFLATED)
        elements = " ".join(map(text, array.ravel().tolist())) if array.size < 100 else "zeros"
        print(f"{name}|{array.dtype.name}|{array.shape}|{elements}", file=lines)

np.savez(FOLDER / "one.npz", sample("f4", (2, 3)))
np.savez(FOLDER / "several.npz", weights=sample("f8", (2, 3)), bias=sample("f8", (2,)))
np.savez_compressed(FOLDER / "compressed.npz", weights=sample("f8", (200, 30)), bias=sample("f8", (2,)))
