using System.Globalization;
using System.Text;

namespace EinsumNet;

/// <summary>Prints a plan: what goes in, what it costs, and a line per step.</summary>
static class PlanTable
{
    static readonly string[] s_headings = ["step", "contraction", "sizes", "flops", "result", "kernel", "vmap form"];

    internal static string Print(EinsumPlan plan)
    {
        var (text, chosen) = (new StringBuilder(), plan.Chosen);
        var cost = chosen.Cost;
        var type = plan.Element.Name() + (plan.Arithmetic == plan.Element ? "" : $" in {plan.Arithmetic.Name()}");
        Line("equation", $"{plan.Equation}   {type} on {plan.Backend.Name}");
        if (chosen.Why is { } why) Line("backend", why);
        Line("shapes", $"{string.Join(' ', plan.Shapes)} -> {plan.ResultShape}");
        if (plan.Shapes.Length > 2)
            Line("path", $"{plan.Path}   by {plan.Finder}{(plan.Path.Remark is { } remark ? $": {remark}" : "")}{(IsFused(plan) ? "; steps are fused where one loop nest moves less memory" : "")}");
        Line("cost", $"{Number(cost.Flops)} flops, {Number(cost.Bytes)} bytes moved, largest intermediate {Number(cost.LargestIntermediate)} elements, workspace {Number(chosen.Program.WorkspaceBytes)} bytes");
        if (plan.Broadcast.Length > 0) Line("broadcast", string.Join(' ', plan.Broadcast));
        if (chosen.Steps.Length == 0) Line("steps", "none: the result is empty");
        else AppendTable(text, [s_headings, .. chosen.Steps.Select(Cells)]);
        return text.ToString();

        void Line(string name, string value) => text.Append($"{name,-11}{value}\n");
    }

    static bool IsFused(EinsumPlan plan) =>
        plan.Program.Steps.Count(step => step.Operands.Length > 2) > plan.Path.Steps.Count(step => step.Length > 2);

    static string[] Cells(EinsumPlanStep step) =>
        [step.Values, step.Contraction, step.Sizes, Number(step.Flops), Number(step.ResultElements), step.Kernel, step.Term];

    static void AppendTable(StringBuilder text, string[][] rows)
    {
        var widths = Enumerable.Range(0, s_headings.Length).Select(column => rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in rows)
            text.Append(string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd()).Append('\n');
    }

    /// <summary>Whole up to a million, in powers of ten above.</summary>
    internal static string Number(double value) => value.ToString(value < 1e6 ? "0" : "0.##e0", CultureInfo.InvariantCulture);
}
