using EinsumNet.Backends.Gpu;
using EinsumNet.Tests.Many;
using static EinsumNet.Tests.Gpu.ResidentLists;

namespace EinsumNet.Tests.Gpu;

/// <summary>Ragged products whose results stay on a device.</summary>
[Parallelizable(ParallelScope.All)]
sealed class ResidentRaggedTests
{
    [OneTimeSetUp]
    public void RequireDevice() => TestDevices.RequireDevice();

    [TestCase("mk,gkn->mn", "m", "g")]
    [TestCase("mk,gkn,n->nm", "m", "g")]
    [TestCase("mk,kn->gmn", "k", "g")]
    [TestCase("gm,m->g", "m", "g")]
    [TestCase("bmk,bkn->bmn", "b", null)]
    [TestCase("gbk,bk->bg", "b", "g")]
    public void Ragged_products_stay(string equation, string ragged, string? group)
    {
        var random = new Random(3);
        foreach (var groups in (long[][])[[3, 0, 4], [7], [2, 1], [1, 2, 4], [0, 0], []])
            foreach (var areThere in (bool[])[false, true])
            {
                var operands = equation.Split("->")[0].Split(',').Select(term => Members.Matrix(random, [.. term.Select(label => label == ragged[0] ? 7 : label == 'g' ? groups.Length : (nint)4)])).ToArray();
                var tensors = areThere ? operands.Select(TestDevices.Backend.ToDevice).ToArray() : [];
                using var result = OnDevice.RaggedDotResident<double>(equation, ragged, group, groups, areThere ? [.. tensors.Select(tensor => (Operand<double>)tensor)] : operands);
                var expected = Einsum.RaggedDot<double>(equation, ragged, group, groups, operands);
                Assert.That((result.Shape, result.ToHost().Elements()), Is.EqualTo((Shape.Create(expected.Lengths), expected.Elements())), string.Join(' ', groups));
                foreach (var tensor in tensors) tensor.Dispose();
            }
    }

    [Test]
    public void A_ragged_product_of_more_than_a_launch_gathers_stays()
    {
        var driver = Multiplying();
        using var backend = Backend(driver, budget: 256 << 10);
        // A quarter of the budget holds five of the groups, of 12 KiB each.
        Operand<float> rows = Matrices(6 * 768)[0];
        using var square = backend.ToDevice(Square[0]);
        driver.Calls.Clear();
        using var result = Engine(backend).RaggedDotResident<float>("mk,kn->mn", "m", null, [.. Enumerable.Repeat(768L, 6)], rows, square);
        Assert.That(driver.Calls.Count(call => call == "cuLaunchKernel"), Is.EqualTo(2));
        Assert.That(result.ToHost().ToArray(), Is.EqualTo(Einsum.RaggedDot<float>("mk,kn->mn", "m", null, [.. Enumerable.Repeat(768L, 6)], rows, Square[0]).ToArray()));
    }

    [Test]
    public void A_ragged_product_on_the_device_is_one_launch_and_nothing_is_awaited([Values] bool isLate)
    {
        var driver = Multiplying(isLate);
        using var backend = Backend(driver);
        Operand<float> rows = Matrices(9)[0], matrices = new(Enumerable.Range(0, 3 * 4 * 5).Select(i => (float)(i % 5)).ToArray(), [3, 4, 5]);
        using var left = backend.ToDevice(rows);
        using var right = backend.ToDevice(matrices);
        backend.Synchronize();
        driver.Calls.Clear();
        using var result = Engine(backend).RaggedDotResident<float>(left, right, [2, 3, 4]);
        Assert.That(driver.Calls.Count(call => call == "cuLaunchKernel"), Is.EqualTo(1));
        Assert.That(driver.Calls.Count(call => call == "cuMemcpyHtoDAsync"), Is.EqualTo(1), "the table");
        Assert.That(driver.Calls.Where(call => call.Contains("DtoH") || call.Contains("Synchronize")), Is.Empty);
        Assert.That(result.ToHost().ToArray(), Is.EqualTo(Einsum.RaggedDot(rows, matrices, [2, 3, 4]).ToArray()));
    }

    [Test]
    public void A_ragged_product_is_refused_where_there_is_no_memory_or_no_room()
    {
        Assert.That(Error(() => EinsumEngine.Default.RaggedDotResident<float>(Matrices(9)[0], new Operand<float>(new float[60], [3, 4, 5]), [2, 3, 4])).Code, Is.EqualTo("EIN0706"));
        using var backend = Backend(Multiplying(), budget: 1 << 20);
        Assert.That(Error(() => Engine(backend).RaggedDotResident<float>(Matrices(90_000)[0], new Operand<float>(new float[60], [3, 4, 5]), [2, 3, 4])).Code, Is.EqualTo("EIN0704"));
        backend.Empty<byte>([1 << 20]).Dispose();
    }
}
