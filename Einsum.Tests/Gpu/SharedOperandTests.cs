using EinsumNet.Backends.Cpu;
using EinsumNet.Backends.Gpu;
using EinsumNet.Tests.Many;
using static EinsumNet.Tests.Gpu.ResidentLists;

namespace EinsumNet.Tests.Gpu;

/// <summary>Operands that all members of a list share: copied to the device once, and estimated so.</summary>
[Parallelizable(ParallelScope.All)]
sealed class SharedOperandTests
{
    [OneTimeSetUp]
    public void RequireDevice() => TestDevices.RequireDevice();

    static FakeCuda Counting => new() { OnLaunch = (_, _) => { }, Parameters = 9 };

    static Operand<float>[] Members(int count, params nint[] shape) => [.. Enumerable.Range(0, count).Select(_ => new Operand<float>(new float[shape.Aggregate((nint)1, (product, size) => product * size)], Shape.Create([.. shape])))];

    /// <summary>A copy takes a second for each four megabytes, which a matrix has; whoever has more than one copies each.</summary>
    [TestCase("ij,jk->ik", 1, "1[0-9]{3}")]
    [TestCase("ij,jk->ik", 10, "10[0-9]{3}")]
    [TestCase("ij,jk,kl->il", 1, "1[0-9]{3}")]
    public void An_estimate_counts_them_once(string equation, int matrices, string milliseconds)
    {
        using var device = Backend(Counting);
        device.Session.Rates.Keep(new DeviceRates(1e18, 1e18, 1e18, 4e6, LaunchTime: 1e-12, CopyTime: 1e-12, IsMeasured: true));
        IReadOnlyList<Operand<float>>[] lists = [Members(10, 1, 1000), Members(matrices, 1000, 1000), Members(1, 1000, 1)];
        if (equation == "ij,jk->ik") lists = lists[..2];
        var batch = Engine(new AutoBackend(CpuBackend.Default, device)).CompileMany<float>(equation, [.. lists.Select(list => (IReadOnlyList<Shape>)[.. list.Select(operand => operand.Shape)])]);
        Assert.That(batch.ToString(), Does.Match($" {milliseconds}(\\.[0-9])? ms copies"));
        batch.Invoke(lists);
        Assert.That(batch.ToString(), Does.Match($" {milliseconds}(\\.[0-9])? ms copies"));
    }

    /// <summary>A copy takes a second, however much it is: both operands, the results and the table of one launch; or two of each member beside what all share.</summary>
    [TestCase("ij,jk->ik", 1, 4)]
    [TestCase("ij,jk->ik", 10, 4)]
    [TestCase("ij,jk,kl->il", 1, 2 + 10 * 2)]
    public void An_estimate_counts_copies(string equation, int matrices, int copies)
    {
        using var device = Backend(Counting);
        device.Session.Rates.Keep(new DeviceRates(1e18, 1e18, 1e18, 1e18, LaunchTime: 1e-12, CopyTime: 1, IsMeasured: true));
        IReadOnlyList<Shape>[] lists = [.. new Shape[][] { [.. Enumerable.Repeat<Shape>([8, 8], 10)], [.. Enumerable.Repeat<Shape>([8, 8], matrices)], [[8, 8]] }.Take(equation.Count(',') + 1)];
        Assert.That(Engine(new AutoBackend(CpuBackend.Default, device)).CompileMany<float>(equation, lists).ToString(), Does.Contain($" of which {copies * 1000} ms copies"));
    }

    /// <summary>Ten times a matrix is too much to be copied for what the device saves, once is not.</summary>
    [Test]
    public void The_choice_goes_by_it([Values] bool isShared)
    {
        var driver = Counting;
        using var device = Backend(driver);
        device.Session.Rates.Keep(new DeviceRates(1e18, 1e18, 1e18, 4e9, LaunchTime: 1e-12, CopyTime: 1e-12, IsMeasured: true));
        var engine = Engine(new AutoBackend(CpuBackend.Default, device));
        engine.EvalMany<float>("ij,jk->ik", Members(10, 1, 1000), Members(isShared ? 1 : 10, 1000, 1000));
        Assert.That(driver.Calls.Contains("cuLaunchKernel"), Is.EqualTo(isShared), engine.Plan<float>("ij,jk->ik", [1, 1000], [1000, 1000]).ToString());
    }

    /// <summary>Of a ragged product, what every group reads.</summary>
    [Test]
    public void Groups_share_what_their_slices_overlap_in()
    {
        var driver = Counting;
        using var device = Backend(driver);
        device.Session.Rates.Keep(new DeviceRates(1e18, 1e18, 1e18, 4e9, LaunchTime: 1e-12, CopyTime: 1e-12, IsMeasured: true));
        Engine(new AutoBackend(CpuBackend.Default, device)).RaggedDot<float>("mk,kn->mn", "m", null, [.. Enumerable.Repeat(1L, 10)], Members(1, 10, 1000)[0], Members(1, 1000, 1000)[0]);
        Assert.That(driver.Calls, Does.Contain("cuLaunchKernel"));
    }

    [Test]
    public void Members_by_themselves_copy_them_once_too([Values] bool stays)
    {
        var driver = Counting;
        using var backend = Backend(driver);
        var engine = Engine(backend);
        var (left, shared, right) = (Members(5, 8, 16), Members(1, 16, 16), Members(1, 16, 4));
        var own = 5 * 8 * 16 + 16 * 16 + 16 * 4;
        if (stays)
            foreach (var result in engine.EvalManyResident<float>("ij,jk,kl->il", left, shared, right)) result.Dispose();
        else engine.EvalMany<float>("ij,jk,kl->il", left, shared, right);
        Assert.That(driver.BytesUploaded, Is.EqualTo(own * sizeof(float)));
    }

    [Test]
    public void Several_launches_copy_them_once()
    {
        var driver = Multiplying();
        using var backend = Backend(driver, budget: 64 << 10);
        Operand<float>[] left = [.. Matrices([.. Enumerable.Repeat(128, 20)])];
        var results = Engine(backend).EvalMany<float>("ij,jk->ik", left, Square);
        for (var i = 0; i < left.Length; i++) Assert.That(results[i].ToArray(), Is.EqualTo(Einsum.Eval<float>("ij,jk->ik", left[i], Square[0]).ToArray()));
        var launches = driver.Calls.Count(call => call == "cuLaunchKernel");
        Assert.That(launches, Is.GreaterThan(2));
        Assert.That(driver.BytesUploaded, Is.EqualTo(20 * 128 * 4 * 4 + 64 + (20 + launches) * GroupedProblem.Width * 8));
        backend.Empty<byte>([64 << 10]).Dispose();
    }

    [TestCase("ij,jk->ik", 0b01)]
    [TestCase("ij,jk->ik", 0b10)]
    [TestCase("ij,jk->ik", 0b11)]
    [TestCase("ij,jk,kl->il", 0b110)]
    [TestCase("ij,jk,kl->il", 0b101)]
    [TestCase("ij,ij->j", 0b10)]
    public void On_a_device_the_results_are_the_same(string equation, int shared)
    {
        var random = new Random(shared);
        var lists = equation.Split("->")[0].Split(',').Select((term, i) => Enumerable.Range(0, (shared >> i & 1) != 0 ? 1 : 4).Select(_ => Many.Members.Matrix(random, [.. term.Select(label => (nint)(5 + label % 3))])).ToArray()).ToArray();
        var batch = OnDevice.CompileMany<double>(equation, [.. Enumerable.Range(0, lists.Length).Select(i => (IReadOnlyList<Shape>)[.. Enumerable.Repeat(lists[i][0].Shape, 4)])]);
        foreach (var results in (double[][][])[[.. batch.Invoke(lists).Select(result => result.ToArray())], [.. batch.InvokeResident(lists).Select(ToHost)]])
            for (var member = 0; member < 4; member++)
                Assert.That(results[member], Is.EqualTo(Einsum.Eval<double>(equation, [.. lists.Select(list => list[list.Length == 1 ? 0 : member])]).ToArray()).Within(1e-12), $"member {member}");
    }

    /// <summary>What was copied for one call says nothing of the next.</summary>
    [Test]
    public void Operands_change_between_calls_of_one_batch([Values] bool stays)
    {
        var random = new Random(9);
        Operand<double>[] left = [.. Enumerable.Range(0, 3).Select(_ => Many.Members.Matrix(random, 5, 6))];
        var elements = new double[6 * 7];
        Operand<double>[] shared = [new Operand<double>(elements, [6, 7])];
        var batch = OnDevice.CompileMany<double>("ij,jk->ik", [.. left.Select(operand => operand.Shape)], [shared[0].Shape]);
        for (var turn = 1; turn < 4; turn++)
        {
            for (var i = 0; i < elements.Length; i++) elements[i] = turn * i % 11;
            double[][] results = stays ? [.. batch.InvokeResident(left, shared).Select(ToHost)] : [.. batch.Invoke(left, shared).Select(result => result.ToArray())];
            for (var member = 0; member < left.Length; member++) Assert.That(results[member], Is.EqualTo(Einsum.Eval<double>("ij,jk->ik", left[member], shared[0]).ToArray()), $"turn {turn}");
        }
    }

    /// <summary>Each of several threads shares what its own lists say.</summary>
    [Test]
    public void Callers_of_one_batch_at_a_time_share_other_operands()
    {
        var random = new Random(8);
        Operand<double>[] own = [.. Enumerable.Range(0, 3).Select(_ => Many.Members.Matrix(random, 6, 6))], one = [Many.Members.Matrix(random, 6, 6)];
        var batch = OnDevice.CompileMany<double>("ij,jk->ik", Array.ConvertAll(own, operand => operand.Shape), Array.ConvertAll(own, operand => operand.Shape));
        Task.WaitAll([.. Enumerable.Range(0, 4).Select(caller => Task.Factory.StartNew(() => Call(caller % 2 == 0 ? own : one, caller % 2 == 0 ? one : own), TaskCreationOptions.LongRunning))]);

        void Call(Operand<double>[] left, Operand<double>[] right)
        {
            for (var turn = 0; turn < 20; turn++) Many.Members.AssertEqual(batch.Invoke(left, right), member => Einsum.Eval<double>("ij,jk->ik", left[left.Length == 1 ? 0 : member], right[right.Length == 1 ? 0 : member]));
        }
    }

    static double[] ToHost(ResidentTensor<double> tensor)
    {
        using (tensor) return tensor.ToHost().ToArray();
    }
}
