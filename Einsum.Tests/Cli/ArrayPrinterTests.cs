using System.Numerics;
using EinsumNet.Tool;

namespace EinsumNet.Tests.Tool;

/// <summary>Arrays as NumPy's <c>print</c> shows them.</summary>
sealed class ArrayPrinterTests
{
    [Test]
    public void Decimal_points_stand_in_line() =>
        AssertPrinted([2, 2], [1.0, 1 / 3.0, -20, 0.5], "[[  1.           0.33333333]\n [-20.           0.5       ]]");

    [Test]
    public void Shortest_text_of_each_type()
    {
        AssertPrinted([2], [0.1f, 0.3f], "[0.1 0.3]");
        AssertPrinted([2], [(Half)0.1f, (Half)2], "[0.1 2. ]");
        AssertPrinted<ulong>([2], [0, ulong.MaxValue], "[                   0 18446744073709551615]");
        AssertPrinted([2], [new Complex(1, 2), new Complex(3, -0.5)], "[ 1.+2.j 3.-0.5j]");
        AssertPrinted([2], [true, false], "[ True False]");
    }

    [Test]
    public void Numbers_far_apart_have_exponents() => AssertPrinted([4], [1e10, 0.5, double.NaN, double.NegativeInfinity], "[1e+10 5e-01   nan  -inf]");

    [Test]
    public void An_empty_array_has_no_rows() => AssertPrinted<double>([3, 0], [], "[]");

    [Test]
    public void Planes_are_parted_by_an_empty_line() => AssertPrinted([2, 2, 1], [1, 2, 3, 4], "[[[1]\n  [2]]\n\n [[3]\n  [4]]]");

    [Test]
    public void The_middle_of_a_big_array_is_left_out() => AssertPrinted([100, 7], Enumerable.Range(0, 700).ToArray(), """
        [[  0   1   2 ...   4   5   6]
         [  7   8   9 ...  11  12  13]
         [ 14  15  16 ...  18  19  20]
         ...
         [679 680 681 ... 683 684 685]
         [686 687 688 ... 690 691 692]
         [693 694 695 ... 697 698 699]]
        """);

    static void AssertPrinted<T>(Shape shape, T[] elements, string expected) where T : unmanaged
    {
        var writer = new StringWriter { NewLine = "\n" };
        ArrayPrinter.Print<T>(writer, shape, elements);
        Assert.That(writer.ToString(), Does.StartWith(expected + "\nshape ("));
    }
}
