using System.Collections.Immutable;

namespace EinsumNet.Tests.Gpu.Ptx;

/// <summary>
/// mma.sync: a product of small matrices whose elements are spread over the registers of a warp (PTX ISA, sections "Matrix Fragments for
/// mma.m8n8k4 with .f64", "for mma.m16n8k8", and "for mma.m16n8k16 with floating point type").
/// </summary>
static class PtxMma
{
    internal static Action<PtxThread[]> Decode(PtxStatement statement)
    {
        var (s, x, y, sums) = (statement.Slots(0), statement.Slots(1), statement.Slots(2), statement.Slots(3));
        return string.Join('.', statement.Opcode) switch
        {
            "mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32" => warp => Narrow(warp, s, Halves(warp, x, 16, RowOfA16, ColumnOfA16), HalvesOfB(warp, y), sums, 16),
            "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32" => warp => Narrow(warp, s, Halves(warp, x, 16, RowOfA16, ColumnOfA16, isBFloat: true), HalvesOfB(warp, y, isBFloat: true), sums, 16),
            "mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32" => warp => Narrow(warp, s, Words(warp, x, 8), WordsOfB(warp, y), sums, 8),
            "mma.sync.aligned.m8n8k4.row.col.f64.f64.f64.f64" => warp => Doubles(warp, s, x, y, sums),
            _ => throw statement.Unknown(),
        };
    }

    static int Group(int lane) => lane >> 2;

    static int InGroup(int lane) => lane & 3;

    /// <summary>Elements a0 to a7 of a lane, two to a register: the row is the group's but in a2, a3, a6 and a7, which are eight further down.</summary>
    static int RowOfA16(int lane, int i) => Group(lane) + (i is 0 or 1 or 4 or 5 ? 0 : 8);

    static int ColumnOfA16(int lane, int i) => InGroup(lane) * 2 + (i & 1) + (i < 4 ? 0 : 8);

    static float[,] Halves(PtxThread[] warp, ImmutableArray<int> registers, int depth, Func<int, int, int> row, Func<int, int, int> column, bool isBFloat = false)
    {
        var matrix = new float[16, depth];
        for (var lane = 0; lane < warp.Length; lane++)
            for (var i = 0; i < 8; i++) matrix[row(lane, i), column(lane, i)] = Half(warp[lane].R[registers[i / 2]], i & 1, isBFloat);
        return matrix;
    }

    /// <summary>Elements b0 to b3: the row runs along the lanes of a group, two to each, and is eight further down in b2 and b3; the column is the group.</summary>
    static float[,] HalvesOfB(PtxThread[] warp, ImmutableArray<int> registers, bool isBFloat = false)
    {
        var matrix = new float[16, 8];
        for (var lane = 0; lane < warp.Length; lane++)
            for (var i = 0; i < 4; i++) matrix[InGroup(lane) * 2 + (i & 1) + (i < 2 ? 0 : 8), Group(lane)] = Half(warp[lane].R[registers[i / 2]], i & 1, isBFloat);
        return matrix;
    }

    /// <summary>The lower half of a register is the first element.</summary>
    internal static float Half(ulong register, int half, bool isBFloat)
    {
        var bits = (ushort)(register >> 16 * half);
        return isBFloat ? BitConverter.UInt32BitsToSingle((uint)bits << 16) : (float)BitConverter.UInt16BitsToHalf(bits);
    }

    /// <summary>Elements a0 to a3 of m16n8k8: rows of the group and eight further down in turn, columns of the lane in its group and four further on.</summary>
    static float[,] Words(PtxThread[] warp, ImmutableArray<int> registers, int depth)
    {
        var matrix = new float[16, depth];
        for (var lane = 0; lane < warp.Length; lane++)
            for (var i = 0; i < 4; i++) matrix[Group(lane) + (i & 1) * 8, InGroup(lane) + (i >> 1) * 4] = Tf32((uint)warp[lane].R[registers[i]]);
        return matrix;
    }

    static float[,] WordsOfB(PtxThread[] warp, ImmutableArray<int> registers)
    {
        var matrix = new float[8, 8];
        for (var lane = 0; lane < warp.Length; lane++)
            for (var i = 0; i < 2; i++) matrix[InGroup(lane) + i * 4, Group(lane)] = Tf32((uint)warp[lane].R[registers[i]]);
        return matrix;
    }

    /// <summary>What was not rounded to the type has bits that the hardware may use or not.</summary>
    internal static float Tf32(uint bits) => (bits & 0x1fff) == 0 ? BitConverter.UInt32BitsToSingle(bits) : throw new PtxException($"{bits:x} is no number of type tf32.");

    /// <summary>Sums c0 to c3: two columns of the group's row, and of the row eight further down.</summary>
    static void Narrow(PtxThread[] warp, ImmutableArray<int> to, float[,] x, float[,] y, ImmutableArray<int> sums, int depth)
    {
        for (var lane = 0; lane < warp.Length; lane++)
        {
            for (var i = 0; i < 4; i++)
            {
                var (row, column) = (Group(lane) + (i < 2 ? 0 : 8), InGroup(lane) * 2 + (i & 1));
                var sum = (double)PtxBits.Of<float>(warp[lane].R[sums[i]]);
                for (var k = 0; k < depth; k++) sum += (double)x[row, k] * y[k, column];
                warp[lane].R[to[i]] = PtxBits.Raw((float)sum);
            }
        }
    }

    /// <summary>One element of each operand: row and column are the group and the lane in it of the first, the other way round of the second.</summary>
    static void Doubles(PtxThread[] warp, ImmutableArray<int> to, ImmutableArray<int> x, ImmutableArray<int> y, ImmutableArray<int> sums)
    {
        var (a, b) = (new double[8, 4], new double[4, 8]);
        for (var lane = 0; lane < warp.Length; lane++)
        {
            a[Group(lane), InGroup(lane)] = PtxBits.Of<double>(warp[lane].R[x[0]]);
            b[InGroup(lane), Group(lane)] = PtxBits.Of<double>(warp[lane].R[y[0]]);
        }
        for (var lane = 0; lane < warp.Length; lane++)
        {
            for (var i = 0; i < 2; i++)
            {
                var sum = PtxBits.Of<double>(warp[lane].R[sums[i]]);
                for (var k = 0; k < 4; k++) sum = Math.FusedMultiplyAdd(a[Group(lane), k], b[k, InGroup(lane) * 2 + i], sum);
                warp[lane].R[to[i]] = PtxBits.Raw(sum);
            }
        }
    }
}
