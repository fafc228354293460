using System.Buffers.Binary;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.InteropServices;
using EinsumNet.Backends.Gpu;

namespace EinsumNet.Tests.Architecture;

/// <summary>No method of the GPU backend drops what a native function gives: the instruction behind such a call is never a pop.</summary>
sealed class NativeCodeTests
{
    const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    static readonly Type[] s_libraries = [typeof(ICudaDriver), typeof(INvrtc), typeof(ICuBlas)];

    static readonly Dictionary<short, OpCode> s_codes = typeof(OpCodes).GetFields().Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => code.Value);

    [Test]
    public void Every_native_calls_code_is_looked_at()
    {
        var calls = typeof(GpuBackend).Assembly.GetTypes().SelectMany(type => type.GetMethods(All).Cast<MethodBase>().Concat(type.GetConstructors(All))).SelectMany(NativeCalls).ToArray();
        Assert.That(calls.Where(call => call.IsDropped).Select(call => call.ToString()), Is.Empty);
        var native = typeof(GpuBackend).Assembly.GetTypes().SelectMany(type => type.GetMethods(All)).Where(IsNative).Select(method => method.Name).Where(name => !name.StartsWith('<'));
        Assert.That(native.Except(calls.Select(call => call.Callee)), Is.Empty, "functions without a call that was found");
    }

    [Test]
    public void A_code_that_is_dropped_is_seen() => Assert.That(NativeCalls(((Action<ICudaDriver>)Drop).Method).Single().IsDropped);

    static void Drop(ICudaDriver driver) => _ = driver.EventDestroy(0);

    static bool IsNative(MethodInfo method) =>
        s_libraries.Contains(method.DeclaringType) || method.IsDefined(typeof(LibraryImportAttribute)) || method.Attributes.HasFlag(MethodAttributes.PinvokeImpl);

    static IEnumerable<(string Caller, string Callee, bool IsDropped)> NativeCalls(MethodBase method)
    {
        var il = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        for (var at = 0; at < il.Length;)
        {
            var code = s_codes[il[at] == 0xFE ? (short)(0xFE00 | il[at + 1]) : il[at]];
            at += code.Size;
            var token = code.OperandType == OperandType.InlineMethod ? BinaryPrimitives.ReadInt32LittleEndian(il.AsSpan(at)) : 0;
            at += code.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + 4 * BinaryPrimitives.ReadInt32LittleEndian(il.AsSpan(at)),
                _ => 4,
            };
            if (token != 0 && method.Module.ResolveMethod(token, method.DeclaringType?.GetGenericArguments(), method.IsGenericMethod ? method.GetGenericArguments() : null) is MethodInfo callee && IsNative(callee))
                yield return (method.Name, callee.Name, il[at] == OpCodes.Pop.Value);
        }
    }
}
