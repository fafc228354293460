using System.Diagnostics;

namespace EinsumNet;

/// <summary>The passes from a bound equation to kernel plans, in order.</summary>
static class Pipeline
{
    /// <summary>Everything that does not depend on strides.</summary>
    internal static IndexProgram ToSteps(BoundEquation bound, ContractionPath path) => Order(ToUnordered(bound, path));

    /// <summary>The steps, with the axes of intermediates in any order.</summary>
    internal static IndexProgram ToUnordered(BoundEquation bound, ContractionPath path)
    {
        var program = FollowPath.Run(bound, path);
        program = SumLoneLabels.Run(program);
        return FuseMemoryBound.Run(program);
    }

    /// <summary>The steps, with the axes of intermediates in the order that suits their sizes.</summary>
    internal static IndexProgram Order(IndexProgram program)
    {
        program = OrderAxes.Run(program);
        VerifyTerms(program);
        return program;
    }

    /// <summary>Everything that depends on strides and element types.</summary>
    internal static KernelProgram ToKernels(
        IndexProgram program, TensorLayout[] operands, TensorLayout result, ElementType element, ElementType arithmetic, EinsumBackend? backend = null, bool specialise = true)
    {
        var kernels = For(backend);
        return element != arithmetic && backend?.DeviceOfChoice is { } device && device.ComputesIn(arithmetic, element) ? kernels with { OnDevice = For(device) } : kernels;

        KernelProgram For(EinsumBackend? backend) =>
            ChooseStrides.Run(program, operands, result, element, arithmetic, backend is not null && backend.ComputesIn(arithmetic, element) ? backend : null, specialise);
    }

    /// <summary>Each step's nest of vmaps must raise to the step's own labels.</summary>
    [Conditional("DEBUG")]
    static void VerifyTerms(IndexProgram program)
    {
        foreach (var step in program.Steps)
        {
            var raised = RaiseTerm.Run(LowerToVmap.Run(program, step));
            var expected = TermSignature.Of([.. step.Operands.Select(program.LabelsOf)], step.Result);
            if (raised != expected) throw new InvalidOperationException($"The nest of '{program.Print(step)}' raises to '{raised}', not to '{expected}'.");
        }
    }
}
