using System.Numerics;
using System.Runtime.CompilerServices;
using EinsumNet.Backends.Gpu;

namespace EinsumNet.Tests.Gpu;

/// <summary>
/// An array of a kernel while it is interpreted. It knows who touched each element since the last barrier, so that it can refuse an access out of
/// bounds, a read of what nobody wrote, and two threads at one element without a barrier between them.
/// </summary>
sealed unsafe class IrMemory(IrArray array, byte* start, long length, bool ordered)
{
    /// <summary>Less the number of the thread: its copy to the element is under way.</summary>
    const int UnderWay = -2;

    readonly (int Writer, int WriteEpoch, int Reader, int ReadEpoch)[]? _touched = ordered ? Untouched(length) : null;

    /// <summary>Who wrote a global element: no two threads of a launch may.</summary>
    readonly Dictionary<long, long>? _writers = array.Space == IrSpace.Global ? [] : null;

    /// <summary>Where the kernel has the array start for now.</summary>
    internal long Origin { get; set; }

    static (int, int, int, int)[] Untouched(long length)
    {
        var untouched = new (int, int, int, int)[length];
        Array.Fill(untouched, (-1, -1, -1, -1));
        return untouched;
    }

    internal IrValue Read(long place, int thread, int epoch)
    {
        Check(place += Origin);
        if (_touched is not null)
        {
            ref var touched = ref _touched[place];
            if (touched.Writer < 0) throw new InvalidOperationException($"{array.Name}[{place}] is read before it is written.");
            if (touched.WriteEpoch == epoch && touched.Writer != thread) throw new InvalidOperationException($"{array.Name}[{place}] is read by {thread} while {touched.Writer} writes it.");
            touched.Reader = touched.ReadEpoch == epoch && touched.Reader != thread ? int.MaxValue : thread;
            touched.ReadEpoch = epoch;
        }
        return Load(place);
    }

    internal void Write(long place, IrValue value, IrType type, int thread, int epoch, long globalThread)
    {
        Check(place += Origin);
        if (_touched is not null)
        {
            ref var touched = ref _touched[place];
            if (touched.WriteEpoch == epoch && touched.Writer != thread && touched.Writer != UnderWay - thread) throw new InvalidOperationException($"{array.Name}[{place}] is written by {thread} and by {touched.Writer}.");
            if (touched.ReadEpoch == epoch && touched.Reader != thread) throw new InvalidOperationException($"{array.Name}[{place}] is written by {thread} while {touched.Reader} reads it.");
            (touched.Writer, touched.WriteEpoch) = (thread, epoch);
        }
        if (_writers is not null && (!_writers.TryAdd(place, globalThread) && _writers[place] != globalThread))
            throw new InvalidOperationException($"{array.Name}[{place}] is written by two threads of one launch.");
        Store(place, value, type);
    }

    /// <summary>Marks an element as written to without writing: a copy that is under way may arrive at any time.</summary>
    internal void Expect(long place, int thread, int epoch)
    {
        Check(place);
        ref var touched = ref _touched![place];
        if (touched.ReadEpoch == epoch && touched.Reader != thread) throw new InvalidOperationException($"{array.Name}[{place}] is copied to by {thread} while {touched.Reader} reads it.");
        (touched.Writer, touched.WriteEpoch) = (UnderWay - thread, epoch);
    }

    internal bool IsAligned(long place, int bytes) => ((nint)start + (Origin + place) * array.Element.Size()) % bytes == 0;

    void Check(long place)
    {
        if (place < 0 || place >= length) throw new InvalidOperationException($"{array.Name}[{place}] is outside of {array.Name}[{length}].");
    }

    IrValue Load(long place) => array.Element switch
    {
        ElementType.Float => IrValue.Of(At<float>(place)),
        ElementType.Double => IrValue.Of(At<double>(place)),
        ElementType.Half => IrValue.Of((double)At<Half>(place)),
        ElementType.SByte => new(At<sbyte>(place)),
        ElementType.Byte => new(At<byte>(place)),
        ElementType.Short => new(At<short>(place)),
        ElementType.UShort => new(At<ushort>(place)),
        ElementType.Int => new(At<int>(place)),
        ElementType.UInt => new(At<uint>(place)),
        ElementType.Complex => IrValue.Of(At<Complex>(place).Real, At<Complex>(place).Imaginary),
        ElementType.Bool => new(At<byte>(place) != 0 ? 1 : 0),
        _ => new(At<long>(place)),
    };

    void Store(long place, IrValue value, IrType type)
    {
        switch (array.Element)
        {
            case ElementType.Float: At<float>(place) = (float)value.Real; break;
            case ElementType.Double: At<double>(place) = value.Real; break;
            case ElementType.Half: At<Half>(place) = type == IrType.Double ? (Half)value.Real : (Half)(float)value.Real; break;
            case ElementType.Complex: At<Complex>(place) = value.Complex; break;
            case ElementType.SByte or ElementType.Byte or ElementType.Bool: At<byte>(place) = (byte)value.Whole; break;
            case ElementType.Short or ElementType.UShort: At<ushort>(place) = (ushort)value.Whole; break;
            case ElementType.Int or ElementType.UInt: At<uint>(place) = (uint)value.Whole; break;
            default: At<long>(place) = value.Whole; break;
        }
    }

    ref T At<T>(long place) where T : unmanaged => ref Unsafe.AsRef<T>((T*)start + place);
}
