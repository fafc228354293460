using EinsumNet.Backends.Cpu;
using EinsumNet.Backends.Gpu;

namespace EinsumNet.Tests.Gpu;

/// <summary>Tensors that stay on a device: operands, destinations, and what happens to them out of order.</summary>
[Parallelizable(ParallelScope.All)]
sealed class DeviceTensorTests
{
    static readonly EinsumEngine s_engine = new(new EinsumOptions { Backend = TestDevices.HasDevice ? TestDevices.Backend : CpuBackend.Default });

    static GpuBackend Backend => TestDevices.Backend;

    [OneTimeSetUp]
    public void RequireDevice() => TestDevices.RequireDevice();

    [Test]
    public void To_the_device_and_back([Values] bool strided)
    {
        var numbers = Enumerable.Range(0, 60).Select(i => (float)i).ToArray();
        var operand = strided ? new Operand<float>(numbers, [3, 4, 2], [1, 4, 30], 5) : new Operand<float>(numbers, [3, 4, 5]);
        using var tensor = Backend.ToDevice(operand);
        var expected = Einsum.Eval("...->...", operand);
        Assert.That(tensor.ToHost().ToArray(), Is.EqualTo(expected.ToArray()));
        Assert.That(tensor.Shape, Is.EqualTo(operand.Shape));
    }

    [Test]
    public async Task To_the_host_without_waiting()
    {
        using var tensor = Backend.ToDevice<long>(new long[] { 1, 2, 3 });
        Assert.That((await tensor.ToHostAsync()).ToArray(), Is.EqualTo(new long[] { 1, 2, 3 }));
    }

    [Test]
    public void Scalars_and_empty_tensors()
    {
        using var scalar = Backend.ToDevice<double>(2.5);
        using var empty = Backend.ToDevice<double>(new double[0, 3]);
        Assert.That(scalar.ToHost().ToArray(), Is.EqualTo(new[] { 2.5 }));
        Assert.That(empty.ToHost().ToArray(), Is.Empty);
        Assert.That(s_engine.Eval<double>(",ij->j", scalar, empty).ToArray(), Is.EqualTo(new double[3]));
        using var sum = s_engine.EvalResident<double>("ij->", empty);
        Assert.That(sum.ToHost().ToArray(), Is.EqualTo(new[] { 0.0 }));
    }

    [Test]
    public void Operands_on_the_device_and_on_the_host_mix()
    {
        var (a, b) = (Matrix(17, 23, 1), Matrix(23, 11, 2));
        using var left = Backend.ToDevice<float>(a);
        Assert.That(s_engine.Eval<float>("ij,jk->ik", left, b).ToArray(), Is.EqualTo(Einsum.Eval("ij,jk->ik", a, b).ToArray()).Within(1e-5));
        Assert.That(s_engine.Eval<float>("ij,ij->", left, left).ToArray(), Is.EqualTo(Einsum.Eval("ij,ij->", a, a).ToArray()).Within(1e-4));
    }

    [Test]
    public void A_chain_of_products_stays_there()
    {
        var a = Matrix(16, 16, 3);
        using var x = Backend.ToDevice<float>(a);
        using var power = s_engine.EvalResident<float>("ij,jk->ik", x, x);
        for (var i = 0; i < 3; i++) s_engine.EvalInto("ij,jk->ik", power, power, x);
        var expected = a;
        for (var i = 0; i < 4; i++) expected = Product(expected, a);
        Assert.That(power.ToHost().ToArray(), Is.EqualTo(expected.Cast<float>().ToArray()).Within(1e-3));
    }

    [Test]
    public async Task Compiled_expressions_take_and_give_what_is_on_the_device()
    {
        var a = Matrix(16, 16, 3);
        var expected = Product(a, a).Cast<float>().ToArray();
        var expression = s_engine.Compile<float>("ij,jk->ik", [16, 16], [16, 16]);
        using var x = Backend.ToDevice<float>(a);
        using var square = expression.InvokeResident(x, a);
        Assert.That(square.ToHost().ToArray(), Is.EqualTo(expected).Within(1e-4));
        Assert.That((await expression.InvokeAsync(x, x)).ToArray(), Is.EqualTo(expected).Within(1e-4));
        using var other = new GpuBackend(Backend.Device);
        using var elsewhere = other.Empty<float>([16, 16]);
        using var smaller = Backend.Empty<float>([4, 4]);
        Assert.That(Code(() => expression.InvokeInto(elsewhere, x, x)), Is.EqualTo("EIN0706"));
        Assert.That(Code(() => expression.InvokeInto(smaller, x, x)), Is.EqualTo("EIN0401"));
        Assert.That(Code(() => expression.InvokeResident(x, smaller)), Is.EqualTo("EIN0403"));
        expression.InvokeInto(x, x, a);
        Assert.That(x.ToHost().ToArray(), Is.EqualTo(expected).Within(1e-4));

        var onTheCpu = Einsum.Compile<float>("ij,jk->ik", [16, 16], [16, 16]);
        Assert.That((await onTheCpu.InvokeAsync(a, a)).ToArray(), Is.EqualTo(expected).Within(1e-4));
        Assert.That(Code(() => onTheCpu.InvokeResident(a, a)), Is.EqualTo("EIN0706"));
    }

    [Test]
    public void Operands_on_the_host_may_change_once_the_call_returns()
    {
        var (ones, zeros) = (Enumerable.Repeat(1f, 3_000_000).ToArray(), new float[3_000_000]);
        using var sum = Backend.Empty<float>([3_000_000]);
        var changing = ones.ToArray();
        s_engine.EvalInto<float>("i,i->i", sum, changing, ones);
        Array.Copy(zeros, changing, zeros.Length);
        Assert.That(sum.ToHost().ToArray().All(value => value == 1));
    }

    [Test]
    public async Task Asynchronous_calls_complete()
    {
        var a = Matrix(40, 40, 4);
        var tasks = Enumerable.Range(0, 8).Select(_ => s_engine.EvalAsync<float>("ij,jk->ik", a, a)).ToArray();
        var expected = Product(a, a).Cast<float>().ToArray();
        foreach (var result in await Task.WhenAll(tasks)) Assert.That(result.ToArray(), Is.EqualTo(expected).Within(1e-4));
        Assert.That((await Einsum.EvalAsync<float>("ij,jk->ik", a, a)).ToArray(), Is.EqualTo(expected).Within(1e-4));
    }

    [Test]
    public void Groups_are_slices_of_tensors_on_the_device()
    {
        var (lhs, rhs) = (Matrix(9, 4, 5), Matrix(3 * 4, 5, 6));
        using var right = Backend.ToDevice(new Operand<float>(rhs.Cast<float>().ToArray(), [3, 4, 5]));
        using var left = Backend.ToDevice<float>(lhs);
        var expected = Einsum.RaggedDot(lhs, new Operand<float>(rhs.Cast<float>().ToArray(), [3, 4, 5]), [2, 0, 5]);
        Assert.That(s_engine.RaggedDot<float>(left, right, [2, 0, 5]).ToArray(), Is.EqualTo(expected.ToArray()).Within(1e-5));
    }

    [Test]
    public void The_cpu_refuses_them()
    {
        using var tensor = Backend.ToDevice<float>(new float[] { 1, 2 });
        Assert.That(Code(() => Einsum.Eval<float>("i->", tensor)), Is.EqualTo("EIN0706"));
        Assert.That(Code(() => Einsum.EvalMany<float>("i->", new Operand<float>[] { tensor })), Is.EqualTo("EIN0706"));
        Assert.That(Code(() => new EinsumEngine(new EinsumOptions { Backend = new CpuBackend() }).EvalInto<float>("i->i", tensor, new float[2])), Is.EqualTo("EIN0706"));
        Assert.That(Code(() => EinsumEngine.Default.EvalResident<float>("i->i", new float[2])), Is.EqualTo("EIN0706"));
        Assert.That(Code(() => EinsumNet.Functions.Fn.Vmap(x => x * x).Eval<float>(tensor)), Is.EqualTo("EIN0706"));
    }

    [Test]
    public void Another_backend_refuses_them()
    {
        using var other = new GpuBackend(Backend.Device);
        using var tensor = other.ToDevice<float>(new float[] { 1, 2 });
        Assert.That(Code(() => s_engine.Eval<float>("i->", tensor)), Is.EqualTo("EIN0706"));
        Assert.That(Code(() => s_engine.EvalInto<float>("i->i", tensor, new float[2])), Is.EqualTo("EIN0706"));
    }

    [Test]
    public void A_copy_onto_itself_changes_nothing()
    {
        using var tensor = Backend.ToDevice<float>(new float[] { 1, 2 });
        tensor.CopyFrom(tensor);
        Assert.That(tensor.ToHost().ToArray(), Is.EqualTo(new float[] { 1, 2 }));
    }

    [Test]
    public void Disposed_tensors_say_so()
    {
        var tensor = Backend.ToDevice<float>(new float[] { 1, 2 });
        tensor.Dispose();
        tensor.Dispose();
        Assert.That(Code(() => s_engine.Eval<float>("i->", tensor)), Is.EqualTo("EIN0706"));
        Assert.That(Code(() => tensor.ToHost()), Is.EqualTo("EIN0706"));
    }

    [Test]
    public void Too_many_tensors_are_no_room() =>
        Assert.That(GpuErrors.TooManyTensors(8).Message, Is.EqualTo("EIN0704: there are 8 device tensors already, which is the most.\n  hint: dispose device tensors, or let one hold what several do."));

    [Test]
    public void Disposed_in_any_order()
    {
        var backend = new GpuBackend(Backend.Device);
        var tensor = backend.ToDevice<float>(new float[] { 1, 2 });
        var engine = new EinsumEngine(new EinsumOptions { Backend = backend });
        Assert.That(engine.Eval<float>("i->", tensor)[0], Is.EqualTo(3));
        backend.Dispose();
        Assert.That(() => engine.Eval<float>("i->", tensor), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(tensor.ToHost, Throws.TypeOf<ObjectDisposedException>());
        tensor.Dispose();
        backend.Dispose();
    }

    [Test]
    public void Forgotten_tensors_are_collected()
    {
        using var backend = new GpuBackend(Backend.Device, new GpuOptions { MemoryBudget = 64 << 20 });
        // Sixteen times the budget: it only fits if the pool has what is forgotten collected before it says that there is no room.
        for (var i = 0; i < 64; i++) Forget(backend);
        using (var held = backend.Empty<byte>([40 << 20])) Assert.That(Code(() => backend.Empty<byte>([40 << 20])), Is.EqualTo("EIN0704"));
        backend.Dispose();
        Forget(TestDevices.Backend);
        GC.Collect();
        GC.WaitForPendingFinalizers();

        // In the caller's frame the last tensor would still be alive.
        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        static void Forget(GpuBackend backend) => _ = backend.Empty<byte>([16 << 20]);
    }

    [Test]
    public void Eight_threads_at_once()
    {
        using var backend = new GpuBackend(Backend.Device, new GpuOptions { CacheDirectory = "" });
        var engine = new EinsumEngine(new EinsumOptions { Backend = backend });
        var failures = new System.Collections.Concurrent.ConcurrentQueue<Exception>();
        var threads = Enumerable.Range(0, 8).Select(number => new Thread(() =>
        {
            try
            {
                using var own = backend.ToDevice<float>(Matrix(12, 12, number));
                for (var i = 0; i < 10; i++)
                {
                    var expected = Product(Matrix(12, 12, number), Matrix(12, 12, number)).Cast<float>().ToArray();
                    Assert.That(engine.Eval<float>("ij,jk->ik", own, Matrix(12, 12, number)).ToArray(), Is.EqualTo(expected).Within(1e-4));
                }
            }
            catch (Exception error)
            {
                failures.Enqueue(error);
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        Assert.That(failures, Is.Empty);
    }

    static string Code(Action call) => Assert.Throws<EinsumException>(call)!.Code;

    static float[,] Matrix(int rows, int columns, int seed)
    {
        var (random, matrix) = (new Random(seed), new float[rows, columns]);
        for (var i = 0; i < rows; i++)
            for (var j = 0; j < columns; j++) matrix[i, j] = (float)random.NextDouble() - 0.5f;
        return matrix;
    }

    static float[,] Product(float[,] left, float[,] right)
    {
        var product = new float[left.GetLength(0), right.GetLength(1)];
        for (var i = 0; i < product.GetLength(0); i++)
            for (var k = 0; k < product.GetLength(1); k++)
                for (var j = 0; j < left.GetLength(1); j++) product[i, k] += left[i, j] * right[j, k];
        return product;
    }
}
