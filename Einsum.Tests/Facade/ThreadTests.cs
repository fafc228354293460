using EinsumNet.Backends.Cpu;

namespace EinsumNet.Tests.Facade;

/// <summary>One engine, many threads: the same and different equations, with caches too small for them.</summary>
sealed class ThreadTests
{
    static readonly (string Text, nint[][] Shapes)[] s_equations =
    [
        ("ij,jk->ik", [[7, 9], [9, 8]]), ("ij,jk->ki", [[7, 9], [9, 8]]), ("ij,jk,kl->il", [[3, 4], [4, 5], [5, 6]]), ("ii->i", [[9, 9]]), ("ij->", [[8, 8]]),
        ("bij,bjk->bik", [[3, 4, 5], [3, 5, 2]]), ("i,j->ij", [[20], [30]]), ("...i,i->...", [[3, 4, 5], [5]]), ("ij,ij,j->i", [[6, 7], [6, 7], [7]]), ("ijk->kji", [[4, 5, 6]]),
    ];

    [Test]
    public void Many_threads_get_what_one_gets([Values(2, 1000)] int capacity)
    {
        var engine = new EinsumEngine(new EinsumOptions { Backend = new CpuBackend(), CacheCapacity = capacity });
        var expected = s_equations.Select(equation => Eval(EinsumEngine.Default, equation)).ToArray();
        OnThreads(thread =>
        {
            var random = new Random(thread);
            for (var i = 0; i < 200; i++)
            {
                var index = random.Next(s_equations.Length);
                Assert.That(Eval(engine, s_equations[index]).SequenceEqual(expected[index]), s_equations[index].Text);
            }
        });
        Assert.That(engine.Statistics.Plans.Count, Is.LessThanOrEqualTo(capacity));
    }

    [Test]
    public void One_expression_on_many_threads()
    {
        var expression = Einsum.Compile<int>("ij,jk,kl->il", [5, 6], [6, 7], [7, 8]);
        OnThreads(thread =>
        {
            var (a, b, c) = (Values.Range<int>(5, 6), Values.Range<int>(6, 7), Values.Range<int>(7, 8));
            a[0, 0] = thread;
            var expected = Einsum.Eval("ij,jk,kl->il", a, b, c).Elements();
            var destination = new int[40];
            for (var i = 0; i < 200; i++)
            {
                expression.InvokeInto(new System.Numerics.Tensors.TensorSpan<int>(destination, [5, 8]), a, b, c);
                Assert.That(destination.SequenceEqual(expected));
            }
        });
    }

    static int[] Eval(EinsumEngine engine, (string Text, nint[][] Shapes) equation) =>
        engine.Eval(equation.Text, [.. equation.Shapes.Select(shape => (Operand<int>)Values.Range<int>(shape))]).Elements();

    /// <summary>All at once; what one throws is thrown here.</summary>
    static void OnThreads(Action<int> run)
    {
        const int threads = 8;
        using var start = new Barrier(threads);
        var tasks = Enumerable.Range(0, threads).Select(thread => Task.Factory.StartNew(() =>
        {
            start.SignalAndWait();
            run(thread);
        }, TaskCreationOptions.LongRunning)).ToArray();
        Task.WaitAll(tasks);
    }
}
