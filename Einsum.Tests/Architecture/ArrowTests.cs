using System.Reflection;
using EinsumNet.Backends.Cpu;

namespace EinsumNet.Tests.Architecture;

/// <summary>Which project may see which: the table of DESIGN.md.</summary>
sealed class ArrowTests
{
    static readonly (Assembly Assembly, string[] MaySee)[] s_arrows =
    [
        (typeof(EinsumException).Assembly, []),
        (typeof(EquationParsing).Assembly, ["Einsum.Core"]),
        (typeof(CpuBackend).Assembly, ["Einsum.Core"]),
        (typeof(Backends.Gpu.KernelEmitter).Assembly, ["Einsum.Core", "Einsum.Backends.Cpu"]),
        (typeof(Einsum).Assembly, ["Einsum.Core", "Einsum.Parser", "Einsum.Backends.Cpu"]),
        (typeof(EinsumNet.Functions.Fn).Assembly, ["Einsum.Core", "Einsum.Parser", "Einsum.Backends.Cpu", "Einsum"]),
    ];

    /// <summary>Beside the platform's, the packages that a library may see.</summary>
    static readonly (string Package, string By)[] s_packages = [("Sprache", "Einsum.Parser")];

    internal static IEnumerable<Assembly> Libraries => s_arrows.Select(arrow => arrow.Assembly);

    static IEnumerable<TestCaseData> Arrows => s_arrows.Select(arrow => new TestCaseData(arrow.Assembly, arrow.MaySee).SetArgDisplayNames(Name(arrow.Assembly)));

    [TestCaseSource(nameof(Arrows))]
    public void A_library_sees_only_what_it_may(Assembly assembly, string[] maySee)
    {
        var seen = assembly.GetReferencedAssemblies().Select(name => name.Name!).Where(name => !name.StartsWith("System."));
        var packages = s_packages.Where(package => package.By == Name(assembly)).Select(package => package.Package);
        Assert.That(seen, Is.SubsetOf(maySee.Concat(packages)));
    }

    [TestCaseSource(nameof(Libraries))]
    public void Every_namespace_starts_with_EinsumNet(Assembly assembly)
    {
        // A namespace Einsum would hide the class Einsum from its users.
        var own = assembly.GetTypes().Where(type => !type.FullName!.Contains('<') && type.Namespace?.StartsWith("Microsoft.CodeAnalysis") != true);
        Assert.That(own.Where(type => type.Namespace is not { } space || space.Split('.')[0] != "EinsumNet"), Is.Empty);
    }

    [Test]
    public void Classes_are_sealed_unless_made_for_inheritance()
    {
        var open = Libraries.SelectMany(assembly => assembly.GetExportedTypes()).Where(type => type.IsClass && !type.IsSealed && !type.IsAbstract);
        Assert.That(open, Is.Empty);
    }

    static string Name(Assembly assembly) => assembly.GetName().Name!;
}
