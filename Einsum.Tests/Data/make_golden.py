#!/usr/bin/python3
"""Writes golden.txt, what NumPy makes of equations: /usr/bin/python3 make_golden.py > golden.txt

A line is  type | equation | shapes | shape of the result | elements, row-major.  An equation of integers in braces is NumPy's
interleaved form, 'E' its Ellipsis: {0 1, 1 2 -> 0 2}.  The operands are not in the file: element e of operand k is value(e, k),
made of the element type by make(). What NumPy refuses although the operands fit is left out and counted on stderr.
"""
import itertools
import random
import sys

import numpy as np

TYPES = {"float": np.float32, "double": np.float64, "Half": np.float16, "sbyte": np.int8, "byte": np.uint8, "short": np.int16,
         "ushort": np.uint16, "int": np.int32, "uint": np.uint32, "long": np.int64, "ulong": np.uint64, "nint": np.int64,
         "Complex": np.complex128, "bool": np.bool_}

EQUATIONS = """
ij,jk->ik | 2 3, 3 4
ij,jk | 2 3, 3 4
ik,kj->ij | 3 5, 5 2
ij,kj->ik | 4 3, 2 3
ji,jk->ki | 3 2, 3 4
ij,j->i | 3 4, 4
i,ij->j | 3, 3 4
i,i-> | 5, 5
i,i | 5, 5
i,j->ij | 3, 4
i,j | 3, 4
j,i | 3, 4
ij->ji | 2 3
ji | 2 3
ba | 2 3
bA | 2 3
Ab | 2 3
cab | 2 3 4
ijk->kij | 2 3 4
ijkl->ljik | 2 3 2 4
ii-> | 4 4
ii | 4 4
ii->i | 4 4
iii->i | 3 3 3
iii-> | 3 3 3
iij->ij | 3 3 2
iij->ji | 3 3 2
iji->j | 3 2 3
iijj->ij | 2 2 3 3
iijj->ji | 2 2 3 3
ijij->ij | 2 3 2 3
ijji-> | 2 3 3 2
ij,ij->ij | 2 3, 2 3
ij,ij-> | 2 3, 2 3
ij,ji->ij | 2 3, 3 2
ij,ji-> | 2 3, 3 2
ij->i | 3 4
ij->j | 3 4
ij-> | 3 4
ijk->j | 2 3 4
ijk->ki | 2 3 4
ij,i->ij | 3 4, 3
ij,j->ij | 3 4, 4
ij,k->ijk | 2 3, 4
bij,bjk->bik | 2 3 4, 2 4 5
bij,bkj->bik | 2 3 4, 2 5 4
bhqd,bhkd->bhqk | 2 2 3 4, 2 2 5 4
bhqk,bhkd->bhqd | 2 2 3 5, 2 2 5 4
ijk,jil->kl | 4 3 2, 3 4 5
abcd,cdef->abef | 2 3 2 2, 2 2 3 2
abcd,dbea->ce | 2 3 4 2, 2 3 2 2
ijk,klm,mni->jln | 2 3 2, 2 2 3, 3 2 2
ij,jk,kl->il | 2 3, 3 4, 4 2
ij,jk,kl,lm->im | 2 3, 3 4, 4 2, 2 3
ij,jk,kl,lm,mn->in | 2 3, 3 2, 2 4, 4 2, 2 3
ij,jk,ki-> | 2 3, 3 4, 4 2
i,i,i->i | 5, 5, 5
i,i,i-> | 5, 5, 5
i,j,k->ijk | 2, 3, 4
i,j,k-> | 2, 3, 4
ij,ij,j->i | 3 4, 3 4, 4
a,ab,abc->abc | 2, 2 3, 2 3 4
a,b,ab->ab | 3, 4, 3 4
ea,fb,gc,hd,abcd->efgh | 2 3, 2 2, 3 2, 2 2, 3 2 2 2
ijk,il,jl->kl | 2 3 4, 2 5, 3 5
ijkl,im,jn->mnkl | 2 3 2 2, 2 4, 3 2
ab,cd->abcd | 2 3, 2 2
ab,cd->acbd | 2 3, 2 2
ab,ab,ab->ba | 2 3, 2 3, 2 3
ij,ik->i | 3 2, 3 4
ij,ik->jk | 3 2, 3 4
ij,kl->ik | 2 3, 4 2
ij,kl-> | 2 3, 4 2
ij,ik,il->i | 2 3, 2 2, 2 4
ij,k-> | 2 3, 4
-> |
 |
,-> | ,
, | ,
,,-> | , ,
,i->i | , 4
,i | , 4
,i-> | , 4
i,->i | 4,
ab,,bc->ac | 2 3, , 3 4
,ab,->ba | , 2 3,
...->... | 2 3
...-> | 2 3
... | 2 3
...i->i... | 2 3 4
i...->...i | 2 3 4
...i->... | 2 3 4
...i | 2 3 4
i... | 2 3 4
i...j->j...i | 2 3 4
i...j->ij | 2 3 4
...ii->...i | 2 3 3
...ii->... | 2 3 3
i...i->... | 3 2 3
ii...->...i | 3 3 2
...,...->... | 2 3, 2 3
...,... | 2 3, 3
...,...-> | 2 3, 3
...,...->... | 2 1 3, 4 3
...ij,...jk->...ik | 2 3 4, 2 4 5
...ij,...jk->...ik | 3 4, 2 4 5
...ij,...jk->...ik | 2 3 4, 4 5
...ij,...jk->...ik | 2 1 3 4, 3 4 2
...ij,...jk->...ik | 1 3 4, 5 4 2
...ij,...jk | 2 3 4, 2 4 2
...ij,...jk->ik | 2 3 4, 2 4 2
...ij,...jk->ik... | 2 3 4, 2 4 2
i...,i...->... | 3 2, 3 2
i...,i->... | 3 2 4, 3
ij...,jk...->ik... | 2 3 2, 3 2 2
...i,j->...ij | 2 3, 4
i,...->i... | 2, 3 4
...,i->i... | 3 4, 2
...i,...i->... | 2 3, 3
...i,...i-> | 2 3, 3
...,... ,...->... | 2, 3 1, 1 2
a...b,b...c->a...c | 2 3 4, 4 3 2
a...b,bc->a...c | 2 3 4 5, 5 2
ij,jk->ik | 2 1, 3 4
ij,jk->ik | 2 3, 1 4
ij,jk->ijk | 2 1, 3 4
ij,ij->ij | 2 1, 2 3
ij,ij->ij | 1 3, 2 1
ij,ij-> | 1 3, 2 1
i,i->i | 1, 4
i,i-> | 4, 1
i,i,i->i | 1, 4, 1
ij,j->i | 3 1, 4
ij,j->i | 3 4, 1
bij,bjk->bik | 1 2 3, 4 3 2
bij,bjk->bik | 4 2 3, 1 3 2
ij->ij | 1 1
i->i | 1
ii->i | 1 1
ij,jk->ik | 1 1, 1 1
ij,jk->ik | 0 3, 3 4
ij,jk->ik | 2 0, 0 4
ij,jk->ik | 2 3, 3 0
i,i-> | 0, 0
i-> | 0
i->i | 0
ii->i | 0 0
ii-> | 0 0
ij->j | 0 3
ij->i | 3 0
ij->ji | 0 3
i,j->ij | 0, 3
i,j->j | 0, 3
i,i->i | 0, 1
i,i-> | 1, 0
ij,jk,kl->il | 2 3, 3 0, 0 2
...i->... | 2 0
... -> ... | 0 2
bij,bjk->bik | 0 2 3, 0 3 2
bij,bjk->bik | 2 2 0, 2 0 2
 ij , jk -> ik | 2 3, 3 4
i j,j k->i k | 2 3, 3 4
ABC,CD->ABD | 2 3 2, 2 3
aB,Bc | 2 3, 3 2
zyx,xw | 2 3 4, 4 2
{0 1, 1 2 -> 0 2} | 2 3, 3 4
{0 1, 1 2} | 2 3, 3 4
{1 0} | 2 3
{0 0 -> 0} | 3 3
{0 0} | 3 3
{5 3, 3 9 -> 9 5} | 2 3, 3 4
{10 9, 9 2} | 2 3, 3 4
{E 0, 0 1 -> E 1} | 2 3 4, 4 2
{E 0 1, E 1 2 -> E 0 2} | 2 3 4, 4 2
{E 0, E 0} | 2 3, 2 3
{0 E -> E 0} | 2 3 4
{-> } |
{0 1, 0 1 ->} | 2 3, 2 3
{30 40, 40 50, 50 51 -> 51 30} | 2 3, 3 2, 2 4
"""

EVERY_TYPE = """
ij,jk->ik | 3 4, 4 5
ij,j->i | 4 9, 9
i,i-> | 17, 17
i,j->ij | 3, 4
ijk->kji | 2 3 4
ij->j | 5 6
ii->i | 5 5
bij,bjk->bki | 2 3 4, 2 4 3
ij,jk,kl->il | 2 3, 3 4, 4 2
i,i,i-> | 6, 6, 6
...ij,jk->...ik | 2 3 4, 4 2
ij,jk->ik | 2 1, 3 4
i-> | 0
ij,jk->ik | 2 0, 0 3
,ij->ji | , 2 3
"""


def value(e, k):
    return ((e * 2654435761 + (k + 1) * 40503 * 65537) % 2**32 >> 16) % 19 - 9


def make(name, shape, k):
    count = int(np.prod(shape, dtype=np.int64))
    numbers = np.array([value(e, k) for e in range(count)], dtype=np.int64).reshape(shape)
    if name == "bool":
        return numbers > 3
    if name == "Complex":
        return numbers + 1j * np.array([value(e + 1000, k) for e in range(count)]).reshape(shape)
    if name in ("float", "double", "Half"):
        return numbers.astype(TYPES[name])
    return (numbers * 1234567891234567).astype(TYPES[name])


def text(name, x):
    if name == "bool":
        return str(int(x))
    if name == "Complex":
        return f"{int(x.real)}{int(x.imag):+d}i"
    return str(int(x))


def evaluate(equation, operands, optimize):
    if not equation.startswith("{"):
        inputs, arrow, output = equation.partition("->")
        if arrow and "..." in inputs and "..." not in output:
            # NumPy refuses to sum the broadcast axes away; PyTorch and we do.
            kept = np.einsum(f"{inputs}->{output}...", *operands, optimize=optimize)
            axes = tuple(range(len(output.replace(" ", "")), kept.ndim))
            return np.any(kept, axis=axes) if kept.dtype == np.bool_ else np.sum(kept, axis=axes, dtype=kept.dtype)
        return np.einsum(equation, *operands, optimize=optimize)
    inputs, _, output = equation[1:-1].partition("->")
    lists = [[Ellipsis if word == "E" else int(word) for word in term.split()] for term in inputs.split(",")]
    arguments = list(itertools.chain.from_iterable(zip(operands, lists)))
    if "->" in equation:
        arguments.append([Ellipsis if word == "E" else int(word) for word in output.split()])
    return np.einsum(*arguments, optimize=optimize)


skipped = 0
seen = set()


def write(name, equation, shapes):
    global skipped
    shown = " ".join("[" + ", ".join(map(str, shape)) + "]" for shape in shapes)
    if (name, equation, shown) in seen:
        return
    seen.add((name, equation, shown))
    operands = [make(name, shape, k) for k, shape in enumerate(shapes)]
    # float16 is summed in float, as we do; NumPy's own float16 sums round at every step.
    wide = [x.astype(np.float32) for x in operands] if name == "Half" else operands
    try:
        result = np.asarray(evaluate(equation, wide, False))
        again = np.asarray(evaluate(equation, wide, len(shapes) > 2 and not equation.startswith("{")))
    except ValueError as error:
        skipped += 1
        print(f"refused: {equation} {shown}: {error}", file=sys.stderr)
        return
    assert np.array_equal(result, again), (equation, shown)
    if name == "Half":
        result = result.astype(np.float16)
    elements = " ".join(text(name, x) for x in result.reshape(-1))
    print(f"{name} | {equation} | {shown} | [{', '.join(map(str, result.shape))}] | {elements}".rstrip())


def parse(line):
    equation, _, shapes = line.partition("|")
    terms = equation.strip(" {}").split("->")[0].split(",")
    sizes = [tuple(map(int, shape.split())) for shape in shapes.split(",")]
    assert len(sizes) == len(terms), line
    return equation.strip(), sizes


def draw(rng):
    labels = rng.sample("ijklmABC", rng.randint(1, 5))
    sizes = {label: rng.choice([1, 2, 2, 3, 3, 4, 5]) for label in labels}
    ellipsis = [rng.choice([1, 2, 3]) for _ in range(rng.choice([0, 0, 0, 1, 2]))]
    terms, shapes = [], []
    for _ in range(rng.choice([1, 2, 2, 2, 3, 3, 4])):
        term = [rng.choice(labels) for _ in range(rng.randint(0, 4))]
        own = {label: 1 if rng.random() < 0.06 else sizes[label] for label in term}
        shape = [own[label] for label in term]
        if ellipsis and rng.random() < 0.7:
            at, covered = rng.randint(0, len(term)), ellipsis[rng.randint(0, len(ellipsis)):]
            term.insert(at, "...")
            shape[at:at] = covered
        terms.append("".join(term))
        shapes.append(tuple(shape))
    equation = ",".join(terms)
    if rng.random() < 0.75:
        used = [label for label in labels if label in equation]
        output = rng.sample(used, rng.randint(0, min(4, len(used))))
        if "..." in equation and rng.random() < 0.9:
            output.insert(rng.randint(0, len(output)), "...")
        equation += "->" + "".join(output)
    return equation, shapes


print("# type | equation | shapes | shape of the result | elements; written by make_golden.py with NumPy", np.__version__)
for line in EQUATIONS.strip("\n").split("\n"):
    write("double", *parse(line))
rng = random.Random(1)
while len(seen) < 420:
    equation, shapes = draw(rng)
    if np.prod([float(max(1, n)) for shape in shapes for n in shape]) <= 1e5:
        write("double", equation, shapes)
for name in TYPES:
    for line in EVERY_TYPE.strip("\n").split("\n"):
        write(name, *parse(line))
print(f"{skipped} refused by NumPy", file=sys.stderr)
