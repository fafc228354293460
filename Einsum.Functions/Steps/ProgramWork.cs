using System.Collections.Immutable;

namespace EinsumNet.Functions;

/// <summary>Counts what a program that was compiled for the host does there, and what its steps would do on a device, for an estimate of its time; the engine whose backend chooses is in scope.</summary>
sealed class ProgramWork
{
    /// <summary>What an interpreted element costs, as so many operations.</summary>
    const double Interpreted = 64;

    readonly ImmutableArray<(StepWork Step, double Times)>.Builder _host = ImmutableArray.CreateBuilder<(StepWork, double)>(), _device = ImmutableArray.CreateBuilder<(StepWork, double)>();
    double _answers;

    internal static FunctionWork Of(Plan plan, Graph graph)
    {
        var work = new ProgramWork();
        work.Add(plan.Planned, 1);
        return new FunctionWork(work._host.ToImmutable(), work._device.ToImmutable(), [.. graph.Parameters.Concat(graph.Results).Select(value => value.Type.Count * value.Element.Size())], work._answers);
    }

    void Add(IEnumerable<PlannedStep> steps, double times)
    {
        foreach (var step in steps) Add(step, times);
    }

    void Add(PlannedStep step, double times)
    {
        switch (step)
        {
            case NestPlan nest: Add(StepWork.Of(nest.Kernel), times); break;
            case ContractPlan contract:
                var kernels = ContractStep.PlanOf(contract).Kernels;
                _host.AddRange(kernels.Steps.Select(each => (StepWork.Of(each), times)));
                _device.AddRange((kernels.OnDevice ?? kernels).Steps.Select(each => (StepWork.Of(each), times)));
                break;
            case FusedContractPlan fused: Add(fused.Parts, times); break;
            case BlockPlan block: Add(block.Steps, times); break;
            case WholePlan { Step: NestStep nest }: Add(StepWork.Of(nest.Kernel), times); break;
            case WholePlan { Step: SequenceStep sequence }: Add(sequence, times); break;
            case WholePlan { Step: InterpretedStep interpreted }: Add(interpreted.Node, times); break;
            // A constant, or a copy: once for each run.
            case WholePlan: Add(default(StepWork), times); break;
            default: throw new InvalidOperationException($"Nobody knows what {step} does.");
        }
    }

    void Add(StepWork work, double times)
    {
        _host.Add((work, times));
        _device.Add((work, times));
    }

    void Add(SequenceStep sequence, double times)
    {
        if (sequence.Condition is { } condition)
        {
            times *= Kernel.UnknownIterations;
            Add(condition.Plan.Planned, times);
            _answers += times;
        }
        else times *= sequence.Sequence.Length;
        Add(sequence.Body.Plan.Planned, times);
    }

    /// <summary>An operation that is interpreted on the host.</summary>
    void Add(TensorExpr node, double times)
    {
        switch (node.Op)
        {
            case ParameterOp or ItemOp or ConstantOp: break;
            case ScanOp scan: Add(scan.Body, times * scan.Length); break;
            case WhileOp loop: Add(loop, times * Kernel.UnknownIterations); break;
            case MappedWhileOp mapped: Add(mapped.One, times * Kernel.UnknownIterations * mapped.Size); break;
            default:
                var values = node.Inputs.Select(input => input.Type).Concat(node.Types).ToList();
                var elements = (double)values.Sum(type => type.Count);
                Add(new StepWork(elements * Interpreted, 0, 0, values.Sum(type => (double)type.Count * type.Element.Size()), values.Any(type => StepWork.NeedsDouble(type.Element))), times);
                break;
        }
    }

    void Add(WhileOp loop, double times)
    {
        Add(loop.Condition, times);
        Add(loop.Body, times);
        _answers += times;
    }

    void Add(Graph graph, double times)
    {
        foreach (var node in graph.Nodes()) Add(node, times);
    }
}
