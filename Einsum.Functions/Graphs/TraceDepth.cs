namespace EinsumNet.Functions;

/// <summary>
/// How many traced functions call each other on this thread, and where the innermost was made: a recursion has no end, and would end the process with the stack.
/// </summary>
readonly ref struct TraceDepth
{
    /// <summary>More than anyone nests.</summary>
    const int Most = 256;

    [ThreadStatic]
    static int t_depth;

    readonly string? _outer;

    TraceDepth(string? outer) => _outer = outer;

    /// <summary>One function more, made on that line, until this is disposed; EIN0526 where there are too many.</summary>
    internal static TraceDepth Enter(string? line)
    {
        if (t_depth >= Most) throw FunctionErrors.Endless();
        t_depth++;
        var scope = new TraceDepth(SourceLine.Traced);
        SourceLine.Traced = line ?? SourceLine.Traced;
        return scope;
    }

    public void Dispose()
    {
        t_depth--;
        SourceLine.Traced = _outer;
    }
}
