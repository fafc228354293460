using System.Collections.Immutable;

namespace EinsumNet;

/// <summary>A backend's choice between the host and a device for each compiled function as a whole.</summary>
/// <param name="host">What runs functions on the host.</param>
/// <param name="device">What runs them on the device.</param>
abstract class FunctionChoice(EinsumBackend host, EinsumBackend device)
{
    internal EinsumBackend Host => host;

    internal EinsumBackend Device => device;

    /// <summary>Whether the device is estimated to be done first with operands and results on the host, and why.</summary>
    internal abstract (bool IsDevice, string Why) Decide(FunctionWork work);
}

/// <summary>What a compiled function does, for an estimate of its time.</summary>
/// <param name="Host">Its steps on the host, and how often each is run.</param>
/// <param name="Device">Likewise on the device.</param>
/// <param name="Copied">The bytes of each operand and result.</param>
/// <param name="Answers">How often the host waits for the device to say whether a loop goes on.</param>
sealed record FunctionWork(ImmutableArray<(StepWork Step, double Times)> Host, ImmutableArray<(StepWork Step, double Times)> Device, ImmutableArray<long> Copied, double Answers);
