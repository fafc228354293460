using EinsumNet.Backends.Gpu;

namespace EinsumNet.Tests.Gpu;

/// <summary>Kernels on disk: what is damaged, foreign or half written never reaches a driver.</summary>
sealed class DiskCacheTests
{
    [Test]
    public void A_kernel_is_compiled_once()
    {
        using var folder = new Folder();
        var (first, second) = (new FakeCuda(), new FakeCuda());
        Run(first, folder.Path);
        Run(second, folder.Path);
        Assert.That((first.Sources.Count, second.Sources.Count), Is.EqualTo((1, 0)));
    }

    /// <summary>Each differs from a <see cref="FakeCuda"/> as it is in one thing that a binary depends on.</summary>
    static readonly Dictionary<string, Func<FakeCuda>> s_others = new()
    {
        // PTX for sm_75 in both cases: only the device's own number differs.
        ["sm"] = () => new FakeCuda { Archs = [75], Sm = (8, 6) },
        ["driver"] = () => new FakeCuda { Archs = [75], DriverVersion = 12050 },
        ["compiler"] = () => new FakeCuda { Archs = [75], CompilerVersion = 13 },
        ["device"] = () => new FakeCuda { Archs = [75], Name = "Another GPU" },
        ["option"] = () => new FakeCuda { Archs = [75, 80] },
    };

    static IEnumerable<string> Others => s_others.Keys;

    [TestCaseSource(nameof(Others))]
    public void Another_compiler_device_or_driver_has_kernels_of_its_own(string what)
    {
        using var folder = new Folder();
        Run(new FakeCuda { Archs = [75] }, folder.Path);
        var other = s_others[what]();
        Run(other, folder.Path);
        Assert.That(other.Sources, Has.Count.EqualTo(1));
        Assert.That(Kernels(folder), Has.Length.EqualTo(2));
    }

    [Test]
    public void The_key_is_of_everything_that_a_binary_depends_on()
    {
        var kernel = new EmittedKernel("source", "f", new Launch(1, 1, 1, 1, 1, 1, 0), [], 0);
        string[] keys =
        [
            KernelStore.KeyOf(KernelDialect.Cuda, "device", "options", kernel), KernelStore.KeyOf(KernelDialect.OpenCL, "device", "options", kernel), KernelStore.KeyOf(KernelDialect.Cuda, "another", "options", kernel),
            KernelStore.KeyOf(KernelDialect.Cuda, "device", "others", kernel), KernelStore.KeyOf(KernelDialect.Cuda, "device", "options", kernel with { EntryPoint = "g" }),
            KernelStore.KeyOf(KernelDialect.Cuda, "device", "options", kernel with { Source = "another" }),
        ];
        Assert.That(keys, Is.Unique);
    }

    [Test]
    public void An_OpenCl_device_is_known_by_platform_name_and_driver_and_their_versions()
    {
        var device = new OpenClDevice(0, "platform", "1", "driver", "version", Limits.Card);
        string[] identities =
        [
            device.Identity, (device with { Platform = "another" }).Identity, (device with { PlatformVersion = "2" }).Identity, (device with { Driver = "another" }).Identity, (device with { Version = "another" }).Identity,
            (device with { Limits = Limits.Card with { Name = "another" } }).Identity,
        ];
        Assert.That(identities, Is.Unique);
    }

    static readonly Dictionary<string, Func<byte[], byte[]>> s_damages = new()
    {
        ["empty"] = _ => [],
        ["half a header"] = bytes => bytes[..40],
        ["no payload"] = bytes => bytes[..80],
        ["cut off"] = bytes => bytes[..^1],
        ["longer"] = bytes => [.. bytes, 0],
        ["one bit of the payload"] = bytes => Flip(bytes, bytes.Length - 3),
        ["one bit of the hash"] = bytes => Flip(bytes, 60),
        ["one bit of the length"] = bytes => Flip(bytes, 40),
        ["one bit of the key"] = bytes => Flip(bytes, 20),
        ["another program's file"] = _ => "{ \"kernels\": [] }"u8.ToArray(),
    };

    static IEnumerable<string> Damages => s_damages.Keys;

    [TestCaseSource(nameof(Damages))]
    public void A_damaged_file_is_compiled_again(string damage)
    {
        using var folder = new Folder();
        Run(new FakeCuda(), folder.Path);
        var file = Kernels(folder).Single();
        var good = File.ReadAllBytes(file);
        File.WriteAllBytes(file, s_damages[damage](good));
        var driver = new FakeCuda();
        Run(driver, folder.Path);
        Assert.That(driver.Sources, Has.Count.EqualTo(1));
        Assert.That(File.ReadAllBytes(file), Is.EqualTo(good));
    }

    [Test]
    public void A_kernel_under_another_kernels_name_is_compiled_again()
    {
        using var folder = new Folder();
        var cache = DiskCache.TryOpen(folder.Path, 1 << 20)!;
        cache.Write("one", [1, 2, 3]);
        File.Copy(Kernels(folder).Single(), Path.Combine(folder.Path, "two.kernel"));
        Assert.That(cache.TryRead("one"), Is.EqualTo(new byte[] { 1, 2, 3 }));
        Assert.That(cache.TryRead("two"), Is.Null);
        Assert.That(Kernels(folder), Has.Length.EqualTo(1));
    }

    [Test]
    public void What_the_driver_does_not_take_is_compiled_again()
    {
        using var folder = new Folder();
        Run(new FakeCuda(), folder.Path);
        var driver = new FakeCuda();
        driver.Failures["cuModuleLoadData"] = 200;
        Assert.That(() => Run(driver, folder.Path), Throws.TypeOf<EinsumException>().With.Property("Code").EqualTo("EIN0702"));
        Assert.That(driver.Sources, Has.Count.EqualTo(1));
    }

    [Test]
    public void A_program_without_the_kernel_is_compiled_again()
    {
        var runtime = TestDevices.Runtime;
        using var folder = new Folder();
        var disk = DiskCache.TryOpen(folder.Path, 1 << 20)!;
        var (f, g) = (Kernel("f"), Kernel("g"));
        _ = new KernelStore(runtime, disk, 10).Get(f);
        var key = Path.GetFileNameWithoutExtension(Kernels(folder).Single());
        using var other = runtime.Build(g.Source, g.EntryPoint);
        disk.Write(key, other.Binary);
        Assert.That(runtime.TryLoad(other.Binary, "f"), Is.Null);
        var store = new KernelStore(runtime, disk, 10);
        Assert.That(store.Get(f).MaxGroupSize, Is.Positive);
        Assert.That(store.Compiled, Is.EqualTo(1));
        var again = new KernelStore(runtime, disk, 10);
        _ = again.Get(f);
        Assert.That(again.Compiled, Is.Zero);

        EmittedKernel Kernel(string name)
        {
            var source = runtime.Dialect == KernelDialect.OpenCL ? $"__kernel void {name}(__global float *x, long o) {{ x[o] = 1; }}" : $"extern \"C\" __global__ void {name}(float *x, long long o) {{ x[o] = 1; }}";
            return new EmittedKernel(source, name, new Launch(1, 1, 1, 1, 1, 1, 0), [], 0);
        }
    }

    [TestCase("/given", "/xdg", false, "/home", "/given")]
    [TestCase("given", "/xdg", true, "/local", "given")]
    [TestCase(null, "/xdg", false, "/home", "/xdg/einsum")]
    [TestCase("", "/xdg", true, "/local", "/xdg/einsum")]
    [TestCase(null, "relative", false, "/home", "/home/.cache/einsum")]
    [TestCase(null, "", false, "/home", "/home/.cache/einsum")]
    [TestCase(null, null, false, "/home", "/home/.cache/einsum")]
    [TestCase(null, null, true, "/local", "/local/einsum/cache")]
    [TestCase(null, "relative", false, "", null)]
    [TestCase(null, null, true, "", null)]
    public void The_directory_is_the_first_that_is_told(string? given, string? xdg, bool isWindows, string home, string? directory) =>
        Assert.That(DiskCache.DirectoryOf(given, xdg, isWindows, home)?.Replace('\\', '/'), Is.EqualTo(directory));

    [Test]
    public void The_size_is_bounded_and_the_oldest_go_first()
    {
        using var folder = new Folder();
        var cache = DiskCache.TryOpen(folder.Path, 10 * 1080)!;
        for (var i = 0; i < 9; i++)
        {
            cache.Write($"k{i}", new byte[1000]);
            File.SetLastWriteTimeUtc(Path.Combine(folder.Path, $"k{i}.kernel"), DateTime.UtcNow.AddMinutes(i - 100));
        }
        Assert.That(cache.TryRead("k0"), Is.Not.Null);
        cache.Write("k9", new byte[1000]);
        cache.Write("k10", new byte[1000]);
        Assert.That(cache.TryRead("k0"), Is.Not.Null);
        Assert.That(cache.TryRead("k1"), Is.Null);
        Assert.That(Kernels(folder).Sum(file => new FileInfo(file).Length), Is.LessThanOrEqualTo(10 * 1080));
        cache.Write("huge", new byte[20_000]);
        Assert.That(cache.TryRead("huge"), Is.Null);
    }

    [Test]
    public void What_was_left_half_written_is_swept()
    {
        using var folder = new Folder();
        var cache = DiskCache.TryOpen(folder.Path, 1 << 20)!;
        var left = Path.Combine(folder.Path, "0123.aside");
        File.WriteAllText(left, "half");
        File.SetLastWriteTimeUtc(left, DateTime.UtcNow.AddHours(-2));
        cache.Write("one", [1]);
        Assert.That(File.Exists(left), Is.False);
    }

    [Test]
    public void No_directory_keeps_nothing()
    {
        var driver = new FakeCuda();
        foreach (var _ in (int[])[1, 2]) Run(driver, "");
        Assert.That(driver.Sources, Has.Count.EqualTo(2));
    }

    [Test]
    public void A_directory_that_cannot_be_used_costs_nothing_but_compilations()
    {
        using var folder = new Folder();
        var blocked = Path.Combine(folder.Path, "file");
        File.WriteAllText(blocked, "");
        var driver = new FakeCuda();
        Run(driver, blocked);
        Assert.That(driver.Sources, Has.Count.EqualTo(1));
    }

    [Test]
    public void Many_writers_and_readers_at_once()
    {
        using var folder = new Folder();
        var (wrong, found) = (0, 0);
        Parallel.For(0, 8, worker =>
        {
            // Each worker stands for a process: it shares nothing with the others but the directory.
            var cache = DiskCache.TryOpen(folder.Path, 64 << 10)!;
            for (var i = 0; i < 60; i++)
            {
                var key = $"k{(worker + i) % 10}";
                cache.Write(key, Payload(key));
                if (i % 7 == 0) cache.Remove(key);
                if (cache.TryRead(key) is not { } read) continue;
                Interlocked.Increment(ref found);
                if (!read.AsSpan().SequenceEqual(Payload(key))) Interlocked.Increment(ref wrong);
            }
        });
        Assert.That(wrong, Is.Zero);
        Assert.That(found, Is.Positive);
        Assert.That(Directory.GetFiles(folder.Path, "*.aside"), Is.Empty);

        static byte[] Payload(string key) => [.. Enumerable.Range(0, 3000).Select(i => (byte)(i * key[1]))];
    }

    [Test]
    public void Several_processes_at_once()
    {
        TestDevices.RequireDevice();
        using var folder = new Folder();
        var processes = Enumerable.Range(0, 3).Select(_ => Checked.ChildProcess.Start(["cache", folder.Path])).ToArray();
        foreach (var process in processes)
            using (process) Checked.ChildProcess.Finish(process);
        using var later = Checked.ChildProcess.Start(["cache", folder.Path]);
        Assert.That(Checked.ChildProcess.Finish(later), Does.StartWith("0 compiled"));
    }

    static void Run(FakeCuda driver, string directory)
    {
        driver.OnLaunch = (_, _) => { };
        using var backend = new GpuBackend(GpuDevice.Of(driver.Device), new GpuOptions { CacheDirectory = directory });
        new EinsumEngine(new EinsumOptions { Backend = backend }).Eval<float>("i->i", new float[2]);
    }

    static string[] Kernels(Folder folder) => Directory.GetFiles(folder.Path, "*.kernel");

    static byte[] Flip(byte[] bytes, int at)
    {
        byte[] flipped = [.. bytes];
        flipped[at] ^= 4;
        return flipped;
    }
}
