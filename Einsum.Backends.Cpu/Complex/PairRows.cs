using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace EinsumNet.Backends.Cpu;

/// <summary>The signs of a product of two complex numbers, of which any may be conjugated, and so may the product: those of <c>Re(v) * (Re(w), Im(w))</c> and of <c>Im(v) * (Im(w), Re(w))</c>.</summary>
readonly struct PairSigns<V>(bool left, bool right, bool product) where V : struct
{
    internal readonly V Real = Pairs.Repeat<V>(1, Sign(right) * Sign(product)), Imaginary = Pairs.Repeat<V>(-Sign(left) * Sign(right), Sign(left) * Sign(product));

    static double Sign(bool isConjugated) => isConjugated ? -1 : 1;
}

/// <summary>Sums of products of rows of complex numbers; steps of a sum are so many doubles apart, rows lie without gaps.</summary>
static unsafe class PairRows<V, S> where V : struct where S : struct, ISimd<double, V>
{
    static int Numbers => S.Count / 2;

    /// <summary><c>to[i] (+)= sum over p of a[p, i]</c>, the result's parts with the signs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Sum(double* a, nint aStep, long steps, V signs, double* to, long count, bool adds)
    {
        for (; count >= 4 * Numbers; count -= 4 * Numbers, a += 4 * S.Count, to += 4 * S.Count)
        {
            V sum0 = S.Zero, sum1 = S.Zero, sum2 = S.Zero, sum3 = S.Zero;
            var row = a;
            for (var p = steps; p > 0; p--, row += aStep)
            {
                sum0 = S.Add(sum0, S.Load(row));
                sum1 = S.Add(sum1, S.Load(row + S.Count));
                sum2 = S.Add(sum2, S.Load(row + 2 * S.Count));
                sum3 = S.Add(sum3, S.Load(row + 3 * S.Count));
            }
            Store(to, S.Multiply(sum0, signs), adds);
            Store(to + S.Count, S.Multiply(sum1, signs), adds);
            Store(to + 2 * S.Count, S.Multiply(sum2, signs), adds);
            Store(to + 3 * S.Count, S.Multiply(sum3, signs), adds);
        }
        for (; count > 0; count -= Numbers, a += S.Count, to += S.Count)
        {
            var (mask, sum) = (Mask(count), S.Zero);
            var row = a;
            for (var p = steps; p > 0; p--, row += aStep) sum = S.Add(sum, S.LoadFirst(row, mask));
            Store(to, S.Multiply(sum, signs), adds, mask);
        }
    }

    /// <summary><c>to[i] (+)= sum over p of s[p] * a[p, i]</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Scale(double* s, nint sStep, double* a, nint aStep, long steps, in PairSigns<V> signs, double* to, long count, bool adds)
    {
        for (; count >= 4 * Numbers; count -= 4 * Numbers, a += 4 * S.Count, to += 4 * S.Count)
        {
            V sum0 = S.Zero, sum1 = S.Zero, sum2 = S.Zero, sum3 = S.Zero;
            double* factor = s, row = a;
            for (var p = steps; p > 0; p--, factor += sStep, row += aStep)
            {
                var (real, imaginary) = (S.Multiply(S.Broadcast(factor[0]), signs.Real), S.Multiply(S.Broadcast(factor[1]), signs.Imaginary));
                sum0 = Add(real, imaginary, S.Load(row), sum0);
                sum1 = Add(real, imaginary, S.Load(row + S.Count), sum1);
                sum2 = Add(real, imaginary, S.Load(row + 2 * S.Count), sum2);
                sum3 = Add(real, imaginary, S.Load(row + 3 * S.Count), sum3);
            }
            Store(to, sum0, adds);
            Store(to + S.Count, sum1, adds);
            Store(to + 2 * S.Count, sum2, adds);
            Store(to + 3 * S.Count, sum3, adds);
        }
        for (; count > 0; count -= Numbers, a += S.Count, to += S.Count)
        {
            var (mask, sum) = (Mask(count), S.Zero);
            double* factor = s, row = a;
            for (var p = steps; p > 0; p--, factor += sStep, row += aStep)
                sum = Add(S.Multiply(S.Broadcast(factor[0]), signs.Real), S.Multiply(S.Broadcast(factor[1]), signs.Imaginary), S.LoadFirst(row, mask), sum);
            Store(to, sum, adds, mask);
        }
    }

    /// <summary><c>to[i] (+)= sum over p of a[p, i] * b[p, i]</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Multiply(double* a, nint aStep, double* b, nint bStep, long steps, in PairSigns<V> signs, double* to, long count, bool adds)
    {
        for (; count >= 2 * Numbers; count -= 2 * Numbers, a += 2 * S.Count, b += 2 * S.Count, to += 2 * S.Count)
        {
            V real0 = S.Zero, imaginary0 = S.Zero, real1 = S.Zero, imaginary1 = S.Zero;
            double* left = a, right = b;
            for (var p = steps; p > 0; p--, left += aStep, right += bStep)
            {
                Add(S.Load(left), S.Load(right), ref real0, ref imaginary0);
                Add(S.Load(left + S.Count), S.Load(right + S.Count), ref real1, ref imaginary1);
            }
            Store(to, Join(real0, imaginary0, signs), adds);
            Store(to + S.Count, Join(real1, imaginary1, signs), adds);
        }
        for (; count > 0; count -= Numbers, a += S.Count, b += S.Count, to += S.Count)
        {
            V real = S.Zero, imaginary = S.Zero;
            var mask = Mask(count);
            double* left = a, right = b;
            for (var p = steps; p > 0; p--, left += aStep, right += bStep) Add(S.LoadFirst(left, mask), S.LoadFirst(right, mask), ref real, ref imaginary);
            Store(to, Join(real, imaginary, signs), adds, mask);
        }
    }

    /// <summary>The sum of a row, its parts with the signs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static Vector128<double> Sum(double* a, V signs, long count)
    {
        V sum0 = S.Zero, sum1 = S.Zero, sum2 = S.Zero, sum3 = S.Zero;
        for (; count >= 4 * Numbers; count -= 4 * Numbers, a += 4 * S.Count)
        {
            sum0 = S.Add(sum0, S.Load(a));
            sum1 = S.Add(sum1, S.Load(a + S.Count));
            sum2 = S.Add(sum2, S.Load(a + 2 * S.Count));
            sum3 = S.Add(sum3, S.Load(a + 3 * S.Count));
        }
        for (; count > 0; count -= Numbers, a += S.Count) sum0 = S.Add(sum0, S.LoadFirst(a, Mask(count)));
        return Pairs.Sum(S.Multiply(S.Add(S.Add(sum0, sum1), S.Add(sum2, sum3)), signs));
    }

    /// <summary>The sum of the products of two rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static Vector128<double> Dot(double* a, double* b, in PairSigns<V> signs, long count)
    {
        V real0 = S.Zero, imaginary0 = S.Zero, real1 = S.Zero, imaginary1 = S.Zero;
        for (; count >= 2 * Numbers; count -= 2 * Numbers, a += 2 * S.Count, b += 2 * S.Count)
        {
            Add(S.Load(a), S.Load(b), ref real0, ref imaginary0);
            Add(S.Load(a + S.Count), S.Load(b + S.Count), ref real1, ref imaginary1);
        }
        for (; count > 0; count -= Numbers, a += S.Count, b += S.Count)
        {
            var mask = Mask(count);
            Add(S.LoadFirst(a, mask), S.LoadFirst(b, mask), ref real0, ref imaginary0);
        }
        return Pairs.Sum(Join(S.Add(real0, real1), S.Add(imaginary0, imaginary1), signs));
    }

    /// <summary>The elements of the last, shorter vector; all of them before that.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V Mask(long count) => TailMask.First<double, V, S>((nint)Math.Min(2 * count, S.Count));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V Add(V real, V imaginary, V numbers, V sum) => S.MultiplyAdd(real, numbers, S.MultiplyAdd(imaginary, Pairs.Swap(numbers), sum));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Add(V left, V right, ref V real, ref V imaginary)
    {
        real = S.MultiplyAdd(Pairs.Real(left), right, real);
        imaginary = S.MultiplyAdd(Pairs.Imaginary(left), Pairs.Swap(right), imaginary);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V Join(V real, V imaginary, in PairSigns<V> signs) => S.MultiplyAdd(imaginary, signs.Imaginary, S.Multiply(real, signs.Real));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Store(double* to, V value, bool adds) => S.Store(to, adds ? S.Add(S.Load(to), value) : value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Store(double* to, V value, bool adds, V mask) => S.StoreFirst(to, mask, adds ? S.Add(S.LoadFirst(to, mask), value) : value);
}
