using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Numerics.Tensors;

namespace EinsumNet;

/// <summary>
/// Evaluates equations with one set of options; keeps plans and kernels, so that an equation is parsed, planned and compiled once. Thread-safe.
/// </summary>
public sealed partial class EinsumEngine
{
    readonly CallCache _calls;
    readonly BoundedCache<PlanKey, EinsumPlan> _plans;
    readonly BoundedCache<string, Equation> _equations;
    readonly BatchCache _batches = new();
    readonly ConcurrentDictionary<EinsumBackend, EinsumEngine> _onOthers = [];

    /// <summary>An engine with the given options.</summary>
    /// <exception cref="EinsumException">An option is out of its range (EIN0305).</exception>
    public EinsumEngine(EinsumOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        // What was checked and cached by must not change under the engine.
        Options = options with { Sizes = options.Sizes.ToFrozenDictionary() };
        _plans = new BoundedCache<PlanKey, EinsumPlan>(options.CacheCapacity);
        _equations = new BoundedCache<string, Equation>(options.CacheCapacity);
        _calls = new CallCache(this, options.CacheCapacity);
    }

    /// <summary>The engine behind the class <see cref="Einsum"/>.</summary>
    public static EinsumEngine Default { get; } = new(new EinsumOptions());

    /// <summary>The options that the engine was made with.</summary>
    public EinsumOptions Options { get; }

    /// <summary>The same engine on a backend that its own chose, with caches of its own.</summary>
    internal EinsumEngine On(EinsumBackend backend) => _onOthers.GetOrAdd(backend, static (backend, engine) => new(engine.Options with { Backend = backend }), this);

    /// <summary>What the engine's caches did so far.</summary>
    public EinsumStatistics Statistics => new(_calls.Statistics, _plans.Statistics, Options.Backend.KernelStatistics);

    /// <summary>The result of the equation in a new dense row-major tensor; of shape [1] where it is a scalar.</summary>
    /// <exception cref="EinsumException">The equation is not valid, or the operands do not fit it.</exception>
    public Tensor<T> Eval<T>(string equation, params ReadOnlySpan<Operand<T>> operands) where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(equation);
        var call = _calls.For(equation, operands);
        return call.Eval(operands);
    }

    /// <inheritdoc cref="Eval{T}(string, ReadOnlySpan{Operand{T}})"/>
    public Tensor<T> Eval<T>(Equation equation, params ReadOnlySpan<Operand<T>> operands) where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(equation);
        return Eval(equation.Text, operands);
    }

    /// <summary>Writes the result into a tensor of exactly its shape and any strides; it may overlap operands, which costs a copy.</summary>
    /// <exception cref="EinsumException">The equation is not valid, or the operands or the destination do not fit it.</exception>
    public void EvalInto<T>(string equation, TensorSpan<T> destination, params ReadOnlySpan<Operand<T>> operands) where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(equation);
        var call = _calls.For(equation, operands, destination);
        if (!call.TryRun(operands, ref destination.GetPinnableReference())) Eval(equation, operands).AsTensorSpan().CopyTo(destination);
    }

    /// <summary>An expression for operands of exactly these shapes, planned and compiled once.</summary>
    /// <exception cref="EinsumException">The equation is not valid, or the shapes do not fit it.</exception>
    public EinsumExpression<T> Compile<T>(string equation, params ReadOnlySpan<Shape> shapes) where T : unmanaged => new(this, Plan<T>(equation, shapes));

    /// <summary>As <see cref="Compile{T}(string, ReadOnlySpan{Shape})"/>, but false where the equation is not valid or the shapes do not fit it.</summary>
    public bool TryCompile<T>(string? equation, [NotNullWhen(true)] out EinsumExpression<T>? expression, params ReadOnlySpan<Shape> shapes) where T : unmanaged
    {
        try
        {
            expression = equation is null ? null : Compile<T>(equation, shapes);
        }
        catch (EinsumException)
        {
            expression = null;
        }
        return expression is not null;
    }

    /// <summary>An expression that follows a plan, such as one that was read from JSON.</summary>
    /// <exception cref="EinsumException">The plan was made for another element type.</exception>
    public EinsumExpression<T> Compile<T>(EinsumPlan plan) where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(plan);
        if (plan.Element != ElementTypes.Of(typeof(T))) throw PlanErrors.PlanElement(plan.Element.ToType(), typeof(T));
        return new EinsumExpression<T>(this, plan);
    }

    /// <summary>How the equation is contracted for <c>double</c> operands of these shapes; nothing is evaluated.</summary>
    /// <exception cref="EinsumException">The equation is not valid, or the shapes do not fit it.</exception>
    public EinsumPlan Plan(string equation, params ReadOnlySpan<Shape> shapes) => Plan<double>(equation, shapes);

    /// <summary>How the equation is contracted for operands of these shapes; nothing is evaluated.</summary>
    /// <exception cref="EinsumException">The equation is not valid, or the shapes do not fit it.</exception>
    public EinsumPlan Plan<T>(string equation, params ReadOnlySpan<Shape> shapes) where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(equation);
        return PlanFor(equation, ElementTypes.Of(typeof(T)), shapes.ToArray());
    }

    /// <summary>The equation, parsed once for all shapes.</summary>
    internal Equation Parsed(string equation) => _equations.GetOrAdd(equation, 0, static (text, _) => Equation.Parse(text));

    internal EinsumPlan PlanFor(string equation, ElementType element, Shape[] shapes) =>
        _plans.GetOrAdd(new PlanKey(equation, element, string.Concat(shapes)), (Engine: this, shapes), static (key, state) => state.Engine.MakePlan(key, state.shapes));

    EinsumPlan MakePlan(PlanKey key, Shape[] shapes)
    {
        var arithmetic = Arithmetic.For(key.Element, Options.AccumulateIn);
        var bound = Binder.Bind(Parsed(key.Equation), shapes, Options.Rules);
        var problem = new ContractionProblem(
            [.. bound.Inputs.Select(axes => BoundEquation.Distinct(axes))], BoundEquation.Distinct(bound.Output),
            [.. bound.Labels.Select(label => label.Size)], (double?)Options.MemoryLimit / arithmetic.Size());
        var path = shapes.Length <= 2 ? ContractionPath.Single(shapes.Length) : Options.PathFinder.Find(problem) ?? throw PlanErrors.InvalidPath(Options.PathFinder.Name, "it is null");
        var plan = EinsumPlan.Create(bound, Options.Rules, path, Options.PathFinder.Name, key.Element, arithmetic, Options.Backend);

        var program = plan.Program;
        foreach (var step in program.Steps[..^1])
            if (step.Operands.Length > 1 && program.Size(step.Result) > problem.MaxIntermediate)
                throw PlanErrors.OverMemoryLimit(key.Equation, plan.Finder, program.Size(step.Result) * arithmetic.Size(), Options.MemoryLimit!.Value);
        return plan;
    }

    sealed record PlanKey(string Equation, ElementType Element, string Shapes);
}

/// <summary>What an engine's caches did so far.</summary>
/// <param name="Calls">Look-ups by equation, sizes, strides and element type.</param>
/// <param name="Plans">Look-ups by equation, shapes and element type; a miss searched for a path.</param>
/// <param name="Kernels">Look-ups of the backend's kernels by loop nest; shared by the engines of one backend.</param>
public readonly record struct EinsumStatistics(CacheStatistics Calls, CacheStatistics Plans, CacheStatistics Kernels);
