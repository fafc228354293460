namespace EinsumNet.Backends.Cpu;

/// <summary>The kernels of a <see cref="SplitSum"/>, one after the other.</summary>
sealed unsafe class SplitSumKernel(int elementBytes, SplitSum sum, CpuKernel parts, CpuKernel? rest, CpuKernel total) : CpuKernel
{
    internal override void Run(nint* addresses, CpuContext context)
    {
        var partials = NativePool.Rent(sum.Partials * elementBytes);
        try
        {
            var result = sum.RestOffsets.Length - 1;
            var moved = stackalloc nint[sum.RestOffsets.Length];
            for (var i = 0; i < result; i++) moved[i] = addresses[i];
            moved[result] = (nint)partials.Address;
            parts.Run(moved, context);
            if (rest is not null)
            {
                for (var i = 0; i <= result; i++) moved[i] += (nint)sum.RestOffsets[i] * elementBytes;
                rest.Run(moved, context);
            }
            moved[0] = (nint)partials.Address;
            moved[1] = addresses[result];
            total.Run(moved, context);
        }
        finally
        {
            NativePool.Return(partials);
        }
    }
}
