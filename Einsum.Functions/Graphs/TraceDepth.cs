namespace EinsumNet.Functions;

/// <summary>How many traced functions call each other on this thread: a recursion has no end, and would end the process with the stack.</summary>
readonly ref struct TraceDepth
{
    /// <summary>More than anyone nests.</summary>
    const int Most = 256;

    [ThreadStatic]
    static int t_depth;

    /// <summary>One function more, until this is disposed; EIN0526 where there are too many.</summary>
    internal static TraceDepth Enter()
    {
        if (t_depth >= Most) throw FunctionErrors.Endless();
        t_depth++;
        return default;
    }

#pragma warning disable CA1822 // What is disposed is an instance.
    public void Dispose() => t_depth--;
#pragma warning restore CA1822
}
