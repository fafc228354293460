using System.Numerics.Tensors;

namespace EinsumNet;

/// <content>Calls that leave their result on a device, or do not wait for it.</content>
public sealed partial class EinsumEngine
{
    /// <summary>
    /// The result of the equation in a new tensor in the backend's memory. The call returns once the work is enqueued; operands on the host may change
    /// from then on. Dispose the tensor to give its memory back.
    /// </summary>
    /// <exception cref="EinsumException">The equation is not valid, the operands do not fit it, or the backend has no memory of its own (EIN0706).</exception>
    public ResidentTensor<T> EvalResident<T>(string equation, params ReadOnlySpan<Operand<T>> operands) where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(equation);
        var shapes = new Shape[operands.Length];
        for (var i = 0; i < shapes.Length; i++) shapes[i] = operands[i].Shape;
        var result = Options.Backend.NewResident<T>(PlanFor(equation, ElementTypes.Of(typeof(T)), shapes).ResultShape);
        try
        {
            EvalInto(equation, result, operands);
            return result;
        }
        catch
        {
            result.Dispose();
            throw;
        }
    }

    /// <summary>Writes the result into a tensor of exactly its shape in the backend's memory, and returns once the work is enqueued; it may overlap operands, which costs a copy.</summary>
    /// <exception cref="EinsumException">The equation is not valid, the operands or the destination do not fit it, or the destination is another backend's (EIN0706).</exception>
    public void EvalInto<T>(string equation, ResidentTensor<T> destination, params ReadOnlySpan<Operand<T>> operands) where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(equation);
        ArgumentNullException.ThrowIfNull(destination);
        CheckTakes(destination);
        _calls.For(equation, operands, destination).RunInto(operands, destination);
    }

    internal void CheckTakes<T>(ResidentTensor<T> destination) where T : unmanaged
    {
        if (!Options.Backend.Takes(destination.Backend)) throw GpuErrors.Resident($"it lives on {destination.Backend.Name}, and the engine runs on {Options.Backend.Name}");
    }

    /// <summary>
    /// The result of the equation as a task. A GPU is given the work at once, and operands on the host may change when the call returns; on the CPU the work
    /// runs in the background, and operands stay as they are until the task completes.
    /// </summary>
    /// <exception cref="EinsumException">The equation is not valid, or the operands do not fit it.</exception>
    public Task<Tensor<T>> EvalAsync<T>(string equation, params ReadOnlySpan<Operand<T>> operands) where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(equation);
        return _calls.For(equation, operands).EvalAsync(operands);
    }
}
