using System.Collections.Immutable;
using System.Numerics.Tensors;

namespace EinsumNet.Functions;

/// <summary>
/// A function of tensors that was made by <see cref="Fn"/>: it can be called with traced values inside another function, mapped, and evaluated.
/// Compiled once for each list of shapes and element type, and kept. Thread-safe.
/// </summary>
public sealed class TensorFunction
{
    /// <summary>A function is compiled for so many lists of shapes at a time.</summary>
    const int Programs = 256;

    readonly Func<TensorExpr[], TensorExpr[]> _body;
    readonly string _text;
    ProgramCache _programs;
    readonly EinsumEngine? _engine;

    internal TensorFunction(string text, Func<TensorExpr[], TensorExpr[]> body, Term? term = null, EinsumEngine? engine = null, string? line = null)
    {
        (_text, _body, Term, _engine, Line) = (text, body, term, engine, line);
        _programs = new ProgramCache(Programs);
    }

    /// <summary>Where it was made, <c>File.cs:12</c>, if that is known.</summary>
    internal string? Line { get; }

    /// <summary>The nest of vmaps, where the function is one.</summary>
    internal Term? Term { get; }

    /// <summary>The equation of a nest of Vmap around Dot, labelled from i in the order of appearance: <c>ij,jk->ik</c>.</summary>
    /// <exception cref="EinsumException">The function is no such nest (EIN0518).</exception>
    public string Equation => Term is null ? throw FunctionErrors.NoEquation(_text) : NestEquation.Raise(Term);

    /// <summary>
    /// The same function, evaluated by an engine: with its backend, threads, rules and limits, the einsums inside too. On a GPU the whole of it runs on the device,
    /// and a backend that chooses does so for the whole of it.
    /// Without this it is <see cref="EinsumEngine.Default"/>; called inside another function, it runs where that does.
    /// </summary>
    public TensorFunction On(EinsumEngine engine)
    {
        ArgumentNullException.ThrowIfNull(engine);
        return new TensorFunction(_text, _body, Term, engine, Line);
    }

    /// <summary>Calls it with traced values, inside another function.</summary>
    /// <exception cref="EinsumException">It has another number of results (EIN0517), or what it does does not fit the operands.</exception>
    public TensorExpr Invoke(params ReadOnlySpan<TensorExpr> operands)
    {
        var results = InvokeAll(operands);
        return results is [var result] ? result : throw FunctionErrors.ResultCount("Invoke", results.Length, 1);
    }

    /// <summary>Calls it with traced values, for all its results.</summary>
    /// <exception cref="EinsumException">An operand is null (EIN0524), or what it does does not fit the operands.</exception>
    public TensorExpr[] InvokeAll(params ReadOnlySpan<TensorExpr> operands)
    {
        using var depth = TraceDepth.Enter(Line);
        return Given.Values(_body(Given.Values([.. operands], _text, "operand")), _text, "result");
    }

    /// <summary>The result for these operands in a new tensor; of shape [1] where it is a scalar.</summary>
    /// <exception cref="EinsumException">The function does not fit the operands, or its result has another element type (EIN0502).</exception>
    public Tensor<T> Eval<T>(params ReadOnlySpan<Operand<T>> operands) where T : unmanaged => Eval<T, T>(operands);

    /// <summary>As the other, where the result has another element type than the operands, such as the long of <see cref="TensorExpr.ArgMax"/>.</summary>
    public Tensor<TResult> Eval<T, TResult>(params ReadOnlySpan<Operand<T>> operands) where T : unmanaged where TResult : unmanaged
    {
        var program = Volatile.Read(ref _programs).For(this, operands, out var areDense);
        program.Expect<TResult>("Eval", 1);
        var result = Program.NewResult<TResult>(program.Graph.Results[0].Shape);
        program.Run<T, TResult>(operands, [result], areDense);
        return result;
    }

    /// <summary>All results for these operands, each in a new tensor.</summary>
    /// <exception cref="EinsumException">The function does not fit the operands, or a result has another element type (EIN0502).</exception>
    public Tensor<T>[] EvalAll<T>(params ReadOnlySpan<Operand<T>> operands) where T : unmanaged
    {
        var program = Volatile.Read(ref _programs).For(this, operands, out var areDense);
        program.Expect<T>("EvalAll", program.Graph.Results.Length);
        Tensor<T>[] results = [.. program.Graph.Results.Select(result => Program.NewResult<T>(result.Shape))];
        program.Run<T, T>(operands, results, areDense);
        return results;
    }

    /// <summary>
    /// The result for these operands as a task. A GPU (see <see cref="On"/>) is given the work at once, and operands on the host may change when the call returns, which waits where the function
    /// divides integers or asks for the condition of a loop; on the CPU the work runs in the background, and operands stay as they are until the task completes. A division of integers by zero
    /// is an error of the task.
    /// </summary>
    /// <exception cref="EinsumException">As <see cref="Eval{T}"/>.</exception>
    public Task<Tensor<T>> EvalAsync<T>(params ReadOnlySpan<Operand<T>> operands) where T : unmanaged => EvalAsync<T, T>(operands);

    /// <summary>As the other, where the result has another element type than the operands.</summary>
    public Task<Tensor<TResult>> EvalAsync<T, TResult>(params ReadOnlySpan<Operand<T>> operands) where T : unmanaged where TResult : unmanaged
    {
        var program = Volatile.Read(ref _programs).For(this, operands, out var areDense);
        program.Expect<TResult>("EvalAsync", 1);
        return Only(Start<T, TResult>(program, operands, areDense));

        static async Task<Tensor<TResult>> Only(Task<Tensor<TResult>[]> results) => (await results.ConfigureAwait(false))[0];
    }

    /// <summary>All results for these operands as a task, as <see cref="EvalAsync{T}"/> gives one.</summary>
    /// <exception cref="EinsumException">As <see cref="EvalAll{T}"/>.</exception>
    public Task<Tensor<T>[]> EvalAllAsync<T>(params ReadOnlySpan<Operand<T>> operands) where T : unmanaged
    {
        var program = Volatile.Read(ref _programs).For(this, operands, out var areDense);
        program.Expect<T>("EvalAllAsync", program.Graph.Results.Length);
        return Start<T, T>(program, operands, areDense);
    }

    Task<Tensor<TResult>[]> Start<T, TResult>(Program program, ReadOnlySpan<Operand<T>> operands, bool areDense) where T : unmanaged where TResult : unmanaged
    {
        if (program.Device is not null)
        {
            ResidentTensor<TResult>[] there;
            try
            {
                there = Resident<T, TResult>(program, operands, areDense);
            }
            catch (ArithmeticException error)
            {
                // A division of integers, which the task tells of on the host, too.
                return Task.FromException<Tensor<TResult>[]>(error);
            }
            try
            {
                return Task.WhenAll(Array.ConvertAll(there, result => result.ToHostAsync()));
            }
            finally
            {
                foreach (var result in there) result.Dispose();
            }
        }
        // What is on a device is refused now, not by the task.
        foreach (ref readonly var operand in operands) _ = ref operand.First;
        var kept = operands.ToArray();
        Tensor<TResult>[] results = [.. program.Graph.Results.Select(result => Program.NewResult<TResult>(result.Shape))];
        return Task.Run(() =>
        {
            program.Run<T, TResult>(kept, results, areDense);
            return results;
        });
    }

    /// <summary>
    /// The result for these operands in a new tensor in the memory of the engine's backend (see <see cref="On"/>); the call returns once the work is enqueued, but
    /// waits where the function divides integers, which may fail. Dispose the tensor to give its memory back.
    /// </summary>
    /// <exception cref="EinsumException">As <see cref="Eval{T}"/>; or the backend has no memory of its own (EIN0706).</exception>
    public ResidentTensor<T> EvalResident<T>(params ReadOnlySpan<Operand<T>> operands) where T : unmanaged => EvalResident<T, T>(operands);

    /// <summary>As the other, where the result has another element type than the operands.</summary>
    public ResidentTensor<TResult> EvalResident<T, TResult>(params ReadOnlySpan<Operand<T>> operands) where T : unmanaged where TResult : unmanaged
    {
        var program = Volatile.Read(ref _programs).For(this, operands, out var areDense, isResident: true);
        program.Expect<TResult>("EvalResident", 1);
        return Resident<T, TResult>(program, operands, areDense)[0];
    }

    /// <summary>All results for these operands, each in a new tensor in the memory of the engine's backend.</summary>
    /// <exception cref="EinsumException">As <see cref="EvalAll{T}"/>; or the backend has no memory of its own (EIN0706).</exception>
    public ResidentTensor<T>[] EvalAllResident<T>(params ReadOnlySpan<Operand<T>> operands) where T : unmanaged
    {
        var program = Volatile.Read(ref _programs).For(this, operands, out var areDense, isResident: true);
        program.Expect<T>("EvalAllResident", program.Graph.Results.Length);
        return Resident<T, T>(program, operands, areDense);
    }

    ResidentTensor<TResult>[] Resident<T, TResult>(Program program, ReadOnlySpan<Operand<T>> operands, bool areDense) where T : unmanaged where TResult : unmanaged
    {
        RequireDevice(program);
        var made = new List<ResidentTensor<TResult>>();
        try
        {
            foreach (var result in program.Graph.Results) made.Add(Engine.Options.Backend.NewResident<TResult>(result.Shape));
            program.Run<T, TResult>(operands, [.. made], areDense);
            return [.. made];
        }
        catch
        {
            foreach (var tensor in made) tensor.Dispose();
            throw;
        }
    }

    void RequireDevice(Program program)
    {
        if (program.Device is null) throw GpuErrors.Resident($"functions of an engine on {Engine.Options.Backend.Name} run on the host");
    }

    /// <summary>
    /// Writes the result into a tensor of exactly its shape in the memory of the engine's backend, and returns once the work is enqueued; it may be an operand, too.
    /// </summary>
    /// <exception cref="EinsumException">The function does not fit the operands, the destination has another shape (EIN0521), or is another backend's (EIN0706).</exception>
    public void InvokeInto<T>(ResidentTensor<T> destination, params ReadOnlySpan<Operand<T>> operands) where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(destination);
        var program = Volatile.Read(ref _programs).For(this, operands, out var areDense, isResident: true);
        program.Expect<T>("InvokeInto", 1);
        if (program.Graph.Results[0].Shape != destination.Shape) throw FunctionErrors.Destination(program.Graph.Results[0].Shape, destination.Shape);
        RequireDevice(program);
        if (!Engine.Options.Backend.Takes(destination.Backend)) throw GpuErrors.Resident($"it lives on {destination.Backend.Name}, and the engine runs on {Engine.Options.Backend.Name}");
        if (!program.Overlaps(operands, destination))
        {
            program.Run<T, T>(operands, [destination], areDense);
            return;
        }
        using var aside = Engine.Options.Backend.NewResident<T>(destination.Shape);
        program.Run<T, T>(operands, [aside], areDense);
        destination.CopyFrom(aside);
    }

    /// <summary>
    /// Writes the result into a tensor of exactly its shape. Allocates nothing once the shapes were seen, where operands and destination are
    /// dense and do not overlap, and every step is compiled (see <see cref="Explain{T}"/>).
    /// </summary>
    /// <exception cref="EinsumException">The function does not fit the operands, or the destination has another shape (EIN0521).</exception>
    public void InvokeInto<T>(TensorSpan<T> destination, params ReadOnlySpan<Operand<T>> operands) where T : unmanaged
    {
        var program = Volatile.Read(ref _programs).For(this, operands, out var areDense);
        program.Expect<T>("InvokeInto", 1);
        program.RunInto(operands, destination, areDense);
    }

    /// <summary>As the other, where the result is a vector, or a scalar in an array of one element: some 20 ns sooner.</summary>
    /// <exception cref="EinsumException">The function does not fit the operands, or the destination has another shape (EIN0521).</exception>
    public void InvokeInto<T>(T[] destination, params ReadOnlySpan<Operand<T>> operands) where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(destination);
        var program = Volatile.Read(ref _programs).For(this, operands, out var areDense);
        program.Expect<T>("InvokeInto", 1);
        program.RunInto(operands, destination, areDense);
    }

    /// <summary>The graph, the kernels, and what each reads and writes, for operands of these shapes.</summary>
    public string Explain<T>(params ReadOnlySpan<Shape> shapes) where T : unmanaged => Compile<T>(shapes).ToString();

    /// <summary>
    /// Measures, on the device that the function runs on (see <see cref="On"/>) for dense operands of these shapes, the kernels that its einsums could take, those in loops too, and keeps the fastest, which the
    /// next process finds too; how many steps of einsums take another kernel than before. Takes seconds on a GPU; on the CPU there is nothing to measure, and it gives 0.
    /// </summary>
    /// <exception cref="EinsumException">The function does not fit the shapes, or the device has no room (EIN0704) or fails.</exception>
    public int Tune<T>(params ReadOnlySpan<Shape> shapes) where T : unmanaged
    {
        var program = Compile<T>(shapes);
        if (program.Device is null) return 0;
        var backend = Engine.Options.Backend;
        var changed = program.Contracts.GroupBy(step => step.Kernels.ToString()).Sum(equal => equal.Count() * backend.Tune(equal.First().Kernels));
        // Programs that were compiled before hold the kernels of before, perhaps of before something else was measured.
        Volatile.Write(ref _programs, new ProgramCache(Programs));
        return changed;
    }

    internal Program Compile<T>(params ReadOnlySpan<Shape> shapes) where T : unmanaged
    {
        var element = Elements.Of<T>();
        return Compile([.. shapes.ToArray().Select(shape => new TensorType(element, shape))]);
    }

    /// <param name="types">Of the operands.</param>
    /// <param name="isResident">Whether one of them, or a destination, is on the device that the engine's backend may choose.</param>
    internal Program Compile(ImmutableArray<TensorType> types, bool isResident = false)
    {
        var graph = Trace(types);
        if (Engine.Options.Backend.FunctionChoice is { } choice) return ProgramChoice.Compile(graph, Engine, choice, isResident);
        using var scope = EngineScope.Enter(Engine);
        return Program.Compile(graph);
    }

    internal Graph Trace(ImmutableArray<TensorType> types)
    {
        using var scope = EngineScope.Enter(Engine);
        return Graph.Trace(_body, types, Line);
    }

    /// <summary>What evaluates it.</summary>
    internal EinsumEngine Engine => _engine ?? EinsumEngine.Default;

    /// <summary>How it was written.</summary>
    public override string ToString() => Term?.ToString() ?? _text;
}
