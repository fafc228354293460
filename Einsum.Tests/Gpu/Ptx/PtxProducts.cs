using System.Collections.Immutable;

namespace EinsumNet.Tests.Gpu.Ptx;

/// <summary>
/// The products of a warpgroup, done as late as they may be: those of a group when the warpgroup waits for it (PTX ISA, section "Asynchronous Multiply-and-Accumulate
/// Instruction: wgmma.mma_async"). Until then the registers of their sums hold what no one may use, and what others wrote to them must lie before wgmma.fence.
/// </summary>
sealed class PtxProducts
{
    /// <summary>Not a number, of bits that no calculation gives.</summary>
    const uint UnderWay = 0x7fc0_dead;

    readonly Queue<List<Product>> _groups = [];
    List<Product> _open = [];

    /// <summary>By the first register of their sums, the sums of each thread and how many products are under way.</summary>
    readonly Dictionary<int, (float[][] Sums, int Count)> _flying = [];

    ulong[][]? _fenced;

    internal void Fence(PtxThread[] threads) => _fenced = [.. threads.Select(thread => (ulong[])thread.R.Clone())];

    internal void Add(PtxThread[] threads, Product product)
    {
        var (registers, key) = (product.Registers, product.Registers[0]);
        if (_flying.TryGetValue(key, out var flying))
        {
            CheckUntouched(threads, registers);
            _flying[key] = (flying.Sums, flying.Count + 1);
        }
        else
        {
            for (var i = 0; i < threads.Length; i++)
                if (_fenced is null || registers.Any(register => (uint)_fenced[i][register] != (uint)threads[i].R[register]))
                    throw new PtxException("A sum was written to after wgmma.fence.");
            _flying[key] = ([.. threads.Select(thread => registers.Select(register => PtxBits.Of<float>(thread.R[register])).ToArray())], 1);
            foreach (var thread in threads)
                foreach (var register in registers) thread.R[register] = UnderWay;
        }
        _open.Add(product);
    }

    static void CheckUntouched(PtxThread[] threads, ImmutableArray<int> registers)
    {
        if (threads.Any(thread => registers.Any(register => thread.R[register] != UnderWay))) throw new PtxException("A sum was written to while its product is under way.");
    }

    internal void Commit()
    {
        _groups.Enqueue(_open);
        _open = [];
    }

    internal void Wait(PtxThread[] threads, int pending)
    {
        while (_groups.Count > pending)
            foreach (var product in _groups.Dequeue())
            {
                CheckUntouched(threads, product.Registers);
                var (sums, count) = _flying[product.Registers[0]];
                product.AddTo(sums, threads[0].Block);
                if (count > 1) _flying[product.Registers[0]] = (sums, count - 1);
                else
                {
                    _flying.Remove(product.Registers[0]);
                    for (var i = 0; i < threads.Length; i++)
                        for (var j = 0; j < product.Registers.Length; j++) threads[i].R[product.Registers[j]] = PtxBits.Raw(sums[i][j]);
                }
            }
    }

    /// <summary>A product that was started.</summary>
    /// <param name="Type">The operands' type.</param>
    /// <param name="Registers">The slots of a thread's sums.</param>
    /// <param name="X">The left matrix.</param>
    /// <param name="Y">The right one.</param>
    /// <param name="IsXAcross">Whether the left matrix lies across the depth.</param>
    /// <param name="IsYAcross">Whether the right one does.</param>
    /// <param name="Started">The barriers before it was started.</param>
    internal sealed record Product(string Type, ImmutableArray<int> Registers, PtxMatrix X, PtxMatrix Y, bool IsXAcross, bool IsYAcross, int Started)
    {
        const int Rows = 64;

        int Size => Type == "tf32" ? 4 : 2;

        /// <summary>Of thread t sum i is that of row 16 (t / 32) + t % 32 / 4, eight further down where i / 2 is odd, and of column 8 (i / 4) + 2 (t % 4) + i % 2.</summary>
        internal void AddTo(float[][] sums, PtxBlock block)
        {
            var depth = 32 / Size;
            var (x, y) = (Elements(X, Rows, IsXAcross, block), Elements(Y, Registers.Length * 2, IsYAcross, block));
            for (var t = 0; t < sums.Length; t++)
            {
                for (var i = 0; i < Registers.Length; i++)
                {
                    var (row, column) = (t / 32 * 16 + t % 32 / 4 + i / 2 % 2 * 8, i / 4 * 8 + t % 4 * 2 + i % 2);
                    var sum = (double)sums[t][i];
                    for (var k = 0; k < depth; k++) sum += (double)x[row * depth + k] * y[column * depth + k];
                    sums[t][i] = (float)sum;
                }
            }
        }

        unsafe float[] Elements(PtxMatrix matrix, int rows, bool isAcross, PtxBlock block)
        {
            var (depth, size) = (32 / Size, Size);
            var elements = new float[rows * depth];
            for (var row = 0; row < rows; row++)
            {
                for (var k = 0; k < depth; k++)
                {
                    var place = block.Shared.ReadByTensorCores(matrix.At(row, k, size, isAcross), size, Started, block);
                    elements[row * depth + k] = size == 4 ? PtxMma.Tf32(*(uint*)place) : PtxMma.Half(*(ushort*)place, 0, Type == "bf16");
                }
            }
            return elements;
        }
    }
}
