using System.Collections.Concurrent;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using EinsumNet.Backends.Cpu;
using EinsumNet.Backends.Gpu;
using EinsumNet.Functions;
using EinsumNet.Tests.Gpu.Ptx;

namespace EinsumNet.Tests.Gpu;

/// <summary>A device whose memory is the host's, whose kernels of functions are interpreted (in CUDA's dialect their text is run), and whose einsums are the processor's.</summary>
sealed unsafe class InterpretedBackend(DeviceLimits limits, KernelDialect dialect) : EinsumBackend
{
    public override string Name => "interpreted kernels";

    internal override CacheStatistics KernelStatistics => default;

    internal override FunctionDevice FunctionDevice => new InterpretedDevice(this, new EmitTarget(limits, dialect, EmitOptions.Default));

    internal override Executable Load(KernelProgram program, RunSettings settings) => CpuBackend.Default.Load(program, settings);

    internal override void Share<TJob>(ref TJob job, int tasks, int maxThreads) => CpuBackend.Default.Share(ref job, tasks, maxThreads);

    internal override string Describe(KernelPlan plan) => CpuBackend.Default.Describe(plan);

    internal override ResidentTensor<T> NewResident<T>(Shape shape) => new HostTensor<T>(this, shape);

    /// <summary>The bytes from the address to the end of its memory; 0 where it is none of this device.</summary>
    internal long Left(nint address) => _memory.Where(region => address >= region.Key && address <= region.Key + region.Value).Select(region => region.Key + (nint)region.Value - address).FirstOrDefault(-1);

    readonly ConcurrentDictionary<nint, long> _memory = [];

    sealed class HostTensor<T> : ResidentTensor<T> where T : unmanaged
    {
        readonly InterpretedBackend _backend;

        internal HostTensor(InterpretedBackend backend, Shape shape) : base(shape)
        {
            _backend = backend;
            var bytes = shape.ElementCount!.Value * sizeof(T);
            Address = (nint)NativeMemory.AlignedAlloc((nuint)bytes + 64, 64);
            backend._memory[Address] = bytes;
        }

        public override EinsumBackend Backend => _backend;

        internal override nint Address { get; }

        internal override void CopyFrom(ResidentTensor<T> source) => Buffer.MemoryCopy((void*)source.Address, (void*)Address, _backend._memory[Address], _backend._memory[Address]);

        public override Tensor<T> ToHost() => Tensor.Create(new ReadOnlySpan<T>((void*)Address, (int)Shape.ElementCount!).ToArray(), [.. Shape.Rank == 0 ? [1] : Shape.Select(size => (nint)size)]);

        public override Task<Tensor<T>> ToHostAsync() => Task.FromResult(ToHost());

        public override void Dispose()
        {
            if (_backend._memory.TryRemove(Address, out _)) NativeMemory.AlignedFree((void*)Address);
        }
    }
}

/// <summary>Kernels of functions, interpreted when they are enqueued.</summary>
sealed unsafe class InterpretedDevice(InterpretedBackend backend, EmitTarget target) : FunctionDevice
{
    internal override Executable Load(Kernel kernel) => new Interpreted(FunctionEmitter.Emit(kernel, target), backend, target);

    internal override bool IsAddress(nint address) => backend.Left(address) >= 0;

    internal override ResidentTensor<byte> Rent(long bytes) => backend.NewResident<byte>([bytes]);

    internal override void Write(nint address, nint host, long bytes) => Copy(host, address, bytes);

    internal override void Read(nint source, nint host, long bytes) => Copy(source, host, bytes);

    internal override void Copy(nint source, nint address, long bytes) => Buffer.MemoryCopy((void*)source, (void*)address, bytes, bytes);

    sealed class Interpreted(IReadOnlyList<FunctionKernel> kernels, InterpretedBackend backend, EmitTarget target) : Executable
    {
        internal override void Run(ReadOnlySpan<nint> addresses)
        {
            var scratchBytes = kernels.Select(kernel => kernel.Emitted.ScratchBytes).DefaultIfEmpty().Max();
            var scratch = NativeMemory.Alloc((nuint)Math.Max(1, scratchBytes));
            foreach (var (emitted, taken) in kernels)
            {
                if (target.Dialect == KernelDialect.Cuda)
                {
                    var memory = new List<PtxBuffer>();
                    foreach (var (buffer, elementBytes) in taken) memory.Add(new(addresses[buffer + 1], backend.Left(addresses[buffer + 1]), elementBytes));
                    if (emitted.ScratchBytes > 0) memory.Add(new((nint)scratch, scratchBytes, 1));
                    PtxLaunch.Run(emitted, PlanOnPtx.Architecture(target.Limits), memory);
                    continue;
                }
                var buffers = new List<(nint, long)>();
                foreach (var (buffer, elementBytes) in taken) buffers.Add((addresses[buffer + 1], backend.Left(addresses[buffer + 1]) / elementBytes));
                if (emitted.ScratchBytes > 0) buffers.Add(((nint)scratch, scratchBytes / emitted.Kernel!.Buffers[^1].Element.Size()));
                Assert.That(IrVerifier.WhyInvalid(emitted.Kernel!), Is.Null, () => emitted.Source);
                try
                {
                    IrInterpreter.Run(emitted.Kernel!, emitted.Launch.GroupsX, buffers, emitted.Arguments);
                }
                catch (InvalidOperationException error)
                {
                    Assert.Fail($"{error.Message}\n{emitted.Launch}\n{emitted.Source}");
                }
            }
            NativeMemory.Free(scratch);
        }
    }
}
