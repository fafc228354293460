using System.Numerics.Tensors;

namespace EinsumNet;

/// <summary>An equation compiled for operands of exact shapes and any strides; thread-safe.</summary>
/// <typeparam name="T">The element type.</typeparam>
public sealed class EinsumExpression<T> where T : unmanaged
{
    /// <summary>Kernels are specialised by strides; an expression keeps those of so many combinations.</summary>
    const int StrideCombinations = 64;

    readonly EinsumEngine _engine;
    CallCache _calls;

    internal EinsumExpression(EinsumEngine engine, EinsumPlan plan)
    {
        (_engine, Plan) = (engine, plan);
        _calls = new CallCache(engine, StrideCombinations, plan);
        // Whatever can be wrong with the plan on this engine is said now, and the kernels for dense operands are ready.
        _ = engine.Options.Backend.Load(plan.Kernels, engine.Options.Settings);
    }

    /// <summary>
    /// Measures on the backend the kernels that dense operands could take, and keeps the fastest, which on a GPU the next process finds too; how many steps
    /// take another kernel than before. Takes seconds on a GPU; the CPU has nothing to measure, and gives 0.
    /// </summary>
    public int Tune()
    {
        var changed = _engine.Options.Backend.Tune(Plan.Kernels);
        // Calls that were made before hold the kernels of before, perhaps of before another expression was measured.
        Volatile.Write(ref _calls, new CallCache(_engine, StrideCombinations, Plan));
        return changed;
    }

    /// <summary>How the expression is contracted.</summary>
    public EinsumPlan Plan { get; }

    /// <summary>The result in a new dense row-major tensor; of shape [1] where it is a scalar.</summary>
    /// <exception cref="EinsumException">An operand has not the shape that the expression was compiled for.</exception>
    public Tensor<T> Invoke(params ReadOnlySpan<Operand<T>> operands) => _calls.For(Plan.Equation.Text, operands).Eval(operands);

    /// <summary>
    /// Writes the result into a tensor of exactly its shape and any strides. Allocates nothing once the strides were seen, unless the
    /// destination overlaps an operand, which costs a copy.
    /// </summary>
    /// <exception cref="EinsumException">An operand or the destination has not the shape that the expression was compiled for.</exception>
    public void InvokeInto(TensorSpan<T> destination, params ReadOnlySpan<Operand<T>> operands)
    {
        var call = _calls.For(Plan.Equation.Text, operands, destination);
        if (!call.TryRun(operands, ref destination.GetPinnableReference())) Invoke(operands).AsTensorSpan().CopyTo(destination);
    }

    /// <summary>The result in a new tensor in the backend's memory, as <see cref="EinsumEngine.EvalResident"/> gives it; dispose it to give its memory back.</summary>
    /// <exception cref="EinsumException">An operand has not the shape that the expression was compiled for, or the backend has no memory of its own (EIN0706).</exception>
    public ResidentTensor<T> InvokeResident(params ReadOnlySpan<Operand<T>> operands)
    {
        var result = _engine.Options.Backend.NewResident<T>(Plan.ResultShape);
        try
        {
            InvokeInto(result, operands);
            return result;
        }
        catch
        {
            result.Dispose();
            throw;
        }
    }

    /// <summary>Writes the result into a tensor of exactly its shape in the backend's memory, and returns once the work is enqueued; it may overlap operands, which costs a copy.</summary>
    /// <exception cref="EinsumException">An operand or the destination has not the shape that the expression was compiled for, or the destination is another backend's (EIN0706).</exception>
    public void InvokeInto(ResidentTensor<T> destination, params ReadOnlySpan<Operand<T>> operands)
    {
        ArgumentNullException.ThrowIfNull(destination);
        _engine.CheckTakes(destination);
        _calls.For(Plan.Equation.Text, operands, destination).RunInto(operands, destination);
    }

    /// <summary>The result as a task, as <see cref="EinsumEngine.EvalAsync"/> gives it: on the CPU, operands stay as they are until it completes.</summary>
    /// <exception cref="EinsumException">An operand has not the shape that the expression was compiled for.</exception>
    public Task<Tensor<T>> InvokeAsync(params ReadOnlySpan<Operand<T>> operands) => _calls.For(Plan.Equation.Text, operands).EvalAsync(operands);
}
