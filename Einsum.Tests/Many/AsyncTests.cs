using EinsumNet.Backends.Cpu;
using EinsumNet.Tests.Conformance;

namespace EinsumNet.Tests.Many;

/// <summary>Members that complete one by one; a subclass per backend.</summary>
[Parallelizable(ParallelScope.All)]
abstract class AsyncTests<TTarget> where TTarget : IConformanceTarget
{
    static readonly EinsumEngine s_engine = new(TTarget.Options);

    [Test]
    public async Task All_members_and_each_of_them()
    {
        var (left, right) = Members.Products(seed: 11, 30, most: 12);
        var many = s_engine.EvalManyAsync("ij,jk->ik", CancellationToken.None, left, right);
        Assert.That(many.Members, Has.Count.EqualTo(30));
        var seventh = await many.Members[7];
        var all = await many;
        Assert.That(all[7], Is.SameAs(seventh));
        Members.AssertEqual(all, member => Einsum.Eval<double>("ij,jk->ik", left[member], right[member]));
    }

    [Test]
    public void Cancelled_before_it_starts()
    {
        var (left, right) = Members.Products(seed: 12, 5, most: 12);
        var many = s_engine.EvalManyAsync("ij,jk->ik", new CancellationToken(canceled: true), left, right);
        Assert.That(async () => await many, Throws.InstanceOf<OperationCanceledException>());
        Assert.That(many.Members.Select(member => member.IsCanceled), Is.All.True);
    }

    [Test]
    public async Task Lists_may_be_filled_anew_once_the_members_are_under_way()
    {
        var (left, right) = Members.Products(seed: 13, 300, most: 40);
        Operand<double>[] keptLeft = [.. left], keptRight = [.. right];
        var many = s_engine.EvalManyAsync("ij,jk->ik", CancellationToken.None, left, right);
        // Operands of other shapes, which a member that read the lists now would read past their ends.
        Array.Fill(left, new double[1, 1]);
        Array.Clear(right);
        Members.AssertEqual(await many, member => Einsum.Eval<double>("ij,jk->ik", keptLeft[member], keptRight[member]));
    }

    [Test]
    public void Bad_input_is_said_at_once() => Assert.That(
        () => s_engine.EvalManyAsync<double>("ij,jk->ik", CancellationToken.None, new Operand<double>[] { new double[2, 3] }, new Operand<double>[] { new double[2, 3] }),
        Throws.InstanceOf<EinsumException>());
}

/// <summary>On the CPU, whose members are cancelled one by one.</summary>
sealed class CpuAsyncTests : AsyncTests<CpuConformance.Target>
{
    [Test]
    public async Task Cancelled_on_the_way()
    {
        // Eight members, each large enough for a task of its own; the backend goes on after the first when the test has looked.
        var (left, right) = (Members.Matrix(new Random(1), 64, 64), Members.Matrix(new Random(2), 64, 64));
        using var source = new CancellationTokenSource();
        using var looked = new ManualResetEventSlim();
        var engine = new EinsumEngine(new EinsumOptions { Backend = new PausingBackend(looked.Wait) });
        var many = engine.EvalManyAsync("ij,jk->ik", source.Token, [.. Enumerable.Repeat(left, 8)], new[] { right });
        var first = await await Task.WhenAny(many.Members);
        Assert.That(many.AsTask().IsCompleted, Is.False);
        await source.CancelAsync();
        looked.Set();
        Assert.That(async () => await many, Throws.InstanceOf<OperationCanceledException>());
        Assert.That(many.Members.Count(member => member.IsCanceled), Is.EqualTo(7));
        Assert.That(first.Elements(), Is.EqualTo(Einsum.Eval<double>("ij,jk->ik", left, right).Elements()));
    }

    /// <summary>The CPU's backend, which pauses when the first task of a list is done.</summary>
    sealed class PausingBackend(Action pause) : EinsumBackend
    {
        readonly CpuBackend _cpu = new();

        public override string Name => "pausing";

        internal override CacheStatistics KernelStatistics => _cpu.KernelStatistics;

        internal override Executable Load(KernelProgram program, RunSettings settings) => _cpu.Load(program, settings);

        internal override string Describe(KernelPlan plan) => _cpu.Describe(plan);

        internal override void Share<TJob>(ref TJob job, int tasks, int maxThreads)
        {
            for (var task = 0; task < tasks; task++)
            {
                job.Execute(task);
                if (task == 0) pause();
            }
        }
    }
}
