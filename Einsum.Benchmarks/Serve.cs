using System.Diagnostics;
using System.Numerics;
using System.Numerics.Tensors;
using System.Text.Json.Nodes;
using EinsumNet.Functions;

namespace EinsumNet.Benchmarks;

/// <summary>
/// Answers timing requests, one JSON object a line, so that another program can time this library beside others in one interleaved run:
/// <c>{"case": {"kind": "einsum", "spec": "ij,jk->ik", "shapes": [[2, 3], [3, 4]]}, "dtype": "float32", "samples": 5, "min_time": 0.1,
/// "max_time": 2.0, "check": true}</c> gives the median and least seconds per evaluation and, with check, sums that tell whether results agree.
/// Results are written with <c>InvokeInto</c> into memory that was touched before.
/// </summary>
static class Serve
{
    const double WarmUpSeconds = 0.3, FirstSeconds = 5e-3;

    internal static void Run(int threads)
    {
        var engine = new EinsumEngine(new EinsumOptions { MaxThreads = threads });
        while (Console.ReadLine() is { } line)
        {
            var request = JsonNode.Parse(line)!;
            if (request["quit"] is not null) return;
            Console.WriteLine(Answer(engine, request).ToJsonString());
        }
    }

    /// <summary>The answer to one request; an object with <c>error</c> where it cannot be run.</summary>
    internal static JsonObject Answer(EinsumEngine engine, JsonNode request)
    {
        try
        {
            return request["dtype"]!.GetValue<string>() switch
            {
                "float32" => Answer<float>(engine, request),
                "float64" => Answer<double>(engine, request),
                "complex128" => Answer<Complex>(engine, request),
                var other => throw new NotSupportedException($"element type {other}"),
            };
        }
        catch (Exception error)
        {
            return new JsonObject { ["error"] = $"{error.GetType().Name}: {error.Message.Split('\n')[0]}" };
        }
    }

    static JsonObject Answer<T>(EinsumEngine engine, JsonNode request) where T : unmanaged, INumberBase<T>
    {
        var @case = request["case"]!;
        var answer = new JsonObject();
        List<Member<T>> members = [];
        Action evaluate;
        switch (@case["kind"]!.GetValue<string>())
        {
            case "einsum":
                var member = new Member<T>(engine, @case["spec"]!.GetValue<string>(), @case["shapes"]!, 0);
                members.Add(member);
                evaluate = member.Evaluate;
                if (request["check"]?.GetValue<bool>() == true) member.AddChecks(answer);
                break;
            case "ragged":
                evaluate = Ragged<T>(engine, @case);
                break;
            case "square":
                evaluate = OnNumbers<T>(Fn.Vmap(x => x * x), @case["n"]!.GetValue<int>());
                break;
            case "cumsum":
                evaluate = OnNumbers<T>(Fn.Jit(x => x.CumSum(0)), @case["n"]!.GetValue<int>());
                break;
            case var kind:
                throw new NotSupportedException($"cases of kind {kind}");
        }

        var seconds = Time(evaluate, request["samples"]!.GetValue<int>(), request["min_time"]!.GetValue<double>(), request["max_time"]!.GetValue<double>(), out var inner);
        answer["s"] = seconds[seconds.Count / 2];
        answer["min_s"] = seconds[0];
        answer["n"] = seconds.Count;
        answer["inner"] = inner;
        members.ForEach(member => member.Dispose());
        return answer;
    }

    /// <summary>A function of the numbers 0, 1, ... into a destination.</summary>
    static Action OnNumbers<T>(TensorFunction function, int count) where T : unmanaged, INumberBase<T>
    {
        T[] numbers = [.. Enumerable.Range(0, count).Select(T.CreateChecked)], result = new T[count];
        return () => function.InvokeInto<T>(result, numbers);
    }

    /// <summary>All members of a list in one call, into destinations.</summary>
    static Action Ragged<T>(EinsumEngine engine, JsonNode @case) where T : unmanaged, INumberBase<T>
    {
        var spec = @case["spec"]!.GetValue<string>();
        var shapes = @case["shapes_list"]!.AsArray().Select(member => member!.AsArray().Select(Sizes).ToArray()).ToArray();
        var terms = Enumerable.Range(0, shapes[0].Length).ToArray();
        var lists = terms.Select(term => (IReadOnlyList<Operand<T>>)[.. shapes.Select((member, i) => new Operand<T>(Elements<T>(2 * i + term, member[term]), member[term]))]).ToArray();
        var batch = engine.CompileMany<T>(spec, [.. terms.Select(term => (IReadOnlyList<Shape>)[.. shapes.Select(member => member[term])])]);
        var results = batch.Invoke(lists);
        return () => batch.InvokeInto(results, lists);
    }

    static Shape Sizes(JsonNode? shape) => Shape.Create([.. shape!.AsArray().Select(size => size!.GetValue<long>())]);

    /// <summary>Element e of operand t is ((40503 e + 12345 (t + 1)) mod 65521 - 32760) / 65536, exact in float.</summary>
    static T[] Elements<T>(int operand, Shape shape) where T : unmanaged, INumberBase<T>
    {
        var elements = new T[shape.Aggregate(1L, (product, size) => product * size)];
        for (var e = 0L; e < elements.Length; e++) elements[e] = T.CreateChecked(((e % 65521 * 40503 + 12345 * (operand + 1)) % 65521 - 32760) / 65536.0);
        return elements;
    }

    /// <summary>Seconds per evaluation, sorted: so many samples of at least their share of the least time, until the most time is up.</summary>
    static List<double> Time(Action evaluate, int samples, double minTime, double maxTime, out int inner)
    {
        var each = Math.Min(Measure(evaluate, 1), Measure(evaluate, 1));
        // The first calls of a process wait for the runtime's compiler.
        for (var more = 0; more < 8 && each < FirstSeconds; more++) each = Math.Min(each, Measure(evaluate, 1));
        each = Math.Max(each, 1e-9);
        each = WarmUp(evaluate, each);
        inner = (int)Math.Clamp(minTime / samples / each, 1, 1e9);
        var seconds = new List<double>();
        var clock = Stopwatch.StartNew();
        while (seconds.Count < samples && (seconds.Count < 2 || clock.Elapsed.TotalSeconds < maxTime)) seconds.Add(Measure(evaluate, inner));
        seconds.Sort();
        return seconds;
    }

    /// <summary>
    /// The runtime replaces methods that are called often by optimised ones some 0.1 s later, and its compiler takes a core meanwhile, as do the threads of another
    /// library that wait for work for 0.1 s; what is timed is what stays. Gives seconds per evaluation.
    /// </summary>
    static double WarmUp(Action evaluate, double each)
    {
        for (var clock = Stopwatch.StartNew(); clock.Elapsed.TotalSeconds < WarmUpSeconds;) each = Measure(evaluate, (int)Math.Clamp(0.01 / each, 1, 1e6));
        return Math.Max(each, 1e-9);
    }

    static double Measure(Action evaluate, int repeats)
    {
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < repeats; i++) evaluate();
        return Stopwatch.GetElapsedTime(start).TotalSeconds / repeats;
    }

    /// <summary>One equation with its operands and a destination.</summary>
    sealed unsafe class Member<T> : IDisposable where T : unmanaged, INumberBase<T>
    {
        readonly EinsumExpression<T> _expression;
        readonly Operand<T>[] _operands;
        readonly List<IDisposable> _memory = [];
        readonly TouchedMemory<T> _result;
        readonly nint[] _resultLengths;
        readonly nint _resultCount;

        internal Member(EinsumEngine engine, string spec, JsonNode shapes, int firstOperand)
        {
            var sizes = shapes.AsArray().Select(Sizes).ToArray();
            _expression = engine.Compile<T>(spec, sizes);
            _operands = [.. sizes.Select((shape, i) => Fill(firstOperand + i, shape))];
            var result = _expression.Plan.ResultShape;
            _resultLengths = [.. result.Rank == 0 ? [1] : result.Select(size => (nint)size)];
            _resultCount = _resultLengths.Aggregate((nint)1, (product, size) => product * size);
            _result = new TouchedMemory<T>(_resultCount);
            _memory.Add(_result);
        }

        public void Dispose() => _memory.ForEach(memory => memory.Dispose());

        internal void Evaluate() => _expression.InvokeInto(new TensorSpan<T>(_result.Start, _resultCount, _resultLengths), _operands);

        Operand<T> Fill(int operand, Shape shape)
        {
            var elements = Elements<T>(operand, shape);
            var memory = new TouchedMemory<T>(elements.Length);
            _memory.Add(memory);
            elements.CopyTo(memory.GetSpan());
            return new Operand<T>(memory.Memory, shape);
        }

        internal void AddChecks(JsonObject answer)
        {
            Evaluate();
            var flat = _result.GetSpan();
            var (sum, abs) = (0.0, 0.0);
            for (var e = 0; e < flat.Length; e++)
            {
                sum += (e % 101 * 7919L % 101 + 1) / 101.0 * RealPart(flat[e]);
                abs += RealPart(T.Abs(flat[e]));
            }
            answer["sum"] = sum;
            answer["abs"] = abs;
            answer["shape"] = new JsonArray([.. _expression.Plan.ResultShape.Select(size => (JsonNode)size)]);
            var probe = new JsonArray();
            for (var k = 1; k <= 64 && flat.Length > 0; k++) probe.Add(RealPart(flat[(int)(k * 2654435761L % flat.Length)]));
            answer["probe"] = probe;
        }

        static double RealPart(T number) => number is Complex complex ? complex.Real : double.CreateChecked(number);
    }
}
