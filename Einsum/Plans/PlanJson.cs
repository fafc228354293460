using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using EinsumNet.Backends.Cpu;

namespace EinsumNet;

/// <summary>A plan as JSON: all that is needed to lower it again without a search.</summary>
static class PlanJson
{
    const int Version = 1;

    sealed record Document(
        int Version, string Equation, string Element, string Arithmetic, long[][] Shapes, int[][] Path, string Finder, string? Remark,
        bool Strict, bool OutputDiagonal, Dictionary<string, long> Sizes);

    static readonly JsonSerializerOptions s_options = new(JsonSerializerDefaults.Web)
    {
        // The text goes into source files and tables, never into HTML: "->" stays readable.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
    };

    internal static string Write(EinsumPlan plan)
    {
        var rules = plan.Rules;
        return JsonSerializer.Serialize(
            new Document(
                Version, plan.Equation.Text, plan.Element.Name(), plan.Arithmetic.Name(), [.. plan.Shapes.Select(shape => shape.ToArray())],
                [.. plan.Path.Steps.Select(step => step.ToArray())], plan.Finder, plan.Path.Remark, rules.IsStrict, rules.OutputDiagonal, new(rules.Sizes)),
            s_options);
    }

    internal static EinsumPlan Read(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        Document document;
        try
        {
            document = JsonSerializer.Deserialize<Document>(json, s_options) ?? throw PlanErrors.PlanJson("it is null");
        }
        catch (JsonException error)
        {
            throw PlanErrors.PlanJson(error.Message.TrimEnd('.'));
        }
        if (document.Version != Version) throw PlanErrors.PlanJson($"its version is {document.Version}, not {Version}");
        if (document.Shapes.Contains(null) || document.Path.Contains(null)) throw PlanErrors.PlanJson("a shape or a step of its path is null");
        var (element, arithmetic) = (Element(document.Element), Element(document.Arithmetic));
        if (!Arithmetic.CanBe(arithmetic, element)) throw PlanErrors.PlanJson($"{document.Element} is not summed in {document.Arithmetic}");
        var rules = new BindingRules(document.Strict, document.OutputDiagonal, document.Sizes.ToFrozenDictionary());
        var path = new ContractionPath([.. document.Path.Select(step => step.ToImmutableArray())], document.Remark);
        var bound = Binder.Bind(Equation.Parse(document.Equation), [.. document.Shapes.Select(sizes => Shape.Create(sizes))], rules);
        return EinsumPlan.Create(bound, rules, path, document.Finder, element, arithmetic, CpuBackend.Default);
    }

    static ElementType Element(string name)
    {
        foreach (var element in Enum.GetValues<ElementType>())
            if (element.Name() == name) return element;
        throw PlanErrors.PlanJson($"'{name}' is not an element type");
    }
}
