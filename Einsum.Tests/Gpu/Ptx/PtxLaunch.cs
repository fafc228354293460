using System.Collections.Concurrent;
using EinsumNet.Backends.Gpu;

namespace EinsumNet.Tests.Gpu.Ptx;

/// <summary>
/// A kernel's CUDA text compiled to PTX by NVRTC and run without a GPU. It takes nothing from the interpreter of the IR: what the text was printed from plays no
/// part in what it does.
/// </summary>
static class PtxLaunch
{
    static readonly ConcurrentDictionary<(string Source, string Architecture), Lazy<(PtxModule Module, PtxDecoder Programs)>> s_compiled = [];

    /// <param name="kernel">The kernel.</param>
    /// <param name="architecture">What it is compiled for, such as <c>sm_80</c>.</param>
    /// <param name="buffers">Per buffer its memory in bytes, and how many elements of how many bytes each lie in front of it.</param>
    internal static void Run(EmittedKernel kernel, string architecture, IReadOnlyList<PtxBuffer> buffers)
    {
        var (module, programs) = s_compiled.GetOrAdd((kernel.Source, architecture), key => new(() => Compile(key.Source, key.Architecture))).Value;
        var (program, global) = (programs[kernel.EntryPoint], new PtxGlobal());
        var parameters = new List<ulong>();
        foreach (var buffer in buffers)
        {
            var address = global.Add(buffer.Start, buffer.Bytes, buffer.Before * buffer.ElementBytes);
            parameters.Add(buffer.IsByAddress ? 0 : address);
            parameters.Add((ulong)buffer.Before);
        }
        parameters.AddRange(kernel.Arguments.Select(argument => (ulong)argument));
        foreach (var variable in module.Variables.Where(variable => variable.Space is "global" or "const")) variable.Address = global.Add(Pinned(variable), variable.Bytes);
        Assert.That(program.Function.Parameters, Has.Count.EqualTo(parameters.Count), () => kernel.Source);
        var bytes = parameters.SelectMany(BitConverter.GetBytes).ToArray();
        var (start, end) = LayShared(module, kernel.Launch.LocalBytes);
        try
        {
            for (var block = 0; block < kernel.Launch.GroupsX; block++)
                new PtxBlock(program, block, (int)kernel.Launch.GroupsX, kernel.Launch.GroupX, global, new PtxShared(start, end - start), bytes).Run();
        }
        catch (PtxException error)
        {
            Assert.Fail($"{error.Message}\n{kernel.Launch}\n{kernel.Source}");
        }
    }

    static (PtxModule Module, PtxDecoder Programs) Compile(string source, string architecture)
    {
        var module = PtxParser.Parse(Nvrtc.Ptx(source, architecture));
        return (module, new PtxDecoder(module));
    }

    static nint Pinned(PtxVariable variable)
    {
        var memory = GC.AllocateArray<byte>(variable.Bytes, pinned: true);
        variable.Initial?.CopyTo(memory, 0);
        return System.Runtime.InteropServices.Marshal.UnsafeAddrOfPinnedArrayElement(memory, 0);
    }

    /// <summary>Variables of the block one after the other, what the launch asks for behind them; the first is aligned as it says and no better.</summary>
    static (int Start, int End) LayShared(PtxModule module, int launchBytes)
    {
        var variables = module.Variables.Where(variable => variable.Space == "shared").OrderBy(variable => variable.Bytes == 0).ToArray();
        var strictest = variables.Select(variable => variable.Alignment).DefaultIfEmpty(1).Max();
        var start = strictest * (1024 / strictest | 1);
        var end = start;
        foreach (var variable in variables)
        {
            end = (end + variable.Alignment - 1) / variable.Alignment * variable.Alignment;
            variable.Address = (ulong)end;
            end += variable.Bytes == 0 ? launchBytes : variable.Bytes;
        }
        return (start, end);
    }
}

/// <summary>
/// Memory that a kernel is given: the host's, with elements in front of it that the kernel is told to skip and has no business with. By address it is given 0 in its place, and reaches it
/// by the address that <see cref="PtxGlobal.AddressOf"/> says.
/// </summary>
readonly record struct PtxBuffer(nint Start, long Bytes, int ElementBytes, int Before = 0, bool IsByAddress = false);
