using System.Globalization;
using System.Runtime.Intrinsics.X86;

namespace EinsumNet.Backends.Cpu;

/// <summary>Bytes of the data caches of one core, as somebody tells them; 0 for what is not told.</summary>
readonly record struct CacheReport(long L1, long L2, long L3)
{
    const int Levels = 3, InstructionCache = 2;

    /// <summary>What a leaf of <c>cpuid</c> answers for a subleaf.</summary>
    internal delegate (int Eax, int Ebx, int Ecx, int Edx) Cpuid(int leaf, int subleaf);

    /// <summary>What Linux tells in a folder of <c>/sys/devices/system/cpu</c>.</summary>
    internal static CacheReport OfSystem(string folder)
    {
        var sizes = new long[Levels];
        try
        {
            foreach (var cache in Directory.EnumerateDirectories(folder, "index*"))
            {
                if (Read(cache, "type") == "Instruction") continue;
                var level = int.Parse(Read(cache, "level"), CultureInfo.InvariantCulture);
                if (level is >= 1 and <= Levels) sizes[level - 1] = Bytes(Read(cache, "size"));
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or FormatException or OverflowException)
        {
            // No such folder, or not in this form: what was not read is not told.
        }

        return new(sizes[0], sizes[1], sizes[2]);

        static string Read(string cache, string file) => File.ReadAllText(Path.Combine(cache, file)).Trim();

        static long Bytes(string size)
        {
            var unit = size.LastOrDefault() switch { 'K' => 1L << 10, 'M' => 1L << 20, 'G' => 1L << 30, _ => 1L };
            return unit * long.Parse(size.AsSpan().TrimEnd("KMG"), CultureInfo.InvariantCulture);
        }
    }

    /// <summary>What this processor tells, where it is one of x86.</summary>
    internal static CacheReport OfProcessor() => X86Base.IsSupported ? OfProcessor(X86Base.CpuId) : default;

    /// <summary>
    /// The leaves that list caches, Intel's and AMD's; where a virtual machine leaves them empty, AMD's older ones of L1 and L2. Their L3 is that of the
    /// whole socket, of which a core sees a part, and is not used.
    /// </summary>
    internal static CacheReport OfProcessor(Cpuid cpuid)
    {
        const int extended = unchecked((int)0x80000000), amdL1 = extended + 5, amdL2 = extended + 6, amdList = extended + 0x1D, intelList = 4;
        var (most, mostExtended) = (cpuid(0, 0).Eax, (uint)cpuid(extended, 0).Eax);
        var listed = mostExtended >= unchecked((uint)amdList) ? OfList(cpuid, amdList) : default;
        if (listed == default && most >= intelList) listed = OfList(cpuid, intelList);
        if (listed != default || mostExtended < unchecked((uint)amdL2)) return listed;
        // Intel's processors have the leaf of L2, too, in the same form.
        return new((uint)cpuid(amdL1, 0).Ecx >> 24 << 10, (uint)cpuid(amdL2, 0).Ecx >> 16 << 10, 0);
    }

    static CacheReport OfList(Cpuid cpuid, int leaf)
    {
        const int mostCaches = 16;
        var sizes = new long[Levels];
        for (var i = 0; i < mostCaches; i++)
        {
            var (eax, ebx, ecx, _) = cpuid(leaf, i);
            var (type, level) = (eax & 31, (eax >> 5) & 7);
            if (type == 0) break;
            if (type == InstructionCache || level is < 1 or > Levels) continue;
            long ways = ((ebx >> 22) & 1023) + 1, partitions = ((ebx >> 12) & 1023) + 1, line = (ebx & 4095) + 1;
            sizes[level - 1] = ways * partitions * line * ((uint)ecx + 1L);
        }

        return new(sizes[0], sizes[1], sizes[2]);
    }
}
