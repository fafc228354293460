using System.Reflection;
using System.Reflection.Emit;

namespace EinsumNet.Functions;

/// <summary>
/// Ends a loop once its engine's token asks for it. Emitted methods call it as the last of their steps, now and then and in loops alone that may run for long;
/// where the engine has no token, nothing is emitted.
/// </summary>
sealed unsafe class Watch(CancellationToken cancellation) : Step([], [])
{
    /// <summary>Iterations between two looks: some microseconds of the least bodies, a power of two.</summary>
    internal const long Every = 1 << 12;

    static readonly MethodInfo s_run = typeof(Step).GetMethod(nameof(Step.Run), BindingFlags.Instance | BindingFlags.NonPublic)!;

    /// <summary>What a method that is emitted now calls; null where nothing can ask.</summary>
    internal static Watch? Current => EngineScope.Current.Options.Cancellation is { CanBeCanceled: true } token ? new Watch(token) : null;

    internal override string Text => "watch";

    internal override void Run(nint* addresses) => cancellation.ThrowIfCancellationRequested();

    /// <summary>A look in every iteration.</summary>
    internal static void Emit(ILGenerator il)
    {
        if (Current is null) return;
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldlen);
        il.Emit(OpCodes.Conv_I4);
        il.Emit(OpCodes.Ldc_I4_1);
        il.Emit(OpCodes.Sub);
        il.Emit(OpCodes.Ldelem_Ref);
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Callvirt, s_run);
    }

    /// <summary>A look whenever the counter is a multiple of <see cref="Every"/>.</summary>
    internal static void Emit(ILGenerator il, LocalBuilder counter)
    {
        if (Current is null) return;
        var on = il.DefineLabel();
        il.Emit(OpCodes.Ldloc, counter);
        il.Emit(OpCodes.Ldc_I8, Every - 1);
        il.Emit(OpCodes.And);
        il.Emit(OpCodes.Brtrue, on);
        Emit(il);
        il.MarkLabel(on);
    }

    /// <summary>A look now and then in a loop that has no counter.</summary>
    internal static void EmitTurn(ILGenerator il, LocalBuilder turns)
    {
        if (Current is null) return;
        il.Emit(OpCodes.Ldloc, turns);
        il.Emit(OpCodes.Ldc_I8, 1L);
        il.Emit(OpCodes.Add);
        il.Emit(OpCodes.Stloc, turns);
        Emit(il, turns);
    }
}
