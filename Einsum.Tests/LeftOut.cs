namespace EinsumNet.Tests;

/// <summary>Tests that this machine cannot run: they are left out, and the console says why.</summary>
static class LeftOut
{
    /// <summary>Leaves the running test out; <c>dotnet test</c> prints of a test that is left out only its name, so that the reason is written beside it.</summary>
    internal static void Because(string reason)
    {
        TestContext.Error.WriteLine($"Left out: {TestContext.CurrentContext.Test.Name}: {reason}");
        Assert.Ignore(reason);
    }
}
