using System.Runtime.Intrinsics;

namespace EinsumNet.Backends.Cpu;

/// <summary><c>ij,ij->ij</c>, <c>i,i-></c>, <c>ij->j</c> of complex numbers: any nest of them, in vectors of pairs along one of its loops; see <see cref="ComplexShape"/>.</summary>
sealed class ComplexFamily : KernelFamily
{
    internal override string Name => "complex";

    internal override bool CanRun(KernelPlan plan) =>
        plan.Element == ElementType.Complex && plan.Operands.Length > 0 && !plan.HasEmptyLoop && plan.Operands.All(operand => operand.Element == ElementType.Complex);

    internal override CpuKernel Create(KernelPlan plan, int simdBits) => simdBits switch
    {
        128 => new ComplexKernel<Vector128<double>, Simd128<double>>(plan),
        256 => new ComplexKernel<Vector256<double>, Simd256<double>>(plan),
        _ => new ComplexKernel<Vector512<double>, Simd512<double>>(plan),
    };
}
