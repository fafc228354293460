using EinsumNet.Backends.Gpu;

namespace EinsumNet.Tests.Gpu.Ptx;

/// <summary>The CUDA text of scans and of lists of products, run without a GPU.</summary>
[Parallelizable(ParallelScope.All)]
sealed class PtxListTests
{
    static readonly DeviceLimits s_limits = Limits.Cuda(80);

    /// <summary>A line of 5000 is cut into two pieces.</summary>
    [Test]
    public void Scans([Values] ScanOperation operation, [Values(257, 5000)] int length)
    {
        Nvrtc.Need(80);
        if (length < 1000) ScanTests.Check<int>(operation, (int)operation % 2 == 0, 3, length, null, random => random.Next(-9, 9), (x, y) => unchecked(Of(operation, x, y)), s_limits);
        else ScanTests.Check<float>(operation, (int)operation % 2 != 0, 2, length, null, random => random.Next(1, 3), (x, y) => Of(operation, x, y), s_limits);
    }

    static T Of<T>(ScanOperation operation, T x, T y) where T : System.Numerics.INumber<T> => operation switch
    {
        ScanOperation.Add => x + y,
        ScanOperation.Multiply => x * y,
        ScanOperation.Max => T.Max(x, y),
        _ => T.Min(x, y),
    };

    [Test]
    public void Lists([Values("ij,jk->ik", "bij,bkj->bik", "ij,j->i")] string equation, [Values(ElementType.Float, ElementType.Complex, ElementType.Half, ElementType.Short)] ElementType element, [Values] bool isByAddress)
    {
        Nvrtc.Need(80);
        GroupedTests.Check(equation, element, new GroupedLaunch(null, ptx: s_limits, isByAddress: isByAddress), members: 3, tile: new TileShape(16, 16, 16, 1, 1));
    }

    [Test]
    public void Lists_with_indices_of_64_bits([Values("ij,jk->ik", "bij,bkj->bik")] string equation, [Values(ElementType.Float, ElementType.Half)] ElementType element)
    {
        Nvrtc.Need(80);
        var tile = element == ElementType.Half ? new TileShape(32, 32, 32, 16, 16, 3) : new TileShape(16, 16, 16, 1, 1);
        GroupedTests.Check(equation, element, new GroupedLaunch(null, isOnTensorCores: element == ElementType.Half, s_limits, isByAddress: true), members: 3, tile, isWide: true);
    }

    [Test]
    public void Lists_on_tensor_cores([Values("ij,jk->ik", "bij,bkj->bik")] string equation, [Values(ElementType.Half, ElementType.Double)] ElementType element, [Values] bool isAligned, [Values] bool isByAddress)
    {
        Nvrtc.Need(80);
        var tile = new TileShape(32, 32, element == ElementType.Half ? 32 : 16, 16, 16, 3);
        GroupedTests.Check(equation, element, new GroupedLaunch(null, isOnTensorCores: true, s_limits, isByAddress), members: 3, tile, multiple: isAligned ? 16 : 1);
    }
}
