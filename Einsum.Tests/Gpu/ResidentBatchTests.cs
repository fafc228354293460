using EinsumNet.Backends.Cpu;
using EinsumNet.Backends.Gpu;
using EinsumNet.Tests.Many;
using static EinsumNet.Tests.Gpu.ResidentLists;

namespace EinsumNet.Tests.Gpu;

/// <summary>Lists whose results stay on a device: nothing is awaited, nothing is copied back, and what cannot be done is refused before anything is enqueued.</summary>
[Parallelizable(ParallelScope.All)]
sealed class ResidentBatchTests
{
    [OneTimeSetUp]
    public void RequireDevice() => TestDevices.RequireDevice();

    static void AssertAndDispose(IReadOnlyList<ResidentTensor<float>> results, Func<int, float[]> expected)
    {
        for (var member = 0; member < results.Count; member++) Assert.That(results[member].ToHost().ToArray(), Is.EqualTo(expected(member)), $"member {member}");
        foreach (var result in results) result.Dispose();
    }

    [Test]
    public void Results_equal_a_loop_of_single_evaluations([Values("ij,jk->ik", "ij,jk->", "ij,jk->j", "ij,jk->ijk")] string equation, [Values(1, 7, 40)] int count)
    {
        var (left, right) = Members.Products(seed: count, count, 12);
        var results = OnDevice.EvalManyResident(equation, left, right);
        for (var member = 0; member < count; member++)
        {
            using var result = results[member];
            Assert.That(result.ToHost().Elements(), Is.EqualTo(Einsum.Eval<double>(equation, left[member], right[member]).Elements()), $"member {member}");
            Assert.That(result.Shape, Is.EqualTo(OnDevice.Plan<double>(equation, left[member].Shape, right[member].Shape).ResultShape));
        }
    }

    [Test]
    public void Results_are_operands_of_the_next_list()
    {
        var left = Matrices(3, 1, 9, 0, 2);
        var first = OnDevice.EvalManyResident<float>("ij,jk->ik", left, Square);
        Operand<float>[] operands = [.. first];
        var second = OnDevice.CompileMany<float>("ij,jk->ik", [.. left.Select(operand => operand.Shape)], [[4, 4]]).InvokeResident(operands, Square);
        foreach (var tensor in first) tensor.Dispose();
        AssertAndDispose(second, member => Einsum.Eval<float>("ij,jk,kl->il", left[member], Square[0], Square[0]).ToArray());
    }

    [Test]
    public void Operands_of_many_axes_are_found_again([Values("abcde->edcba", "abcdef->fa", "abcdef,abcdef->abcdef")] string equation)
    {
        var (rank, terms) = (equation.IndexOfAny([',', '-']), equation.Count(c => c == ',') + 1);
        Operand<float>[] host = [.. new[] { 3, 1, 2 }.Select(Numbers)], there = [.. host.Select(TestDevices.Backend.ToDevice)];
        var lists = Enumerable.Repeat<IReadOnlyList<Operand<float>>>(there, terms).ToArray();
        var batch = OnDevice.CompileMany<float>(equation, [.. lists.Select(_ => host.Select(operand => operand.Shape).ToArray())]);
        for (var call = 0; call < 2; call++)
        {
            var results = batch.InvokeResident(lists);
            batch.InvokeInto(results, lists);
            AssertAndDispose(results, Expected);
            AssertAndDispose(OnDevice.EvalManyResident<float>(equation, lists), Expected);
            foreach (var all in new[] { batch.Invoke(lists), OnDevice.EvalMany<float>(equation, lists) })
                Assert.That(all.Select(result => result.ToArray()), Is.EqualTo(Enumerable.Range(0, 3).Select(Expected)));
        }
        GC.KeepAlive(there);

        Operand<float> Numbers(int first) => new(Enumerable.Range(0, first << (rank - 1)).Select(i => (float)(i % 5)).ToArray(), [first, .. Enumerable.Repeat(2L, rank - 1)]);

        float[] Expected(int member) => Einsum.Eval<float>(equation, [.. Enumerable.Repeat(host[member], terms)]).ToArray();
    }

    [Test]
    public void Without_addresses_results_are_slices_of_one_buffer_that_one_launch_writes()
    {
        TestDevices.RequireOpenCl();
        using var backend = new GpuBackend(GpuDevice.All.First(device => device.Runtime == "OpenCL"), new GpuOptions { CacheDirectory = TestDevices.CacheDirectory, MemoryBudget = 4 << 20 });
        var left = Matrices(40, 1, 17);
        var results = Engine(backend).EvalManyResident<float>("ij,jk->ik", left, Square).Cast<DeviceTensor<float>>().ToArray();
        Assert.That(results.Select(result => result.NativeHandle).Distinct().Count(), Is.EqualTo(1));
        Assert.That(results.Select(result => result.NativeOffset), Is.EqualTo(new[] { 0, 640, 704 }));
        Assert.That(backend.KernelStatistics.Count, Is.EqualTo(1));
        // What the list took goes back with the last of them.
        results[0].Dispose();
        results[2].Dispose();
        AssertAndDispose([results[1]], _ => Einsum.Eval<float>("ij,jk->ik", left[1], Square[0]).ToArray());
        backend.Empty<byte>([4 << 20]).Dispose();
        // More than one buffer holds: as many as are needed.
        var half = new Operand<byte>(new byte[1], [1 << 20], [0], 0);
        foreach (var result in Engine(backend).EvalManyResident<byte>("i->", new[] { half, half, half })) result.Dispose();
        Assert.That(Error(() => Engine(backend).EvalManyResident<byte>("i->i", new[] { half, half, half, half, half })).Code, Is.EqualTo("EIN0704"));
        backend.Empty<byte>([4 << 20]).Dispose();
    }

    [Test]
    public void A_list_on_the_device_is_one_launch_of_any_size_and_nothing_is_awaited([Values] bool isLate)
    {
        var driver = Multiplying(isLate);
        using var backend = Backend(driver, budget: 1 << 20);
        // Results of 320 KiB, more than the quarter of the budget that a launch gathers at most.
        var left = Matrices([.. Enumerable.Range(0, 6).Select(member => 3400 + member)]);
        Operand<float>[] there = [.. left.Select(backend.ToDevice)], square = [backend.ToDevice(Square[0])];
        var engine = Engine(backend);
        backend.Synchronize();
        driver.Calls.Clear();
        var results = engine.EvalManyResident<float>("ij,jk->ik", there, square);
        Assert.That(driver.Calls.Count(call => call == "cuLaunchKernel"), Is.EqualTo(1));
        Assert.That(driver.Calls.Count(call => call == "cuMemcpyHtoDAsync"), Is.EqualTo(1), "the table");
        Assert.That(driver.Calls.Where(call => call.Contains("DtoH") || call.Contains("Synchronize")), Is.Empty);
        Assert.That(driver.Waiting, isLate ? Is.Positive : Is.Zero);
        AssertAndDispose(results, member => Einsum.Eval<float>("ij,jk->ik", left[member], Square[0]).ToArray());
        GC.KeepAlive(there);
        GC.KeepAlive(square);
    }

    [Test]
    public void Operands_on_the_host_may_change_once_the_call_returns()
    {
        using var backend = Backend(Multiplying(isLate: true));
        var changing = new float[8, 4];
        changing[7, 3] = 5;
        var results = Engine(backend).EvalManyResident<float>("ij,jk->ik", new Operand<float>[] { changing, changing }, Square);
        changing[7, 3] = 6;
        changing[0, 0] = 6;
        var expected = new float[8, 4];
        expected[7, 3] = 5;
        AssertAndDispose(results, _ => Einsum.Eval<float>("ij,jk->ik", expected, Square[0]).ToArray());
    }

    [TestCase(64 << 10, 8 << 10, TestName = "No_room_for_the_results")]
    [TestCase(64 << 10, 62 << 10, TestName = "No_room_for_the_table")]
    public void Without_room_nothing_is_enqueued(int budget, int rest)
    {
        var driver = Multiplying();
        using var backend = Backend(driver, budget);
        var left = Matrices([.. Enumerable.Repeat(16, 16)]);
        var batch = Engine(backend).CompileMany<float>("ij,jk->ik", [.. left.Select(operand => operand.Shape)], [[4, 4]]);
        Operand<float>[] there = [.. left.Select(backend.ToDevice)], square = [backend.ToDevice(Square[0])];
        var destinations = rest < 32 << 10 ? [] : left.Select(operand => backend.Empty<float>([16, 4])).ToArray();
        var held = new List<IDisposable>();
        while (true)
        {
            try
            {
                held.Add(backend.Empty<byte>([256]));
            }
            catch (EinsumException)
            {
                break;
            }
        }
        driver.Calls.Clear();
        Assert.That(Error(() =>
        {
            if (destinations.Length == 0) batch.InvokeResident(there, square);
            else batch.InvokeInto(destinations, there, square);
        }).Code, Is.EqualTo("EIN0704"));
        Assert.That(driver.Calls.Where(call => call.Contains("cuMemcpy") || call == "cuLaunchKernel"), Is.Empty);
        foreach (var each in held) each.Dispose();
        if (destinations.Length == 0) destinations = left.Select(operand => backend.Empty<float>([16, 4])).ToArray();
        batch.InvokeInto(destinations, there, square);
        AssertAndDispose(destinations, member => Einsum.Eval<float>("ij,jk->ik", left[member], Square[0]).ToArray());
    }

    [Test]
    public void Members_that_run_by_themselves_are_checked_before_any_is_enqueued()
    {
        var driver = new FakeCuda { OnLaunch = (_, _) => { } };
        using var backend = Backend(driver, budget: 64 << 10);
        using var other = Backend(Multiplying());
        using var elsewhere = other.Empty<float>([3]);
        var small = new Operand<float>(new float[3], [3]);
        driver.Calls.Clear();
        Assert.That(Error(() => Engine(backend).EvalManyResident<float>("i,i->i", new[] { small, small }, [small, elsewhere])), Has.Property("Code").EqualTo("EIN0706").And.Property("Member").EqualTo(1));
        Operand<float> large = new(new float[12 << 10], [12 << 10]), alsoLarge = new(new float[12 << 10], [12 << 10]);
        Assert.That(Error(() => Engine(backend).EvalManyResident<float>("i,i->", new[] { small, large }, [small, alsoLarge])), Has.Property("Code").EqualTo("EIN0704").And.Property("Member").EqualTo(1));
        Assert.That(driver.Calls.Where(call => call.Contains("cuMemcpy") || call == "cuLaunchKernel"), Is.Empty);
    }

    [Test]
    public void Without_addresses_results_in_several_buffers_are_a_launch_each()
    {
        TestDevices.RequireOpenCl();
        using var backend = new GpuBackend(GpuDevice.All.First(device => device.Runtime == "OpenCL"), new GpuOptions { CacheDirectory = TestDevices.CacheDirectory });
        var left = Matrices(4, 1, 7, 5, 9, 2);
        var batch = Engine(backend).CompileMany<float>("ij,jk->ik", [.. left.Select(operand => operand.Shape)], [[4, 4]]);
        var results = Engine(backend).EvalManyResident<float>("ij,jk->ik", left[..3], Square).Concat(Engine(backend).EvalManyResident<float>("ij,jk->ik", left[3..], Square)).ToArray();
        foreach (var result in results) ((DeviceTensor<float>)result).CopyFrom(new Operand<float>(new float[result.Shape.ElementCount!.Value], result.Shape));
        batch.InvokeInto(results, left, Square);
        // A member by itself would have a kernel of its own.
        Assert.That(backend.KernelStatistics.Count, Is.EqualTo(1));
        AssertAndDispose(results, member => Einsum.Eval<float>("ij,jk->ik", left[member], Square[0]).ToArray());
    }

    /// <summary>Operands that have something done as one of them is read for the second time: it was checked then, and is enqueued.</summary>
    sealed class Operands(Operand<float>[] members, int member, Action action) : IReadOnlyList<Operand<float>>
    {
        int _reads;

        public Operand<float> this[int index]
        {
            get
            {
                if (index == member && ++_reads == 2) action();
                return members[index];
            }
        }

        public int Count => members.Length;

        public IEnumerator<Operand<float>> GetEnumerator() => ((IEnumerable<Operand<float>>)members).GetEnumerator();

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }

    [Test]
    public void Room_that_others_take_meanwhile_is_an_error_of_the_member()
    {
        var driver = new FakeCuda { OnLaunch = (_, _) => { } };
        using var backend = Backend(driver, budget: 64 << 10);
        var held = new List<IDisposable>();
        Operand<float>[] vectors = [.. Enumerable.Range(0, 3).Select(_ => new Operand<float>(new float[1 << 10], [1 << 10]))];
        var batch = Engine(backend).CompileMany<float>("i->", [.. vectors.Select(operand => operand.Shape)]);
        var destinations = vectors.Select(_ => backend.Empty<float>([])).ToArray();
        var error = Error(() => new ResidentMembers<float>(Engine(backend), batch.Equation, batch.Compiled.Calls, new OperandLists<float>(batch.Equation, [new Operands(vectors, 1, Take)])).Run());
        Assert.That(error, Has.Property("Code").EqualTo("EIN0704").And.Property("Member").EqualTo(1));
        foreach (var each in held) each.Dispose();
        batch.InvokeInto(destinations, vectors);
        foreach (var destination in destinations) destination.Dispose();

        void Take()
        {
            try
            {
                while (true) held.Add(backend.Empty<float>([1 << 8]));
            }
            catch (EinsumException)
            {
            }
        }
    }

    [Test]
    public void Members_of_several_steps_keep_their_intermediates_on_the_device()
    {
        var left = Matrices(3, 8, 1);
        Operand<float>[] there = [.. left.Select(TestDevices.Backend.ToDevice)];
        Assert.That(OnDevice.Plan<float>("ij,jk,kl->il", [8, 4], [4, 4], [4, 4]).Kernels.Steps, Has.Length.EqualTo(2));
        AssertAndDispose(OnDevice.EvalManyResident<float>("ij,jk,kl->il", there, Square, Square), member => Einsum.Eval<float>("ij,jk,kl->il", left[member], Square[0], Square[0]).ToArray());
        GC.KeepAlive(there);
    }

    [Test]
    public void Operands_on_the_host_and_on_the_device_are_one_launch([Values] bool isLate)
    {
        var driver = Multiplying(isLate);
        using var backend = Backend(driver);
        var (left, right) = (Matrices(3, 5, 1, 8, 2), Enumerable.Repeat(Square[0], 5).ToArray());
        // Each side has some here and some there, and there is a member of every kind.
        Operand<float>[] mixedLeft = [.. left.Select((operand, i) => i % 2 == 0 ? operand : backend.ToDevice(operand))], mixedRight = [.. right.Select((operand, i) => i < 2 ? operand : backend.ToDevice(operand))];
        driver.Calls.Clear();
        var results = Engine(backend).EvalManyResident<float>("ij,jk->ik", mixedLeft, mixedRight);
        Assert.That(driver.Calls.Count(call => call == "cuLaunchKernel"), Is.EqualTo(1));
        Assert.That(driver.Calls.Count(call => call == "cuMemcpyHtoDAsync"), Is.EqualTo(3), "both sides' and the table");
        AssertAndDispose(results, member => Einsum.Eval<float>("ij,jk->ik", left[member], right[member]).ToArray());
        GC.KeepAlive(mixedLeft);
        GC.KeepAlive(mixedRight);
    }

    [Test]
    public void Destinations_of_scalars_may_have_one_axis_of_size_1()
    {
        var left = Matrices(3, 5);
        var batch = OnDevice.CompileMany<float>("ij,ij->", [.. left.Select(operand => operand.Shape)], [.. left.Select(operand => operand.Shape)]);
        ResidentTensor<float>[] destinations = [TestDevices.Backend.Empty<float>([1]), TestDevices.Backend.Empty<float>([])];
        batch.InvokeInto(destinations, left, left);
        AssertAndDispose(destinations, member => Einsum.Eval<float>("ij,ij->", left[member], left[member]).ToArray());
    }

    [Test]
    public void Eight_threads_on_one_batch()
    {
        var left = Matrices(3, 9, 1, 0, 6);
        var batch = OnDevice.CompileMany<float>("ij,jk->ik", [.. left.Select(operand => operand.Shape)], [[4, 4]]);
        Operand<float>[] there = [.. left.Select(TestDevices.Backend.ToDevice)];
        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, thread =>
        {
            for (var i = 0; i < 5; i++)
            {
                var results = batch.InvokeResident((thread + i) % 2 == 0 ? there : left, Square);
                batch.InvokeInto(results, there, Square);
                AssertAndDispose(results, member => Einsum.Eval<float>("ij,jk->ik", left[member], Square[0]).ToArray());
            }
        });
        GC.KeepAlive(there);
    }

    [Test]
    public void Operands_may_be_disposed_once_the_call_returns()
    {
        var driver = Multiplying(isLate: true);
        using var backend = Backend(driver);
        var left = Matrices(3, 9, 5);
        var there = left.Select(backend.ToDevice).ToArray();
        using var square = backend.ToDevice(Square[0]);
        var results = Engine(backend).EvalManyResident<float>("ij,jk->ik", [.. there], new Operand<float>[] { square });
        foreach (var tensor in there) tensor.Dispose();
        Assert.That(driver.Waiting, Is.Positive);
        // Whoever is given their memory writes to it after they are read.
        var next = left.Select(operand => backend.ToDevice(new Operand<float>(new float[operand.Shape.ElementCount!.Value], operand.Shape))).ToArray();
        Assert.That(next.Select(tensor => tensor.NativeHandle), Is.EquivalentTo(there.Select(tensor => tensor.NativeHandle)));
        AssertAndDispose(results, member => Einsum.Eval<float>("ij,jk->ik", left[member], Square[0]).ToArray());
        foreach (var tensor in next) tensor.Dispose();
    }

    [Test]
    public void Destinations_may_be_operands_of_any_member()
    {
        var left = Matrices(4, 4, 4);
        var x = left.Select(TestDevices.Backend.ToDevice).ToArray();
        var batch = OnDevice.CompileMany<float>("ij,jk->ik", new Shape[] { [4, 4], [4, 4], [4, 4] }, new Shape[] { [4, 4], [4, 4], [4, 4] });
        // Each reads what another one writes, and the last is only written.
        using var free = TestDevices.Backend.Empty<float>([4, 4]);
        batch.InvokeInto([x[1], x[0], free], new Operand<float>[] { x[0], x[1], x[2] }, new Operand<float>[] { x[2], x[0], x[1] });
        Assert.That(x[1].ToHost().ToArray(), Is.EqualTo(Einsum.Eval<float>("ij,jk->ik", left[0], left[2]).ToArray()));
        Assert.That(x[0].ToHost().ToArray(), Is.EqualTo(Einsum.Eval<float>("ij,jk->ik", left[1], left[0]).ToArray()));
        Assert.That(free.ToHost().ToArray(), Is.EqualTo(Einsum.Eval<float>("ij,jk->ik", left[2], left[1]).ToArray()));
        Assert.That(x[2].ToHost().ToArray(), Is.EqualTo(Einsum.Eval<float>("...->...", left[2]).ToArray()));
        foreach (var tensor in x) tensor.Dispose();
    }

    [Test]
    public void Destinations_that_do_not_fit_are_refused_before_anything_is_enqueued()
    {
        var driver = Multiplying();
        using var backend = Backend(driver);
        using var other = Backend(Multiplying());
        var batch = Engine(backend).CompileMany<float>("ij,jk->ik", new Shape[] { [2, 4], [3, 4] }, [[4, 4]]);
        DeviceTensor<float> first = backend.Empty<float>([2, 4]), second = backend.Empty<float>([3, 4]), elsewhere = other.Empty<float>([3, 4]), gone = backend.Empty<float>([3, 4]);
        gone.Dispose();
        var left = Matrices(2, 3);
        Assert.That(Error(() => batch.InvokeInto([first], left, Square)).Message, Does.StartWith("EIN0603: there are 1 destinations for 2 members."));
        Assert.That(Error(() => batch.InvokeInto([first, first], Matrices(2, 2), Square)).Message, Is.EqualTo("EIN0610: in member 1, the destination is also that of member 0.\n  ij,jk->ik\n         ^^"));
        Assert.That(Error(() => batch.InvokeInto([first, first], left, Square)).Message, Does.StartWith("EIN0401: in member 1, the destination has shape [2, 4] but the result has shape [3, 4]."));
        Assert.That(Error(() => batch.InvokeInto([first, elsewhere], left, Square)), Has.Property("Code").EqualTo("EIN0706").And.Property("Member").EqualTo(1));
        Assert.That(Error(() => batch.InvokeInto([first, gone], left, Square)), Has.Property("Code").EqualTo("EIN0706").And.Property("Member").EqualTo(1));
        Assert.That(Error(() => batch.InvokeInto([first, second], [left[0], elsewhere], Square)), Has.Property("Code").EqualTo("EIN0706").And.Property("Member").EqualTo(1));
        Assert.That(() => batch.InvokeInto([first, null!], left, Square), Throws.ArgumentNullException);
        Assert.That(driver.Calls, Has.No.Member("cuLaunchKernel"));
        batch.InvokeInto([first, second], left, Square);
        AssertAndDispose([first, second], member => Einsum.Eval<float>("ij,jk->ik", left[member], Square[0]).ToArray());
    }

    [Test]
    public void A_backend_that_chooses_runs_them_on_its_device()
    {
        var driver = Multiplying();
        using var device = Backend(driver);
        var left = Matrices(2, 3);
        AssertAndDispose(Engine(new AutoBackend(CpuBackend.Default, device)).EvalManyResident<float>("ij,jk->ik", left, Square), member => Einsum.Eval<float>("ij,jk->ik", left[member], Square[0]).ToArray());
        Assert.That(driver.Calls.Count(call => call == "cuLaunchKernel"), Is.EqualTo(1));
    }

    [Test]
    public void The_cpu_has_no_memory_of_its_own()
    {
        Assert.That(Error(() => EinsumEngine.Default.EvalManyResident<float>("i->i", Array.Empty<Operand<float>>())).Code, Is.EqualTo("EIN0706"));
        using var tensor = TestDevices.Backend.Empty<float>([2]);
        Assert.That(Error(() => Einsum.CompileMany<float>("i->i", [[2]]).InvokeInto([tensor], new Operand<float>[] { new float[2] })).Code, Is.EqualTo("EIN0706"));
    }
}
