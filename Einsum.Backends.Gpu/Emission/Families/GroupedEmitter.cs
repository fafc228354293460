using System.Collections.Immutable;

namespace EinsumNet.Backends.Gpu;

/// <summary>
/// <c>out[g] = a[g] b[g]</c> for a list of products whose sizes differ, in one launch and without padding: the tiles of all members are numbered through, and a
/// group finds by a binary search in a table which member its tile is of.
/// </summary>
static class GroupedEmitter
{
    /// <summary>What the table of so many members takes.</summary>
    internal static long TableBytes(int members) => (members + 1L) * GroupedProblem.Width * sizeof(long);

    /// <summary>The launch and its table. The kernel's buffers are the first operands of all members, the second ones, the table of 64-bit numbers, and the results.</summary>
    internal static (EmittedKernel Kernel, ImmutableArray<long> Table) Emit(IReadOnlyList<GroupedMember> members, DeviceLimits limits, KernelDialect dialect, EmitOptions options)
    {
        var plan = members[0].Plan;
        var lines = members.Select(GroupedProblem.Line).ToArray();
        var target = new EmitTarget(limits, dialect, options);
        var isMma = OnTensorCores(plan, lines, target);
        var tiles = Tiles(plan, lines, isMma, target);
        var tile = options.Tile is { } asked && tiles.Contains(asked) ? asked : tiles[0];
        // What takes longest starts first, so that the last groups to run are short ones.
        Array.Sort(lines, (left, right) => right[3].CompareTo(left[3]));
        var count = 0L;
        for (var i = 0; i < lines.Length; i++)
        {
            var own = checked((lines[i][1] + tile.Rows - 1) / tile.Rows * ((lines[i][2] + tile.Columns - 1) / tile.Columns) * lines[i][4]);
            lines[i] = lines[i].SetItem(0, count);
            count += own;
        }
        var wide = members.Any(member => Reach.NeedsWideIndex(member.Plan));
        var (body, sizes) = (new IrBuilder(), new SizeList(specialise: false));
        var table = new IrArray("table", ElementType.Long, IrSpace.Global);
        var view = isMma ? MmaFamily.AsBits(plan, KernelView.Of(plan)) : KernelView.Of(plan);
        view = view with { Buffers = [.. view.Operands, table, view.Result] };
        var line = Find(body, table, sizes.Argument("COUNT", lines.Length), sizes.Argument("STEPS", (long)Math.Ceiling(Math.Log2(lines.Length))));
        Write(body, plan, view, table, line, tile, wide, isMma ? MmaFamily.Kind(plan, options.Precision) : null, lines);
        var kernel = EmittedKernels.Create(isMma ? "grouped_tensor_core" : "grouped", body, view, sizes, wide, isMma ? MmaFamily.ThreadsOf(tile) : tile.Threads, Math.Max(count, 1), target);
        return (kernel, [.. lines.SelectMany(line => line), .. End(count)]);
    }

    /// <summary>The tiles to choose from, the one that is taken unless told otherwise first.</summary>
    internal static ImmutableArray<TileShape> Tiles(IReadOnlyList<KernelPlan> plans, DeviceLimits limits, KernelDialect dialect, EmitOptions options)
    {
        var (lines, target) = (plans.Select(plan => GroupedProblem.Line(new(plan, 0, 0, 0))).ToArray(), new EmitTarget(limits, dialect, options));
        return Tiles(plans[0], lines, OnTensorCores(plans[0], lines, target), target);
    }

    static ImmutableArray<TileShape> Tiles(KernelPlan plan, ImmutableArray<long>[] lines, bool isMma, EmitTarget target) =>
        TileModel.Order(lines.Select(line => (line[1], line[2], line[3], line[4])), isMma ? MmaFamily.Fitting(plan, target) : TileModel.Fitting(plan.Element.Arithmetic(), target.Limits));

    /// <summary>What a measured tile of the list is kept under: its element types and sizes, of which any other list of the same hash may have the tile, too.</summary>
    internal static string Key(IReadOnlyList<KernelPlan> plans)
    {
        var hash = 14695981039346656037UL;
        foreach (var plan in plans)
            foreach (var number in GroupedProblem.Line(new(plan, 0, 0, 0))) hash = (hash ^ (ulong)number) * 1099511628211UL;
        return $"list of {plans.Count} {string.Join(' ', plans[0].Operands.Append(plans[0].Result).Select(operand => operand.Element))} {plans[0].Element} {hash:x16}";
    }

    /// <summary>Whether most of the work is in members that fill a tensor core's tile.</summary>
    static bool OnTensorCores(KernelPlan plan, ImmutableArray<long>[] lines, EmitTarget target)
    {
        if (target.Options.Family is { } family) return family == new MmaFamily().Name;
        if (!MmaFamily.HasKind(plan, target)) return false;
        var (large, all) = (0.0, 0.0);
        foreach (var line in lines)
        {
            var work = (double)line[1] * line[2] * line[3] * line[4];
            all += work;
            if (MmaFamily.IsLarge(line[1], line[2], line[3])) large += work;
        }
        return 2 * large > all;
    }

    /// <summary>A line behind the last member, so that a table without a tile still has one for the group that every launch has.</summary>
    static long[] End(long tiles) => [tiles, .. new long[GroupedProblem.Width - 1]];

    /// <summary>The start of the last line whose first tile is not after this group.</summary>
    static IrExpr Find(IrBuilder body, IrArray table, IrExpr count, IrExpr steps)
    {
        var group = new BuiltinExpr(IrBuiltin.Group);
        var (low, high) = (body.Variable("low", 0), body.Variable("high", count));
        body.For("step", 0, steps, 1, _ =>
        {
            var middle = body.Let("middle", (low + high) / 2);
            var isAfter = body.Let("is_after", group < table[middle * GroupedProblem.Width].As(IrType.Index));
            body.Set(high, new SelectExpr(isAfter, middle, high));
            body.Set(low, new SelectExpr(isAfter, low, middle));
        });
        return body.Let("line", low * GroupedProblem.Width);
    }

    static void Write(IrBuilder body, KernelPlan plan, KernelView view, IrArray table, IrExpr line, TileShape tile, bool wide, MmaKind? kind, ImmutableArray<long>[] lines)
    {
        var (rows, columns, depth) = (Read("rows", GroupedProblem.Field.Rows), Read("columns", GroupedProblem.Field.Columns), Read("depth", GroupedProblem.Field.Depth));
        var number = body.Let("tile", new BuiltinExpr(IrBuiltin.Group) - Read("first_tile", GroupedProblem.Field.FirstTile));
        var columnTiles = body.Let("column_tiles", (columns + (tile.Columns - 1)) / tile.Columns);
        var rowTiles = body.Let("row_tiles", (rows + (tile.Rows - 1)) / tile.Rows);
        body.If(number < columnTiles * rowTiles * Read("batches", GroupedProblem.Field.Batch), () =>
        {
            var rest = body.Let("rest", number / columnTiles);
            var batch = body.Let("batch", rest / rowTiles);
            var (rowStart, columnStart) = (body.Let("row_start", rest % rowTiles * tile.Rows), body.Let("column_start", number % columnTiles * tile.Columns));
            var problem = new TileProblem(
                plan, view, 0, 1, rows, columns, rowStart, columnStart, 0, depth,
                Start(view.Operands[0], GroupedProblem.Field.AStart, GroupedProblem.Field.ABatch), Start(view.Operands[1], GroupedProblem.Field.BStart, GroupedProblem.Field.BBatch),
                Start(view.Result, GroupedProblem.Field.OutStart, GroupedProblem.Field.OutBatch),
                Most(GroupedProblem.Field.ADepth), Most(GroupedProblem.Field.BDepth),
                Runs(0, GroupedProblem.Field.ADepth, GroupedProblem.Field.ARow, GroupedProblem.Field.Rows), Runs(1, GroupedProblem.Field.BDepth, GroupedProblem.Field.BColumn, GroupedProblem.Field.Columns));
            var rowAxis = Axis("row", rows, Read("a_row", GroupedProblem.Field.ARow), 0, Read("out_row", GroupedProblem.Field.OutRow), tile.Rows);
            var columnAxis = Axis("column", columns, 0, Read("b_column", GroupedProblem.Field.BColumn), Read("out_column", GroupedProblem.Field.OutColumn), tile.Columns);
            var deep = new Digits([depth], [[Read("a_depth", GroupedProblem.Field.ADepth), Read("b_depth", GroupedProblem.Field.BDepth), 0]], 3);
            if (kind is not null) new MmaBody(body, problem, tile, kind, rowAxis, columnAxis, deep).Write();
            else TiledBody.Write(body, problem, tile, rowAxis, columnAxis, new TileAxis(body, "depth", deep, tile.Depth, wide));

            // Where a member lies may need 64 bits, as an address does; places within it need them only if it is so large.
            IrExpr Start(IrArray array, GroupedProblem.Field start, GroupedProblem.Field stride)
            {
                body.Move(array, table[line + (long)start]);
                return body.Let("start", batch * Read("stride", stride));
            }
        });

        IrExpr Read(string name, GroupedProblem.Field field) => body.Let(name, table[line + (long)field].As(IrType.Index));

        TileAxis Axis(string name, IrExpr extent, IrExpr first, IrExpr second, IrExpr result, int length) =>
            new(body, name, new Digits([extent], [[first, second, result]], 3), length, wide);

        // What is copied in runs of 16 bytes must lie so in every member, as one text serves all.
        TileRuns Runs(int operand, GroupedProblem.Field deep, GroupedProblem.Field across, GroupedProblem.Field length)
        {
            var run = MmaSide.RunLength(plan.Operands[operand].Element);
            var isDeep = Most(deep);
            return new TileRuns(!isDeep && Most(across), lines.All(line =>
                isDeep ? Lies(line, deep, GroupedProblem.Field.Depth, across, length) : Lies(line, across, length, deep, GroupedProblem.Field.Depth)));

            // Where there is one neighbour only, its stride says nothing.
            bool Lies(ImmutableArray<long> line, GroupedProblem.Field unit, GroupedProblem.Field units, GroupedProblem.Field other, GroupedProblem.Field others) =>
                (line[(int)unit] == 1 || line[(int)units] <= 1) && (line[(int)other] % run == 0 || line[(int)others] <= 1);
        }

        // Along what a tile is read decides about speed only, so it is decided for all members.
        bool Most(GroupedProblem.Field field) => lines.Count(line => line[(int)field] == 1) * 2 >= lines.Length;
    }
}
