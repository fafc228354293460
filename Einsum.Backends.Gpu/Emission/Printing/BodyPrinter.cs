using System.Collections.Immutable;
using System.Text;

namespace EinsumNet.Backends.Gpu;

/// <summary>Prints what a kernel does as C that every dialect reads the same way once its prologue stands before it.</summary>
static class BodyPrinter
{
    /// <summary>
    /// <code>
    /// KERNEL(256) rows(GLOBAL const f32 *a_data, i64 a_at, GLOBAL f32 *out_data, i64 out_at, i64 n_arg)
    /// {
    ///     GLOBAL const f32 *a = a_data + a_at; ...
    /// </code>
    /// </summary>
    internal static string Print(IrKernel kernel)
    {
        var text = new StringBuilder();
        var parameters = kernel.Buffers.Select(Parameter).Concat(kernel.Sizes.Select(size => $"i64 {size.Name}_arg"));
        text.Append($"KERNEL({kernel.Threads}) {kernel.Name}({string.Join(", ", parameters)})\n{{\n");
        foreach (var buffer in kernel.Buffers) text.Append($"    {Pointer(buffer)}{buffer.Name} = {Start(buffer)};\n");
        foreach (var size in kernel.Sizes) text.Append($"    const idx {size.Name} = (idx){size.Name}_arg;\n");
        foreach (var (i, local) in kernel.Locals.Index()) text.Append($"    LOCAL_ARRAY({CNames.Of(local.Element)}, {local.Name}, {local.Length}, {kernel.StartOf(i)});\n");
        Block(kernel.Body, text, 1);
        return text.Append("}\n").ToString();
    }

    static string Parameter(IrArray buffer) => $"{(buffer.IsScratch ? "GLOBAL u8 *" : Pointer(buffer))}{buffer.Name}_data, i64 {buffer.Name}_at";

    static string Start(IrArray buffer) => buffer.IsScratch
        ? $"(GLOBAL {CNames.Of(buffer.Element)} *)({buffer.Name}_data + {buffer.Name}_at)"
        : $"{buffer.Name}_data + {buffer.Name}_at";

    static string Pointer(IrArray buffer) => $"GLOBAL {(buffer.Written ? "" : "const ")}{CNames.Of(buffer.Element)} *{(buffer.Written ? "" : "RESTRICT ")}";

    static void Block(ImmutableArray<IrStatement> statements, StringBuilder text, int depth)
    {
        foreach (var statement in statements) Statement(statement, text, depth);
    }

    static void Statement(IrStatement statement, StringBuilder text, int depth)
    {
        switch (statement)
        {
            case LetStatement let: Line($"{CNames.Of(let.Variable.Type)} {let.Variable.Name} = {ExprPrinter.Bare(let.Value)};"); break;
            case SetStatement set: Line($"{set.Variable.Name} = {ExprPrinter.Bare(set.Value)};"); break;
            case DeclareStatement declare: Line($"{CNames.Of(declare.Array.Element)} {declare.Array.Name}[{declare.Array.Length}];"); break;
            case MoveStatement move: Line($"{move.Array.Name} += {ExprPrinter.Bare(move.By)};"); break;
            case StoreStatement store: Line(Store(store)); break;
            case LoadRunStatement run: Line(LoadRun(run)); break;
            case CopyAsyncStatement copy: Line(Copy(copy)); break;
            case CommitCopiesStatement: Line("commit_copies();"); break;
            case WaitCopiesStatement wait: Line($"wait_copies<{wait.Pending}>();"); break;
            case MmaStatement mma: Line($"mma_{mma.Kind.Name}({At(mma.Sums, mma.SumsAt)}, {At(mma.X, mma.XAt)}, {At(mma.Y, mma.YAt)});"); break;
            case WgmmaStatement wgmma: Line($"{PrologueUses.Name(wgmma)}({wgmma.Sums.Name}, {Matrix(wgmma.X)}, {Matrix(wgmma.Y)});"); break;
            case StartProductsStatement start:
                Line($"settle_{start.Sums.Length}({start.Sums.Name});");
                Line("start_products();");
                break;
            case CommitProductsStatement: Line("commit_products();"); break;
            case WaitProductsStatement wait:
                Line($"wait_products<{wait.Pending}>();");
                if (wait.Pending == 0) Line($"settle_{wait.Sums.Length}({wait.Sums.Name});");
                break;
            case ShowToTensorCoresStatement: Line("show_to_tensor_cores();"); break;
            case BarrierStatement: Line("BARRIER();"); break;
            case IfStatement branch:
                Line($"if ({ExprPrinter.Bare(branch.Condition)}) {{");
                Block(branch.Body, text, depth + 1);
                Line("}");
                break;
            case WhileStatement loop:
                Line($"while ({loop.Going.Name}) {{");
                Block(loop.Body, text, depth + 1);
                Line("}");
                break;
            case ForStatement loop:
                if (loop.Unroll) Line("UNROLL");
                var counter = loop.Counter.Name;
                var step = loop.Step is WholeExpr { Value: 1 } ? $"++{counter}" : $"{counter} += {ExprPrinter.Bare(loop.Step)}";
                Line($"for (idx {counter} = {ExprPrinter.Bare(loop.From)}; {counter} < {ExprPrinter.Print(loop.To)}; {step}) {{");
                Block(loop.Body, text, depth + 1);
                Line("}");
                break;
            default: throw new InvalidOperationException($"No text for {statement.GetType().Name}.");
        }

        void Line(string line) => text.Append(' ', depth * 4).Append(line).Append('\n');
    }

    /// <summary>Elements that are not valid are not read, but their address must be one: it is the array's start where none is.</summary>
    static string Copy(CopyAsyncStatement copy)
    {
        var (size, valid) = (copy.Local.Element.Size(), ExprPrinter.Print(copy.Valid));
        return $"copy_async<{copy.Count * size}>({At(copy.Local, copy.LocalPlace)}, {copy.Source.Name} + ({valid} > 0 ? {ExprPrinter.Bare(copy.Place)} : 0), (u32)({valid} * {size}));";
    }

    /// <summary>The leading dimension says nothing about lines along the depth.</summary>
    static string Matrix(WgmmaMatrix matrix) => $"wgmma_tile({At(matrix.Array, matrix.Start)}, {Math.Max(1, matrix.Leading / 16)})";

    static string At(IrArray array, IrExpr place) => $"{array.Name} + {ExprPrinter.Print(place)}";

    static string Store(StoreStatement store)
    {
        var (array, place, value) = (store.Array, ExprPrinter.Bare(store.Place), ExprPrinter.Bare(store.Value));
        if (array is { Element: ElementType.Half, Space: IrSpace.Global }) return $"store_f16_{CNames.Of(store.Value.Type)}({array.Name}, {place}, {value});";
        return store.Value.Type == array.Element.Value() || store.Value.Type == array.Element.Arithmetic() && store.Value.Type.Size() == array.Element.Size()
            ? $"{array.Name}[{place}] = {value};"
            : $"{array.Name}[{place}] = ({CNames.Of(array.Element)})({value});";
    }

    /// <summary>16 bytes are one instruction where the local array is aligned, which the prologue's functions know how to ask for.</summary>
    static string LoadRun(LoadRunStatement run)
    {
        var (to, from) = (At(run.Registers, run.At), At(run.Source, run.Place));
        if (run.IsOneRead) return $"load_run_{CNames.Of(run.Source.Element)}({to}, {from});";
        return string.Join(" ", Enumerable.Range(0, run.Count).Select(i =>
            $"{run.Registers.Name}[{ExprPrinter.Bare(run.At + i)}] = {run.Source.Name}[{ExprPrinter.Bare(run.Place + i)}];"));
    }
}
