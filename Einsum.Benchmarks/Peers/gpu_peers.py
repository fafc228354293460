#!/usr/bin/python3
"""Times einsums of PyTorch or JAX on a CUDA device for `Einsum.Benchmarks -- gpu`, everything resident there.

  gpu_peers.py --worker torch|jax
  stdin   {"hello": 1}   {"equation": "ij,jk->ik", "shapes": [[8, 8], [8, 8]], "type": "float", "precision": "Full"}   {"quit": 1}
          {"list": [8, 9], "how": "loop"}, or "batch": torch.bmm, vmap(matmul)
  stdout  {}             {"s": median seconds of one evaluation}  or {"error": "why"}
"""
import json, statistics, sys, time

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

    def run(self, case):
        torch = self.torch
        torch.backends.cuda.matmul.allow_tf32 = case['precision'] == 'Tf32'
        type = {'float': torch.float32, 'Half': torch.float16, 'double': torch.float64}[case['type']]
        if case['precision'] == 'BFloat16': type = torch.bfloat16
        operands = [torch.rand(shape, device='cuda').to(type) for shape in case['shapes']]
        return measure(lambda: torch.einsum(case['equation'], *operands).contiguous(), torch.cuda.synchronize)


    def list(self, sizes, how):
        torch = self.torch
        torch.backends.cuda.matmul.allow_tf32 = False
        pairs = [(torch.rand((n, n), device='cuda'), torch.rand((n, n), device='cuda')) for n in sizes]
        left, right = (torch.stack(side) for side in zip(*pairs)) if how == 'batch' else (None, None)
        return measure(lambda: torch.bmm(left, right).cpu() if how == 'batch' else [x.cpu() for x in [a @ b for a, b in pairs]], torch.cuda.synchronize)


class Jax:
    def __init__(self):
        import jax
        if jax.default_backend() != 'gpu': raise RuntimeError('this build of JAX sees no CUDA device')
        self.jax = jax

    def run(self, case):
        jax = self.jax
        jax.config.update('jax_enable_x64', True)
        precision = {'Full': 'highest', 'Tf32': 'tensorfloat32', 'BFloat16': 'bfloat16'}[case['precision']]
        type = {'float': 'float32', 'Half': 'float16', 'double': 'float64'}[case['type']]
        operands = [jax.random.uniform(jax.random.PRNGKey(i), shape).astype(type) for i, shape in enumerate(case['shapes'])]
        call = jax.jit(lambda *x: jax.numpy.einsum(case['equation'], *x, precision=precision))
        last = [None]
        def run(): last[0] = call(*operands)
        return measure(run, lambda: last[0].block_until_ready())


    def list(self, sizes, how):
        jax = self.jax
        pairs = [tuple(jax.random.uniform(jax.random.PRNGKey(2 * i + side), (n, n)) for side in range(2)) for i, n in enumerate(sizes)]
        product = jax.jit(lambda a, b: jax.numpy.matmul(a, b, precision='highest'))
        if how == 'batch':
            left, right = (jax.numpy.stack(side) for side in zip(*pairs))
            batched = jax.jit(jax.vmap(product))
            return measure(lambda: jax.device_get(batched(left, right)), lambda: None)
        return measure(lambda: jax.device_get([product(a, b) for a, b in pairs]), lambda: None)


def main():
    name, peer, why = sys.argv[sys.argv.index('--worker') + 1], None, None
    try:
        peer = {'torch': Torch, 'jax': Jax}[name]()
    except Exception as error:
        why = f'{error}'
    for line in sys.stdin:
        case = json.loads(line)
        if 'quit' in case: return
        if peer is None: answer = {'error': why}
        elif 'hello' in case: answer = {}
        else:
            try: answer = {'s': peer.list(case['list'], case['how']) if 'list' in case else peer.run(case)}
            except Exception as error: answer = {'error': f'{error}'}
        print(json.dumps(answer), flush=True)


main()
