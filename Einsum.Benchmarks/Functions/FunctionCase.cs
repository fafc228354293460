namespace EinsumNet.Benchmarks;

/// <summary>One function: ours, the same written by hand in C# where there is such a thing, and the request for NumPy's.</summary>
/// <param name="Name">As the table prints it.</param>
/// <param name="Ours">One evaluation into memory that is there.</param>
/// <param name="Hand">A loop written by hand; null where nobody would.</param>
/// <param name="Kind">What the peer is asked.</param>
/// <param name="Count">How many numbers, or rows.</param>
/// <param name="Depth">The length of a row.</param>
/// <param name="Peak">Bytes that one evaluation of ours holds at most besides operands and result.</param>
sealed record FunctionCase(string Name, Action Ours, Action? Hand, string Kind, int Count, int Depth, string DType, long Peak);
