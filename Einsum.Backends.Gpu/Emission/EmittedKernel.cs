using System.Collections.Immutable;

namespace EinsumNet.Backends.Gpu;

/// <summary>The languages that kernels are emitted in.</summary>
enum KernelDialect { OpenCL, Cuda }

/// <summary>
/// What one launch needs. The kernel's parameters are, in order: per operand of the plan, then for the result, then for the scratch memory where
/// <paramref name="ScratchBytes"/> is not 0, a pointer to the start of a buffer and a 64-bit offset in elements; then the arguments, 64 bits each.
/// The launches of one plan share one scratch memory.
/// </summary>
/// <param name="Source">The program's whole text, the key of kernel caches.</param>
/// <param name="EntryPoint">The kernel's name in it.</param>
/// <param name="Launch">How many groups of how many threads.</param>
/// <param name="Arguments">Sizes and strides, where the kernel takes them.</param>
/// <param name="ScratchBytes">How much memory the launch needs beside operands and result; its offset is in bytes.</param>
sealed record EmittedKernel(string Source, string EntryPoint, Launch Launch, ImmutableArray<long> Arguments, long ScratchBytes)
{
    /// <summary>What the text was printed from; null of a text that was written by hand.</summary>
    internal IrKernel? Kernel { get; init; }

    /// <summary>What its parameters take, as far as that is known.</summary>
    internal long ParameterBytes => Kernel is null ? 0 : 2 * sizeof(long) * Kernel.Buffers.Length + sizeof(long) * Kernel.Sizes.Length;
}

/// <summary>The geometry of a launch: threads per group, groups, and bytes of local memory (CUDA: shared) that are given at the launch.</summary>
readonly record struct Launch(int GroupX, int GroupY, int GroupZ, long GroupsX, long GroupsY, long GroupsZ, int LocalBytes);
