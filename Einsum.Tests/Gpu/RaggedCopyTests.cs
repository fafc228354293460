using EinsumNet.Backends.Cpu;
using EinsumNet.Backends.Gpu;
using EinsumNet.Tests.Many;
using static EinsumNet.Tests.Gpu.ResidentLists;

namespace EinsumNet.Tests.Gpu;

/// <summary>Operands of ragged products on the host are copied to the device once, also where the groups' slices of them overlap.</summary>
[Parallelizable(ParallelScope.All)]
sealed class RaggedCopyTests
{
    [OneTimeSetUp]
    public void RequireDevice() => TestDevices.RequireDevice();

    static readonly long[] s_groups = [3, 0, 4, 5, 4];

    /// <summary>Axes of 16 floats next to memory, so that what is gathered needs no padding.</summary>
    [TestCase("mk,gkn->mn", "m", "g", 4)]
    [TestCase("km,gkn->mn", "m", "g", 4)]
    [TestCase("mk,kgn->mn", "m", "g", 4)]
    [TestCase("mk,kn->gmn", "k", "g", 4)]
    [TestCase("mk,nk->gmn", "k", "g", 4)]
    [TestCase("bmk,bkn->bmn", "b", null, 4)]
    [TestCase("mbk,kbn->bmn", "b", null, 4)]
    [TestCase("mkb,knb->bmn", "b", null, 4)]
    [TestCase("mk,kn->mn", "m", null, 4)]
    [TestCase("km,kn->mn", "m", null, 4)]
    public void Every_operand_is_copied_once(string equation, string ragged, string? group, int members)
    {
        foreach (var isLate in (bool[])[false, true])
        {
            var driver = Multiplying(isLate);
            using var backend = Backend(driver);
            var (operands, elements) = Operands(equation, ragged);
            var result = Engine(backend).RaggedDot<float>(equation, ragged, group, s_groups, operands);
            Assert.That(driver.BytesUploaded, Is.LessThanOrEqualTo(elements * sizeof(float) + GroupedEmitter.TableBytes(members)), equation);
            Assert.That(result.ToArray(), Is.EqualTo(Einsum.RaggedDot<float>(equation, ragged, group, s_groups, operands).ToArray()), equation);
        }
    }

    [TestCase("mk,kn->gmn", "k", "g")]
    [TestCase("mbk,kbn->bmn", "b", null)]
    [TestCase("km,gkn->mn", "m", "g")]
    public void The_result_may_stay_and_the_operands_change(string equation, string ragged, string? group)
    {
        var driver = Multiplying(isLate: true);
        using var backend = Backend(driver);
        var (operands, elements) = Operands(equation, ragged, out var arrays);
        var expected = Einsum.RaggedDot<float>(equation, ragged, group, s_groups, operands).ToArray();
        using var result = Engine(backend).RaggedDotResident<float>(equation, ragged, group, s_groups, operands);
        Assert.That(driver.Calls.Where(call => call.Contains("Synchronize")), Is.Empty);
        foreach (var array in arrays) Array.Fill(array, float.NaN);
        // What takes the operands' memory next comes after what read them.
        foreach (var array in arrays)
            using (backend.ToDevice<float>(array)) { }
        Assert.That(driver.BytesUploaded, Is.LessThanOrEqualTo(2 * elements * sizeof(float) + GroupedEmitter.TableBytes(5) + sizeof(float)), "with the zero that the result begins with");
        Assert.That(result.ToHost().ToArray(), Is.EqualTo(expected));
    }

    /// <summary>An operand on the device stays there, a matrix that is both operands is copied once.</summary>
    [Test]
    public void What_is_there_is_not_copied_again()
    {
        var driver = Multiplying();
        using var backend = Backend(driver);
        var (operands, _) = Operands("mk,nk->gmn", "k");
        var expected = Einsum.RaggedDot<float>("mk,nk->gmn", "k", "g", s_groups, operands[0], operands[0]).ToArray();
        Assert.That(Engine(backend).RaggedDot<float>("mk,nk->gmn", "k", "g", s_groups, operands[0], operands[0]).ToArray(), Is.EqualTo(expected));
        Assert.That(driver.BytesUploaded, Is.EqualTo(16 * 16 * sizeof(float) + GroupedEmitter.TableBytes(4)));
        using var there = backend.ToDevice(operands[0]);
        var before = driver.BytesUploaded;
        Assert.That(Engine(backend).RaggedDot<float>("mk,nk->gmn", "k", "g", s_groups, there, operands[0]).ToArray(), Is.EqualTo(expected));
        Assert.That(driver.BytesUploaded - before, Is.EqualTo(16 * 16 * sizeof(float) + GroupedEmitter.TableBytes(4)));
    }

    /// <summary>Where both would take more than half of what others leave of the budget, the second is copied group by group; all memory comes back either way.</summary>
    [TestCase(1 << 20, 0, true)]
    [TestCase(12 << 10, 0, false)]
    [TestCase(28 << 10, 0, true)]
    [TestCase(28 << 10, 16 << 10, false)]
    public void Copies_take_at_most_half_of_the_budget(int budget, int held, bool isOnce)
    {
        // What is by itself is not the double's list of products.
        var driver = new FakeCuda { OnLaunch = (_, _) => { }, Parameters = 9 };
        using var counting = Backend(driver, budget);
        using var backend = new GpuBackend(TestDevices.Backend.Device, new GpuOptions { CacheDirectory = TestDevices.CacheDirectory, MemoryBudget = budget });
        // 4 KiB each.
        var operands = ((int[])[5, 7]).Select(step => new Operand<float>(Enumerable.Range(0, 16 * 64).Select(i => (float)(i % step)).ToArray(), [16, 64])).ToArray();
        var expected = Einsum.RaggedDot<float>("mk,nk->gmn", "k", "g", [32, 32], operands).ToArray();
        using (held == 0 ? null : counting.Empty<byte>([held])) Engine(counting).RaggedDot<float>("mk,nk->gmn", "k", "g", [32, 32], operands);
        Assert.That(driver.BytesUploaded <= 2 * 4096 + GroupedEmitter.TableBytes(2), Is.EqualTo(isOnce), $"{driver.BytesUploaded} bytes");
        using (held == 0 ? null : backend.Empty<byte>([held]))
            Assert.That(Engine(backend).RaggedDot<float>("mk,nk->gmn", "k", "g", [32, 32], operands).ToArray(), Is.EqualTo(expected));
        foreach (var each in (GpuBackend[])[counting, backend]) each.Empty<byte>([budget]).Dispose();
    }

    [Test]
    public void A_copy_that_fails_gives_its_memory_back()
    {
        var driver = Multiplying();
        using var backend = Backend(driver, 1 << 20);
        var (operands, _) = Operands("mk,nk->gmn", "k");
        driver.Failures["cuMemcpyHtoDAsync"] = 1;
        Assert.That(Error(() => Engine(backend).RaggedDot<float>("mk,nk->gmn", "k", "g", s_groups, operands)).Code, Is.EqualTo("EIN0702"));
        Assert.That(Error(() => Engine(backend).RaggedDotResident<float>("mk,nk->gmn", "k", "g", [8, 8], operands)).Code, Is.EqualTo("EIN0702"));
        driver.Failures.Clear();
        backend.Empty<byte>([1 << 20]).Dispose();
    }

    /// <summary>The choice between host and device comes before the copies.</summary>
    [Test]
    public void A_choice_for_the_host_copies_nothing()
    {
        var driver = Multiplying();
        using var device = Backend(driver);
        var (operands, _) = Operands("mk,nk->gmn", "k");
        var expected = Einsum.RaggedDot<float>("mk,nk->gmn", "k", "g", s_groups, operands).ToArray();
        var engine = Engine(new AutoBackend(CpuBackend.Default, device));
        Assert.That(engine.RaggedDot<float>("mk,nk->gmn", "k", "g", s_groups, operands).ToArray(), Is.EqualTo(expected));
        Assert.That(driver.BytesUploaded, Is.Zero);
        device.Session.Rates.Keep(new DeviceRates(1e15, 1e15, 1e15, 1e15, LaunchTime: 1e-12, CopyTime: 1e-12, IsMeasured: true));
        Assert.That(engine.RaggedDot<float>("mk,nk->gmn", "k", "g", s_groups, operands).ToArray(), Is.EqualTo(expected));
        Assert.That(driver.BytesUploaded, Is.EqualTo(2 * 16 * 16 * sizeof(float) + GroupedEmitter.TableBytes(4)));
    }

    [TestCase("km,gkn->mn", "m", "g")]
    [TestCase("mk,kn->gmn", "k", "g")]
    [TestCase("mbk,kbn->bmn", "b", null)]
    [TestCase("mk,nk,m->gmn", "k", "g")]
    public void On_a_device_the_results_are_the_same(string equation, string ragged, string? group)
    {
        var (operands, _) = Operands(equation, ragged);
        var expected = Einsum.RaggedDot<float>(equation, ragged, group, s_groups, operands).ToArray();
        Assert.That(OnDevice.RaggedDot<float>(equation, ragged, group, s_groups, operands).ToArray(), Is.EqualTo(expected));
        using var stays = OnDevice.RaggedDotResident<float>(equation, ragged, group, s_groups, operands);
        Assert.That(stays.ToHost().ToArray(), Is.EqualTo(expected));
    }

    /// <summary>Slices of the first groups, which are empty, are not copied: what is copied begins behind the first element.</summary>
    [Test]
    public void What_is_copied_is_what_the_groups_read([Values("mk,kgn->mn", "km,kgn->mn")] string equation)
    {
        long[] groups = [0, 0, 4, 5, 4];
        var driver = Multiplying(isLate: true);
        using var backend = Backend(driver);
        var (operands, elements) = Operands(equation, "m");
        var expected = Einsum.RaggedDot<float>(equation, "m", "g", groups, operands).ToArray();
        Assert.That(Engine(backend).RaggedDot<float>(equation, "m", "g", groups, operands).ToArray(), Is.EqualTo(expected));
        Assert.That(driver.BytesUploaded, Is.LessThanOrEqualTo((elements - 2 * 16) * sizeof(float) + GroupedEmitter.TableBytes(3)));
        Assert.That(OnDevice.RaggedDot<float>(equation, "m", "g", groups, operands).ToArray(), Is.EqualTo(expected));
        using var stays = OnDevice.RaggedDotResident<float>(equation, "m", "g", groups, operands);
        Assert.That(stays.ToHost().ToArray(), Is.EqualTo(expected));
    }

    static (Operand<float>[] Operands, long Elements) Operands(string equation, string ragged) => Operands(equation, ragged, out _);

    static (Operand<float>[] Operands, long Elements) Operands(string equation, string ragged, out float[][] arrays)
    {
        var random = new Random(equation.Length);
        var shapes = equation.Split("->")[0].Split(',').Select(term => Shape.Create([.. term.Select(label => label == ragged[0] ? 16 : label == 'g' ? s_groups.Length : (nint)16)])).ToArray();
        var all = shapes.Select(shape => Enumerable.Range(0, (int)shape.ElementCount!).Select(_ => (float)random.Next(-9, 10)).ToArray()).ToArray();
        arrays = all;
        return ([.. shapes.Select((shape, i) => new Operand<float>(all[i], shape))], shapes.Sum(shape => shape.ElementCount!.Value));
    }
}
