using System.Globalization;

namespace EinsumNet.Backends.Cpu;

/// <summary>Bytes of the data caches that one core sees.</summary>
sealed record CacheSizes(long L1, long L2, long L3)
{
    /// <summary>This machine's, where the system tells (Linux); else what most machines have at least.</summary>
    internal static readonly CacheSizes Machine = Detect("/sys/devices/system/cpu/cpu0/cache");

    internal static CacheSizes Detect(string folder)
    {
        var sizes = new long[] { 32 << 10, 1 << 20, 8 << 20 };
        try
        {
            foreach (var cache in Directory.EnumerateDirectories(folder, "index*"))
            {
                if (Read(cache, "type") == "Instruction") continue;
                var level = int.Parse(Read(cache, "level"), CultureInfo.InvariantCulture);
                if (level is >= 1 and <= 3) sizes[level - 1] = Bytes(Read(cache, "size"));
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or FormatException)
        {
            // No such folder, or not in this form: the defaults stand for what was not read.
        }

        return new CacheSizes(sizes[0], sizes[1], sizes[2]);
    }

    static string Read(string cache, string file) => File.ReadAllText(Path.Combine(cache, file)).Trim();

    static long Bytes(string size)
    {
        var unit = size[^1] switch { 'K' => 1L << 10, 'M' => 1L << 20, 'G' => 1L << 30, _ => 1L };
        return unit * long.Parse(size.AsSpan().TrimEnd("KMG"), CultureInfo.InvariantCulture);
    }
}
