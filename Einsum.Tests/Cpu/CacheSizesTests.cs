using EinsumNet.Backends.Cpu;

namespace EinsumNet.Tests.Cpu;

/// <summary>Where the sizes of caches come from: the system, the processor, and a measurement that is kept.</summary>
[Parallelizable(ParallelScope.All)]
sealed class CacheSizesTests
{
    [Test]
    public void What_the_system_tells_comes_first()
    {
        var sizes = CacheSizes.Of(new(1, 0, 3 << 20), new(10, 2 << 20, 30 << 20), 1, NotAsked);
        Assert.That((sizes.L1, sizes.L2, sizes.L3), Is.EqualTo((1L, 2L << 20, 3L << 20)));
    }

    [Test]
    public void The_last_cache_is_measured_once_and_only_for_what_might_not_fit()
    {
        var asked = 0;
        var sizes = CacheSizes.Of(default, default, 1, () => ++asked * (16L << 20));
        Assert.That((sizes.Holds(CacheSizes.LeastL3), sizes.Holds(CacheSizes.LeastL3 / 2, 0.5), asked), Is.EqualTo((true, true, 0)));
        Assert.That((sizes.Holds(16 << 20), sizes.Holds((16 << 20) + 1), sizes.Holds(9 << 20, 0.5), asked), Is.EqualTo((true, false, false, 1)));
    }

    /// <summary>A virtual machine of two processors is told the 260 MB of its socket; eight with 96 MB to themselves there are.</summary>
    [TestCase(260, 2, 48)]
    [TestCase(96, 8, 96)]
    [TestCase(32, 2, 32)]
    [TestCase(33, 2, 48)]
    public void More_than_so_many_processors_can_have_is_measured(long told, int processors, long megabytes) =>
        Assert.That(CacheSizes.Of(new(0, 0, told << 20), default, processors, () => 48 << 20).L3, Is.EqualTo(megabytes << 20));

    [Test]
    public void The_last_cache_is_the_second_one_where_nothing_lies_between_it_and_memory() =>
        Assert.That(CacheSizes.Of(default, new(0, 12 << 20, 0), 1, () => 4 << 20).L3, Is.EqualTo(12L << 20));

    [Test]
    public void Without_memory_to_measure_with_the_last_cache_is_the_least_one() =>
        Assert.That(CacheSizes.Of(default, default, 1, () => throw new OutOfMemoryException()).L3, Is.EqualTo(CacheSizes.LeastL3));

    [Test]
    public void A_folder_of_Linux()
    {
        using var folder = new Folder();
        Write("index0", "1", "Data", "48K");
        Write("index1", "1", "Instruction", "32K");
        Write("index2", "2", "Unified", "1024K");
        Write("index3", "3", "Unified", "32M");
        Assert.That(CacheReport.OfSystem(folder.Path), Is.EqualTo(new CacheReport(48 << 10, 1 << 20, 32 << 20)));

        void Write(string index, string level, string type, string size)
        {
            var path = Directory.CreateDirectory(Path.Combine(folder.Path, index)).FullName;
            File.WriteAllText(Path.Combine(path, "level"), level + "\n");
            File.WriteAllText(Path.Combine(path, "type"), type + "\n");
            File.WriteAllText(Path.Combine(path, "size"), size + "\n");
        }
    }

    [Test]
    public void No_folder_tells_nothing() => Assert.That(CacheReport.OfSystem(Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString())), Is.EqualTo(default(CacheReport)));

    /// <summary>12 ways of 64 sets, 8 of 2048 and 16 of 32768, of 64 bytes each, after the manuals of AMD and Intel.</summary>
    [TestCase(unchecked((int)0x8000001D))]
    [TestCase(4)]
    public void A_processor_that_lists_its_caches(int list)
    {
        (int, int, int, int) Answer(int leaf, int subleaf) => (leaf, subleaf) switch
        {
            (0, _) => (list == 4 ? 0x16 : 1, 0, 0, 0),
            (unchecked((int)0x80000000), _) => (list == 4 ? unchecked((int)0x80000008) : unchecked((int)0x80000021), 0, 0, 0),
            var (asked, i) when asked == list => i switch
            {
                0 => Cache(type: 1, level: 1, ways: 12, sets: 64),
                1 => Cache(type: 2, level: 1, ways: 8, sets: 64),
                2 => Cache(type: 3, level: 2, ways: 8, sets: 2048),
                3 => Cache(type: 3, level: 3, ways: 16, sets: 32768),
                _ => default,
            },
            _ => default,
        };

        Assert.That(CacheReport.OfProcessor(Answer), Is.EqualTo(new CacheReport(48 << 10, 1 << 20, 32 << 20)));

        static (int, int, int, int) Cache(int type, int level, int ways, int sets) => (type | level << 5, (ways - 1) << 22 | 63, sets - 1, 0);
    }

    /// <summary>A virtual machine on an EPYC whose hypervisor empties the lists; its old leaf has the L3 of the socket, 508 MB.</summary>
    [Test]
    public void A_processor_whose_lists_are_empty()
    {
        static (int, int, int, int) Answer(int leaf, int subleaf) => (uint)leaf switch
        {
            0 => (0x10, 0, 0, 0),
            0x80000000 => (unchecked((int)0x80000021), 0, 0, 0),
            0x80000005 => (unchecked((int)0xff60ff40), unchecked((int)0xff60ff40), 0x300c0140, 0x20080140),
            0x80000006 => (0x40802040, 0x60804040, 0x04006140, 0x0fe09140),
            _ => default,
        };

        Assert.That(CacheReport.OfProcessor(Answer), Is.EqualTo(new CacheReport(48 << 10, 1 << 20, 0)));
    }

    [TestCase(new double[] { 70, 70, 71, 69, 68, 60, 58, 40, 31, 30 }, 32)]
    [TestCase(new double[] { 70, 30, 30, 30, 30, 30, 30, 30, 30, 30 }, 4)]
    [TestCase(new double[] { 50, 70, 40, 71, 69, 60, 58, 40, 31, 30 }, 32)]
    [TestCase(new double[] { 30, 31, 30, 29, 30, 31, 30, 31, 30, 30 }, null)]
    [TestCase(new double[] { 70, 70, 70, 70, 70, 70, 70, 70, 70, 30 }, 64)]
    public void The_size_is_where_the_rate_falls(double[] rates, int? expected) =>
        Assert.That(LastCacheMeter.Largest([4, 6, 8, 12, 16, 24, 32, 48, 64, 96], rates), Is.EqualTo(expected));

    [Test]
    public void This_machine_has_a_size() => Assert.That(LastCacheMeter.Measure(), Is.InRange(CacheSizes.LeastL3, 96 << 20));

    [Test]
    public void What_was_measured_is_kept_for_the_processor()
    {
        using var folder = new Folder();
        Assert.That(LastCacheStore.Measured(folder.Path, "one", () => 5 << 20), Is.EqualTo(5 << 20));
        Assert.That(LastCacheStore.Measured(folder.Path, "one", NotAsked), Is.EqualTo(5 << 20));
        Assert.That(LastCacheStore.Measured(folder.Path, "another", () => 6 << 20), Is.EqualTo(6 << 20));
    }

    [Test]
    public void Nothing_is_kept_without_a_directory() => Assert.That(LastCacheStore.Measured(null, "one", () => 7 << 20), Is.EqualTo(7 << 20));

    static long NotAsked() => throw new InvalidOperationException("Measured, although the size is known.");
}
