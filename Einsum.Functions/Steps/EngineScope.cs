namespace EinsumNet.Functions;

/// <summary>
/// The engine that the thread traces and compiles for: its rules bind equations, its backend runs them, its threads share the work. A lambda has no other way
/// to know; the programs and steps that are made inside of a scope keep its engine.
/// </summary>
readonly struct EngineScope : IDisposable
{
    [ThreadStatic]
    static EinsumEngine? s_current;

    readonly EinsumEngine? _before;

    EngineScope(EinsumEngine? before) => _before = before;

    /// <summary>The engine of the innermost scope, <see cref="EinsumEngine.Default"/> outside of all.</summary>
    internal static EinsumEngine Current => s_current ?? EinsumEngine.Default;

    /// <summary>The device that functions of <see cref="Current"/> run on; null where they run on the host.</summary>
    internal static FunctionDevice? Device => Current.Options.Backend.FunctionDevice;

    internal static EngineScope Enter(EinsumEngine engine)
    {
        var scope = new EngineScope(s_current);
        s_current = engine;
        return scope;
    }

    public void Dispose() => s_current = _before;
}
