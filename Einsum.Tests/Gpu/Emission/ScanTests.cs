using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.InteropServices;
using EinsumNet.Backends.Gpu;
using EinsumNet.Tests.Gpu.Ptx;

namespace EinsumNet.Tests.Gpu;

/// <summary>Scans against a loop: interpreted, on a device, and their text without one.</summary>
[Parallelizable(ParallelScope.All)]
sealed unsafe class ScanTests
{
    [Test]
    public void Lengths_and_strides([Values] ScanOperation operation, [Values] bool exclusive, [Values(1, 255, 256, 257, 5000)] int length)
    {
        Check<int>(operation, exclusive, 3, length, null, random => random.Next(-9, 9), (x, y) => unchecked(Of(operation, x, y)));
        Check<float>(operation, exclusive, 1, length, null, random => random.Next(1, 3), (x, y) => Of(operation, x, y));
    }

    [Test]
    public void On_a_device([Values] ScanOperation operation, [Values(300, 20000)] int length) =>
        Check<long>(operation, false, 2, length, TestDevices.Runtime, random => random.Next(-9, 9), (x, y) => unchecked(Of(operation, x, y)));

    [Test]
    public void Nan_is_kept()
    {
        foreach (var operation in new[] { ScanOperation.Max, ScanOperation.Min })
            Check<float>(operation, false, 1, 700, null, random => random.Next(300) == 0 ? float.NaN : random.NextSingle(), (x, y) => operation == ScanOperation.Max ? float.Max(x, y) : float.Min(x, y));
    }

    static T Of<T>(ScanOperation operation, T x, T y) where T : INumber<T> => operation switch
    {
        ScanOperation.Add => x + y,
        ScanOperation.Multiply => x * y,
        ScanOperation.Max => T.Max(x, y),
        _ => T.Min(x, y),
    };

    internal static void Check<T>(ScanOperation operation, bool exclusive, int lines, int length, GpuRuntime? runtime, Func<Random, T> next, Func<T, T, T> combine, DeviceLimits? ptx = null) where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        var random = new Random(8);
        // The operand by columns with a gap, the result by rows.
        var (source, result) = (new T[length * (lines + 1)], new T[lines * length]);
        for (var i = 0; i < source.Length; i++) source[i] = next(random);
        var plan = new ScanPlan(ElementTypes.Of(typeof(T)), operation, exclusive, lines == 1 ? [] : [new Loop(lines, LoopRole.Free, [1, length])], new Loop(length, LoopRole.Free, [lines + 1, 1]));
        var (limits, dialect) = ptx is not null ? (ptx, KernelDialect.Cuda) : runtime is null ? (Limits.Card, KernelDialect.OpenCL) : (runtime.Limits, runtime.Dialect);
        Run(ScanEmitter.Emit(plan, limits, dialect, EmitOptions.Default), runtime, ptx, source, result);
        var neutral = operation switch
        {
            ScanOperation.Add => T.Zero,
            ScanOperation.Multiply => T.One,
            ScanOperation.Max => typeof(T) == typeof(float) ? T.CreateChecked(float.NegativeInfinity) : T.MinValue,
            _ => typeof(T) == typeof(float) ? T.CreateChecked(float.PositiveInfinity) : T.MaxValue,
        };
        for (var n = 0; n < lines; n++)
        {
            var sum = neutral;
            for (var i = 0; i < length; i++)
            {
                var before = sum;
                sum = combine(sum, source[i * (lines + 1) + n]);
                var (expected, actual) = (exclusive ? before : sum, result[n * length + i]);
                if (typeof(T) == typeof(float) && double.CreateChecked(expected) is > 1e6) Assert.That(double.CreateChecked(actual) / double.CreateChecked(expected), Is.EqualTo(1).Within(1e-3).Or.NaN);
                else Assert.That(actual, Is.EqualTo(expected), $"line {n}, element {i}");
            }
        }
    }

    static void Run<T>(ImmutableArray<EmittedKernel> kernels, GpuRuntime? runtime, DeviceLimits? ptx, T[] source, T[] result) where T : unmanaged
    {
        var scratch = new byte[Math.Max(1, kernels.Max(kernel => kernel.ScratchBytes))];
        fixed (T* a = source, c = result)
        fixed (byte* s = scratch)
        {
            if (ptx is not null)
            {
                foreach (var kernel in kernels)
                {
                    PtxBuffer[] buffers = [new((nint)a, source.Length * sizeof(T), sizeof(T)), new((nint)c, result.Length * sizeof(T), sizeof(T)), new((nint)s, scratch.Length, 1)];
                    PtxLaunch.Run(kernel, PlanOnPtx.Architecture(ptx), buffers[..(kernel.ScratchBytes > 0 ? 3 : 2)]);
                }
                return;
            }
            if (runtime is null)
            {
                foreach (var kernel in kernels)
                {
                    Assert.That(IrVerifier.WhyInvalid(kernel.Kernel!), Is.Null, () => kernel.Source);
                    IrInterpreter.Run(kernel.Kernel!, kernel.Launch.GroupsX, [((nint)a, source.Length), ((nint)c, result.Length), ((nint)s, scratch.Length / sizeof(T))], kernel.Arguments);
                }
                return;
            }
            var memory = new[] { runtime.TryAllocate(source.Length * sizeof(T)), runtime.TryAllocate(result.Length * sizeof(T)), runtime.TryAllocate(scratch.Length) };
            runtime.Write(memory[0], 0, (nint)a, source.Length * sizeof(T));
            foreach (var kernel in kernels)
                runtime.Launch(TestDevices.Kernel(runtime, kernel), kernel.Launch, [.. memory.Take(kernel.ScratchBytes > 0 ? 3 : 2).Select(buffer => new KernelBuffer(buffer, 0))], kernel.Arguments.AsSpan());
            runtime.Read(memory[1], 0, (nint)c, result.Length * sizeof(T));
            runtime.Synchronize();
            foreach (var buffer in memory) runtime.Free(buffer);
        }
    }
}
