using System.Text.Json.Nodes;

namespace EinsumNet.Tests.Facade;

/// <summary>Plans that travel as text.</summary>
sealed class PlanJsonTests
{
    static readonly EinsumPlan s_plan = Einsum.Plan("ij,jk,kl->il", [10, 20], [20, 30], [30, 4]);

    [Test]
    public void The_text() => Assert.That(s_plan.ToJson(), Is.EqualTo(
        """{"version":1,"equation":"ij,jk,kl->il","element":"double","arithmetic":"double","shapes":[[10,20],[20,30],[30,4]],"path":[[1,2],[0,1]],"finder":"auto","remark":"optimal","strict":false,"outputDiagonal":false,"sizes":{}}"""));

    [TestCase("ij,jk,kl->il", "[10, 20] [20, 30] [30, 4]")]
    [TestCase("i->iy", "[3]")]
    [TestCase("->", "[]")]
    [TestCase("[batch i],[i j]", "[2, 3] [3, 4]")]
    [TestCase("conj(ij),jk", "[2, 1] [3, 4]")]
    public void There_and_back(string equation, string shapes)
    {
        var engine = new EinsumEngine(new EinsumOptions { Sizes = new Dictionary<string, long> { ["y"] = 2 }, AccumulateIn = typeof(double) });
        var plan = engine.Plan<float>(equation, [.. shapes.Split("] ").Select(text => Shape.Create([.. text.Trim('[', ']').Split(", ", StringSplitOptions.RemoveEmptyEntries).Select(long.Parse)]))]);
        var again = EinsumPlan.FromJson(plan.ToJson());
        Assert.That(again.ToString(), Is.EqualTo(plan.ToString()));
        Assert.That(again.ToJson(), Is.EqualTo(plan.ToJson()));
    }

    [TestCase("")]
    [TestCase("null")]
    [TestCase("{}")]
    [TestCase("[1, 2]")]
    [TestCase("ij,jk->ik")]
    public void What_is_no_plan_is_refused(string json) => IsRefused(json, "EIN0304");

    [Test]
    public void Every_truncation_is_refused()
    {
        var json = s_plan.ToJson();
        for (var length = 0; length < json.Length; length++) IsRefused(json[..length], "EIN0304");
    }

    [Test]
    public void Every_missing_and_every_null_property_is_refused()
    {
        foreach (var name in JsonNode.Parse(s_plan.ToJson())!.AsObject().Select(pair => pair.Key))
        {
            IsRefused(Edit(plan => plan.Remove(name)), "EIN0304");
            if (name != "remark") IsRefused(Edit(plan => plan[name] = null), "EIN0304");
        }
    }

    [TestCase("version", "2", "EIN0304")]
    [TestCase("element", "\"decimal\"", "EIN0304")]
    [TestCase("element", "\"Double\"", "EIN0304")]
    [TestCase("arithmetic", "\"int\"", "EIN0304")]
    [TestCase("arithmetic", "\"float\"", "EIN0304")]
    [TestCase("shapes", "[[10,20],[20,30],null]", "EIN0304")]
    [TestCase("shapes", "[[10,20],[20,30],[30,\"four\"]]", "EIN0304")]
    [TestCase("path", "[[1,2],null]", "EIN0304")]
    [TestCase("path", "[[1,2],[0,1.5]]", "EIN0304")]
    [TestCase("sizes", "{\"i\":\"ten\"}", "EIN0304")]
    [TestCase("shapes", "[[10,20],[20,30],[-30,4]]", "EIN0212")]
    [TestCase("shapes", "[[10,20],[20,30]]", "EIN0201")]
    [TestCase("shapes", "[[10,20],[20,30],[31,4]]", "EIN0203")]
    [TestCase("equation", "\"ij,jk,kl->i1\"", "EIN0101")]
    [TestCase("path", "[]", "EIN0301")]
    [TestCase("path", "[[1,2]]", "EIN0301")]
    [TestCase("path", "[[1,2],[0,2]]", "EIN0301")]
    [TestCase("path", "[[1,1],[0,1]]", "EIN0301")]
    [TestCase("path", "[[0,1,2],[]]", "EIN0301")]
    public void Every_damaged_property_is_refused(string name, string value, string code) =>
        IsRefused(Edit(plan => plan[name] = JsonNode.Parse(value)), code);

    [Test]
    public void A_path_without_a_step_makes_no_result() =>
        IsRefused("""{"version":1,"equation":"ij->ji","element":"double","arithmetic":"double","shapes":[[2,3]],"path":[],"finder":"x","remark":null,"strict":false,"outputDiagonal":false,"sizes":{}}""", "EIN0301");

    static string Edit(Action<JsonObject> edit)
    {
        var plan = JsonNode.Parse(s_plan.ToJson())!.AsObject();
        edit(plan);
        return plan.ToJsonString();
    }

    static void IsRefused(string json, string code) =>
        Assert.That(() => EinsumPlan.FromJson(json), Throws.TypeOf<EinsumException>().With.Property("Code").EqualTo(code), json);
}
