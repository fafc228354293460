#!/usr/bin/python3
"""Times NumPy's forms of function transformations: one request a line, {"kind": ..., "n": ..., "d": ..., "dtype": ..., "seconds": ...}, one answer a line,
{"s": least seconds per evaluation over some turns, "peak": bytes that one evaluation had allocated at most}.

  square     x ** 2 of n numbers;   cumsum  np.cumsum of n numbers;   listcomp  [x ** 2 for x in numbers]
  layer      maximum(x @ w + b, 0), x and w n by n;   powers     exp(x / 8) @ w;   softmax    of the rows of an n by n matrix;   attention  softmax(q @ k.T / sqrt(d)) @ v, q, k, v n by d
"""
import json, sys, time, tracemalloc
import numpy as np


def softmax(x):
    powers = np.exp(x - x.max(-1, keepdims=True))
    powers /= powers.sum(-1, keepdims=True)
    return powers


def make(kind, n, d, dtype):
    numbers = np.arange(n).astype(dtype)
    if kind == 'square': return lambda: numbers ** 2
    if kind == 'cumsum': return lambda: np.cumsum(numbers)
    if kind == 'listcomp': return lambda: [x ** 2 for x in numbers]
    random = np.random.default_rng(1)
    if kind == 'softmax':
        matrix = random.random((n, n)).astype(dtype)
        return lambda: softmax(matrix)
    if kind == 'layer':
        x, w = (random.random((n, n)).astype(dtype) for _ in range(2))
        return lambda: np.maximum(x @ w + numbers, 0)
    if kind == 'powers':
        x, w = (random.random((n, n)).astype(dtype) for _ in range(2))
        eight = np.asarray(8, dtype)
        return lambda: np.exp(x / eight) @ w
    q, k, v = (random.random((n, d)).astype(dtype) - np.asarray(0.5, dtype) for _ in range(3))
    scale = np.asarray(d ** 0.5, dtype)
    return lambda: softmax(q @ k.T / scale) @ v


evaluations = {}
for line in sys.stdin:
    q = json.loads(line)
    if q.get('quit'): break
    key = q['kind'], q['n'], q.get('d', 0), q['dtype']
    if key not in evaluations:
        evaluation = make(*key)
        evaluation()
        tracemalloc.start(); evaluation(); peak = tracemalloc.get_traced_memory()[1]; tracemalloc.stop()
        evaluations[key] = evaluation, peak
    evaluation, peak = evaluations[key]
    t = time.perf_counter(); evaluation(); each = max(time.perf_counter() - t, 1e-7)
    calls = max(1, int(q['seconds'] / each))
    t = time.perf_counter()
    for _ in range(calls): evaluation()
    print(json.dumps({'s': (time.perf_counter() - t) / calls, 'peak': peak}), flush=True)
