namespace EinsumNet.Tests.Architecture;

/// <summary>The public surface is what public-api.txt says; it changes in the same commit.</summary>
sealed class PublicApiTests
{
    [Test]
    public void The_surface_is_the_baseline()
    {
        var baseline = Path.Combine(AppContext.BaseDirectory, "Architecture", "public-api.txt");
        var actual = PublicApi.Print(ArrowTests.Libraries);
        if (actual == File.ReadAllText(baseline)) return;
        var beside = Path.ChangeExtension(baseline, ".actual.txt");
        File.WriteAllText(beside, actual);
        Assert.That(actual, Is.EqualTo(File.ReadAllText(baseline)), $"To accept: cp {beside} Einsum.Tests/Architecture/public-api.txt");
    }
}
