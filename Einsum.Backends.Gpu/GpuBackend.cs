namespace EinsumNet.Backends.Gpu;

/// <summary>
/// Runs einsums on a GPU: <c>new EinsumEngine(new EinsumOptions { Backend = GpuBackend.Default })</c>. Operands on the host are copied for each call; a
/// <see cref="DeviceTensor{T}"/> stays on the device. Thread-safe; dispose it to free the device's memory, which its tensors then lose.
/// </summary>
public sealed class GpuBackend : EinsumBackend, IDisposable
{
    static readonly Lazy<GpuBackend> s_default = new(() => new GpuBackend(First(GpuDevice.All, GpuDevice.Missing)));

    readonly GpuFunctions _functions;

    /// <summary>A backend on a device.</summary>
    /// <exception cref="EinsumException">The device cannot be opened (EIN0702).</exception>
    public GpuBackend(GpuDevice device, GpuOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(device);
        Device = device;
        Session = new DeviceSession(device.Open(), options ?? new GpuOptions());
        _functions = new GpuFunctions(this);
    }

    /// <summary>A backend in another library's context and on its stream.</summary>
    /// <exception cref="EinsumException">The context cannot be adopted (EIN0709).</exception>
    public GpuBackend(ForeignContext context, GpuOptions? options = null) : this((context ?? throw new ArgumentNullException(nameof(context))).Adopt(), options) { }

    /// <summary>A backend on the first of <see cref="GpuDevice.All"/>, shared by all who ask for it.</summary>
    /// <exception cref="EinsumException">There is no device; the message says which runtime is missing (EIN0701).</exception>
    public static GpuBackend Default => s_default.Value;

    /// <summary>The device.</summary>
    public GpuDevice Device { get; }

    /// <summary><c>gpu</c>, and the device's name.</summary>
    public override string Name => $"gpu {Device.Name}";

    internal DeviceSession Session { get; }

    internal static GpuDevice First(IReadOnlyList<GpuDevice> devices, IReadOnlyList<string> missing) =>
        devices.Count > 0 ? devices[0] : throw GpuErrors.NoDevice(string.Join("; ", missing));

    internal override bool ComputesIn(ElementType arithmetic, ElementType element) => arithmetic == element || (arithmetic, element) == (ElementType.Float, ElementType.Half);

    /// <summary>None of those where only factors of one type come to the tensor cores or to the vendor's library.</summary>
    internal override bool[] Unconverted(KernelPlan plan, ElementType arithmetic, bool specialise)
    {
        var converted = plan with { Operands = [.. plan.Operands.Select(operand => operand with { Element = arithmetic })] };
        var isFast = IsFast(converted with { Result = plan.Result with { Element = arithmetic } });
        var (operands, result) = Suits(plan) ? (true, true) : (false, Suits(converted));
        return [.. plan.Operands.Select(_ => operands), result];

        bool Suits(KernelPlan plan) => !isFast || plan.IsOfOneType || IsFast(plan);
        bool IsFast(KernelPlan plan) => Session.Product(plan) is not null || KernelEmitter.IsOnTensorCores(plan, Session.Runtime.Limits, Session.Runtime.Dialect, Session.Emission);
    }

    internal override CacheStatistics KernelStatistics => Session.Kernels.Statistics;

    /// <summary>Waits until everything that was enqueued is done.</summary>
    /// <exception cref="EinsumException">The device failed meanwhile.</exception>
    public void Synchronize()
    {
        using var lease = Session.Enter();
        Session.Runtime.Synchronize();
    }

    /// <summary>A copy of an operand in the device's memory; the operand may change once this returns.</summary>
    /// <exception cref="EinsumException">There is no room (EIN0704), or T is no element type (EIN0302).</exception>
    public DeviceTensor<T> ToDevice<T>(Operand<T> operand) where T : unmanaged
    {
        var tensor = Empty<T>(operand.Shape);
        try
        {
            tensor.CopyFrom(operand);
            return tensor;
        }
        catch
        {
            tensor.Dispose();
            throw;
        }
    }

    /// <summary>A tensor of the given shape in the device's memory; its elements are undefined.</summary>
    /// <exception cref="EinsumException">A size is negative (EIN0407), there is no room (EIN0704), or T is no element type (EIN0302).</exception>
    public unsafe DeviceTensor<T> Empty<T>(Shape shape) where T : unmanaged
    {
        _ = ElementTypes.Of(typeof(T));
        var bytes = CheckedBytes(shape, sizeof(T));
        using var lease = Session.Enter();
        var block = Session.Pool.Rent(bytes);
        return new DeviceTensor<T>(this, shape, new DeviceStorage(Session, block.Memory, 0, bytes), block, null);
    }

    /// <summary>
    /// A tensor over memory of another library on the same device and context, which is not copied and not freed: a cl_mem, or a CUdeviceptr. Its owner
    /// brings what it enqueues on another stream in order with this backend's, and sees to it that a destination shares no memory with another tensor of its call: tensors over one memory are not
    /// seen to overlap.
    /// </summary>
    /// <param name="handle">The memory, of at least as many elements as the shape has behind the offset.</param>
    /// <param name="shape">The sizes; the elements lie dense and row-major.</param>
    /// <param name="byteOffset">Where in the memory the first element lies; a multiple of the element's size.</param>
    /// <param name="release">Called once the tensor is disposed or collected; what was enqueued before may still use the memory then.</param>
    /// <exception cref="EinsumException">A size is negative (EIN0407), the offset is no multiple of the element's size (EIN0706), or T is no element type (EIN0302).</exception>
    public unsafe DeviceTensor<T> Adopt<T>(nint handle, Shape shape, long byteOffset = 0, Action? release = null) where T : unmanaged
    {
        _ = ElementTypes.Of(typeof(T));
        if (byteOffset < 0 || byteOffset % sizeof(T) != 0) throw GpuErrors.Resident($"it lies at byte {byteOffset} of its memory, which is no multiple of {sizeof(T)}");
        return new DeviceTensor<T>(this, shape, new DeviceStorage(Session, handle, byteOffset, CheckedBytes(shape, sizeof(T))), null, release);
    }

    static long CheckedBytes(Shape shape, int elementBytes) =>
        !shape.AsSpan().ContainsAnyInRange(long.MinValue, -1) && shape.ElementCount is { } count && count <= (1L << 40) / elementBytes
            ? count * elementBytes : throw RunErrors.MemoryShape(shape);

    internal override FunctionDevice FunctionDevice => _functions;

    internal override ResidentTensor<T> NewResident<T>(Shape shape) => Empty<T>(shape);

    /// <summary>
    /// A kernel writes tensors anywhere where it can be given addresses. Elsewhere they are slices of one buffer, or of as few as can be, each of which is given back with the last of its tensors.
    /// </summary>
    internal override ResidentTensor<T>[] NewResidents<T>(ReadOnlySpan<Shape> shapes)
    {
        var tensors = new List<ResidentTensor<T>>(shapes.Length);
        try
        {
            if (!Session.Runtime.HasAddresses) Slice(shapes, tensors);
            else
                foreach (var shape in shapes) tensors.Add(Empty<T>(shape));
            return [.. tensors];
        }
        catch
        {
            foreach (var tensor in tensors) tensor.Dispose();
            throw;
        }
    }

    unsafe void Slice<T>(ReadOnlySpan<Shape> shapes, List<ResidentTensor<T>> tensors) where T : unmanaged
    {
        const long alignment = 64;
        using var lease = Session.Enter();
        var most = Math.Min(Session.Pool.Budget, Session.Runtime.Limits.MaxAllocationBytes);
        for (var (start, end) = (0, 0); start < shapes.Length; start = end)
        {
            var bytes = CheckedBytes(shapes[end++], sizeof(T));
            while (end < shapes.Length && Next(bytes) + CheckedBytes(shapes[end], sizeof(T)) is var more && more <= most)
            {
                bytes = more;
                end++;
            }
            var (shared, place) = (new SharedBlock(Session.Pool, bytes), 0L);
            try
            {
                foreach (var shape in shapes[start..end])
                {
                    var own = CheckedBytes(shape, sizeof(T));
                    tensors.Add(new DeviceTensor<T>(this, shape, new DeviceStorage(Session, shared.Memory, place, own), null, shared.Share()));
                    place = Next(place + own);
                }
            }
            finally
            {
                shared.Release();
            }
        }

        static long Next(long place) => (place + alignment - 1) / alignment * alignment;
    }

    internal override ResidentBatch NewResidentBatch() => new GpuResidentBatch(Session);

    /// <summary>Frees the device's memory and kernels once the last call that runs has ended. At the end of a <c>using</c> that an exception leaves, what this throws replaces that exception.</summary>
    /// <exception cref="EinsumException">
    /// What was still under way failed, or something was not taken back, now or earlier (EIN0702, EIN0707); everything else was. A loss of the device that a call has told of throws nothing.
    /// </exception>
    public void Dispose() => Session.Dispose();

    internal override Executable Load(KernelProgram program, RunSettings settings)
    {
        using var lease = Session.Enter();
        return new GpuExecutable(Session, new LaunchPlan(Session, program.OnDevice ?? program, settings.IsMember), settings.Cancellation);
    }

    internal override bool HasBatches => true;

    internal override ExecutionBatch NewBatch(IEnumerable<Executable> members, ReadOnlySpan<long> shared) => new GpuBatch(Session);

    internal override int Tune(KernelProgram program)
    {
        using var lease = Session.Enter();
        program = program.OnDevice ?? program;
        var changed = Tune(program.Steps);
        return program.Steps.Count(step => changed.Contains(step.Plan.ToString()));
    }

    /// <summary>The plans that take another kernel from now on: equal steps take the same, which is measured once.</summary>
    HashSet<string> Tune(IEnumerable<KernelStep> steps)
    {
        var tuner = new Tuner(Session);
        return [.. steps.Where(step => Session.Product(step.Plan) is null).GroupBy(step => step.Plan.ToString()).Where(equal => tuner.Tune(equal.First().Plan)).Select(equal => equal.Key)];
    }

    internal override int Tune(IEnumerable<Executable> members, IEnumerable<Executable> others)
    {
        using var lease = Session.Enter();
        var plans = members.Select(member => AutoExecutable.OnDevice(member).Plan).ToArray();
        var (list, alone) = (plans.Where(GroupedRuns.IsMember).Select(plan => plan.Program.Steps[0].Plan).ToArray(), plans.Where(plan => !GroupedRuns.IsMember(plan)).ToArray());
        var before = alone.Distinct().ToDictionary(plan => plan, plan => plan.Taken.ToArray());
        _ = Tune(alone.SelectMany(plan => plan.Program.Steps));
        // All of them: another expression or batch may have measured the same steps before, and then nothing changes here.
        foreach (var plan in plans.Concat(others.Select(other => AutoExecutable.OnDevice(other).Plan)).Distinct()) plan.Renew();
        var changed = before.Where(pair => !pair.Key.Taken.SequenceEqual(pair.Value)).Select(pair => pair.Key).ToHashSet();
        return (new Tuner(Session).Tune(list) ? list.Length : 0) + alone.Count(changed.Contains);
    }

    /// <summary>Does the tasks one after the other: what they enqueue runs on all of the device anyway.</summary>
    internal override void Share<TJob>(ref TJob job, int tasks, int maxThreads)
    {
        for (var task = 0; task < tasks; task++) job.Execute(task);
    }

    internal override string Describe(KernelPlan plan) => Session.Product(plan) is not null ? "cublas" : KernelEmitter.Describe(plan, Session.Runtime.Limits, Session.Runtime.Dialect, Session.Emission);
}
