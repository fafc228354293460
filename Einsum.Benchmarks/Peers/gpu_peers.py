#!/usr/bin/python3
"""Times einsums of PyTorch or JAX on a CUDA device for `Einsum.Benchmarks -- gpu`, everything resident there.

  gpu_peers.py --worker torch|jax
  stdin   {"hello": 1}   {"equation": "ij,jk->ik", "shapes": [[8, 8], [8, 8]], "type": "float", "precision": "Full", "how": "einsum"}   {"quit": 1}
          "how" of "bij,bjk->bik" may be "vmap" with JAX: vmap(matmul)
          {"list": [8, 9], "how": "loop", "type": "float", "to": "device"}, or "batch": torch.bmm, vmap(matmul); "to": "host" with a copy of all results to the host
          {"function": "cumsum"|"attention"|"layers", "shapes": [[8, 8]]}: of floats
  stdout  {}             {"s": median seconds of one evaluation}  or {"error": "why"}
"""
import json, os, statistics, sys, time

# JAX would otherwise take most of the device's memory as soon as it is imported, beside ours and PyTorch's.
os.environ['XLA_PYTHON_CLIENT_PREALLOCATE'] = 'false'

SAMPLES, SAMPLE_SECONDS = 5, 0.04


def measure(run, wait):
    run(); wait()
    start = time.perf_counter(); run(); wait()
    calls = max(1, min(1000, int(SAMPLE_SECONDS / max(time.perf_counter() - start, 1e-7))))
    times = []
    for _ in range(SAMPLES):
        start = time.perf_counter()
        for _ in range(calls): run()
        wait()
        times.append((time.perf_counter() - start) / calls)
    return statistics.median(times)


class Torch:
    def __init__(self):
        import torch
        if not torch.cuda.is_available(): raise RuntimeError('this build of PyTorch sees no CUDA device')
        self.torch = torch
        self.types = {'float': torch.float32, 'Half': torch.float16, 'double': torch.float64, 'int': torch.int32, 'Complex': torch.complex128}

    def rand(self, shape, type): return self.torch.rand(shape, device='cuda', dtype=self.torch.float32).to(type)

    def time(self, run): return measure(run, self.torch.cuda.synchronize)

    def run(self, case):
        torch = self.torch
        torch.backends.cuda.matmul.allow_tf32 = case['precision'] == 'Tf32'
        type = torch.bfloat16 if case['precision'] == 'BFloat16' else self.types[case['type']]
        operands = [self.rand(shape, type) for shape in case['shapes']]
        return self.time(lambda: torch.einsum(case['equation'], *operands).contiguous())

    def function(self, name, shapes):
        torch = self.torch
        torch.backends.cuda.matmul.allow_tf32 = False
        x = [self.rand(shape, torch.float32) for shape in shapes]
        return self.time({
            'cumsum': lambda: torch.cumsum(x[0], 1),
            'attention': lambda: torch.nn.functional.scaled_dot_product_attention(*x),
            'layers': lambda: torch.relu(x[0] @ x[1] + x[2]) @ x[3] + x[4],
        }[name])

    def list(self, sizes, how, type, to):
        torch = self.torch
        torch.backends.cuda.matmul.allow_tf32 = False
        pairs = [tuple(self.rand((n, n), self.types[type]) for _ in range(2)) for n in sizes]
        left, right = (torch.stack(side) for side in zip(*pairs)) if how == 'batch' else (None, None)
        run = (lambda: [torch.bmm(left, right)]) if how == 'batch' else lambda: [a @ b for a, b in pairs]
        return self.time(run if to == 'device' else lambda: [x.cpu() for x in run()])


class Jax:
    types = {'float': 'float32', 'Half': 'float16', 'double': 'float64', 'int': 'int32', 'Complex': 'complex128'}

    def __init__(self):
        import jax
        if jax.default_backend() != 'gpu': raise RuntimeError('this build of JAX sees no CUDA device')
        # Without it doubles are floats; with it, what is not told its type is double.
        jax.config.update('jax_enable_x64', True)
        self.jax, self.seed = jax, 0

    def rand(self, shape, type):
        self.seed += 1
        return self.jax.random.uniform(self.jax.random.PRNGKey(self.seed), tuple(shape), 'float32').astype(type)

    def time(self, call, operands):
        last = [None]
        def run(): last[0] = call(*operands)
        return measure(run, lambda: self.jax.block_until_ready(last[0]))

    def run(self, case):
        jax = self.jax
        precision = {'Full': 'highest', 'Tf32': 'tensorfloat32', 'BFloat16': 'bfloat16'}[case['precision']]
        operands = [self.rand(shape, self.types[case['type']]) for shape in case['shapes']]
        if case['how'] == 'vmap': return self.time(jax.jit(jax.vmap(lambda a, b: jax.numpy.matmul(a, b, precision=precision))), operands)
        return self.time(jax.jit(lambda *x: jax.numpy.einsum(case['equation'], *x, precision=precision)), operands)

    def function(self, name, shapes):
        jax, jnp = self.jax, self.jax.numpy
        operands = [self.rand(shape, 'float32') for shape in shapes]
        # A number of Python's takes the type of what it meets; one of NumPy's would make doubles of floats.
        call = {
            'cumsum': lambda x: jnp.cumsum(x, 1),
            'attention': lambda q, k, v: jax.nn.softmax(q @ k.swapaxes(1, 2) / float(q.shape[-1]) ** 0.5, -1) @ v,
            'layers': lambda x, w, b, w2, b2: jax.nn.relu(x @ w + b) @ w2 + b2,
        }[name]
        with jax.default_matmul_precision('highest'): return self.time(jax.jit(call), operands)

    def list(self, sizes, how, type, to):
        jax = self.jax
        pairs = [tuple(self.rand((n, n), self.types[type]) for _ in range(2)) for n in sizes]
        product = jax.jit(lambda a, b: jax.numpy.matmul(a, b, precision='highest'))
        if how == 'batch':
            sides = [jax.numpy.stack(side) for side in zip(*pairs)]
            batched = jax.jit(jax.vmap(product))
            run = lambda: batched(*sides)
        else: run = lambda: [product(a, b) for a, b in pairs]
        return self.time(run, []) if to == 'device' else measure(lambda: jax.device_get(run()), lambda: None)


def answer(peer, case):
    if 'list' in case: return peer.list(case['list'], case['how'], case['type'], case['to'])
    if 'function' in case: return peer.function(case['function'], case['shapes'])
    return peer.run(case)


def main():
    name, peer, why = sys.argv[sys.argv.index('--worker') + 1], None, None
    try:
        peer = {'torch': Torch, 'jax': Jax}[name]()
    except Exception as error:
        why = f'{error}'
    for line in sys.stdin:
        case = json.loads(line)
        if 'quit' in case: return
        if peer is None: reply = {'error': why}
        elif 'hello' in case: reply = {}
        else:
            try: reply = {'s': answer(peer, case)}
            except Exception as error: reply = {'error': f'{error}'}
        print(json.dumps(reply), flush=True)


main()
