using EinsumNet.Backends.Gpu;

namespace EinsumNet.Tests.Gpu.Ptx;

/// <summary>Functions of CUDA's prologue by themselves, in what no product shows: the order of two packed numbers, which both operands share, and single bits.</summary>
[Parallelizable(ParallelScope.All)]
sealed unsafe class PtxPrologueTests
{
    [Test]
    public void Two_floats_are_rounded_to_even_and_packed_the_lower_first() =>
        Assert.That(Words("bf16x2_of", "bf16x2_of(x[0], x[1]), bf16x2_of(x[2], x[3])", 1, 2, 1 + float.Pow(2, -8), 1 + 3 * float.Pow(2, -8)), Is.EqualTo([0x4000_3f80u, 0x3f82_3f80u]));

    [Test]
    public void Ties_are_rounded_away_from_zero_to_tf32() =>
        Assert.That(Words("tf32_of", "tf32_of(x[0]), tf32_of(x[1])", -1 - float.Pow(2, -11), 1 + float.Pow(2, -12)), Is.EqualTo([0xbf80_2000u, 0x3f80_0000u]));

    [Test]
    public void Halves_are_rounded_to_even()
    {
        var words = Words("half_f32", "__float_as_uint(half_f32(x[0])), __float_as_uint(half_f32(x[1]))", 1 + float.Pow(2, -11), 70000);
        Assert.That(words.Select(BitConverter.UInt32BitsToSingle), Is.EqualTo([1, float.PositiveInfinity]));
    }

    static uint[] Words(string function, string values, params float[] x)
    {
        Nvrtc.Need(80);
        var source = $$"""
            #define FUNCTION __device__ __forceinline__
            typedef unsigned short u16;
            typedef unsigned int u32;
            typedef float f32;
            {{CudaWords.Function(function)}}
            extern "C" __global__ void words(const f32 *x_data, long long x_at, u32 *out_data, long long out_at)
            {
                const f32 *x = x_data + x_at;
                u32 words[] = {{{values}}};
                for (int i = 0; i < 2; ++i) out_data[out_at + i] = words[i];
            }
            """;
        var words = new uint[2];
        fixed (float* from = x)
        fixed (uint* to = words)
            PtxLaunch.Run(new EmittedKernel(source, "words", new Launch(1, 1, 1, 1, 1, 1, 0), [], 0), "sm_80", [new((nint)from, 4 * x.Length, 4), new((nint)to, 8, 4)]);
        return words;
    }
}
