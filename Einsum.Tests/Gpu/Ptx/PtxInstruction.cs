namespace EinsumNet.Tests.Gpu.Ptx;

/// <summary>What comes after an instruction.</summary>
enum PtxFlow { Next, Branch, Return, Barrier, Warp, Warpgroup }

/// <summary>An instruction that can be done: by a thread, or by the threads that must come to it together.</summary>
/// <param name="Statement">As it was parsed.</param>
/// <param name="Flow">What comes after it.</param>
/// <param name="Step">What a thread does.</param>
/// <param name="Together">What the threads of a warp or a warpgroup do.</param>
/// <param name="Target">Where a branch goes to.</param>
readonly record struct PtxInstruction(PtxStatement Statement, PtxFlow Flow, Action<PtxThread>? Step = null, Action<PtxThread[]>? Together = null, int Target = 0)
{
    internal int Guard => Statement.Guard;

    internal bool Negated => Statement.Negated;
}
