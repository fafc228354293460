using System.Numerics.Tensors;
using EinsumNet.Tests.Conformance;

namespace EinsumNet.Tests.Many;

/// <summary>Products whose rows, depth or batch fall into groups, against a loop over the groups; a subclass per backend.</summary>
[Parallelizable(ParallelScope.All)]
abstract class RaggedDotConformance<TTarget> where TTarget : IConformanceTarget
{
    protected static readonly long[][] s_groups = [[3, 0, 4], [7], [1, 1, 1, 1], [0, 0], [], [2, 1]];

    static readonly EinsumEngine s_engine = new(TTarget.Options);

    [TestCaseSource(nameof(s_groups))]
    public void Rows_meet_the_matrix_of_their_group(long[] sizes)
    {
        var random = new Random(sizes.Length);
        var (lhs, rhs) = (Members.Tensor(random, 7, 5), Members.Tensor(random, sizes.Length, 5, 6));
        var result = s_engine.RaggedDot<double>(lhs, rhs, sizes);
        Assert.That(result.Lengths.ToArray(), Is.EqualTo(new nint[] { 7, 6 }));
        for (var row = 0; row < 7; row++)
        {
            var group = GroupOf(sizes, row);
            for (var column = 0; column < 6; column++)
            {
                var expected = group < 0 ? 0 : Enumerable.Range(0, 5).Sum(k => lhs[row, k] * rhs[group, k, column]);
                Assert.That(result[row, column], Is.EqualTo(expected), $"[{row}, {column}]");
            }
        }
    }

    [TestCaseSource(nameof(s_groups))]
    public void Ragged_depth(long[] sizes)
    {
        var random = new Random(sizes.Length);
        var (lhs, rhs) = (Members.Tensor(random, 4, 7), Members.Tensor(random, 7, 3));
        var result = s_engine.RaggedDot<double>("mk,kn->gmn", "k", "g", sizes, lhs, rhs);
        Assert.That(result.Lengths.ToArray(), Is.EqualTo(new nint[] { sizes.Length, 4, 3 }));
        for (var group = 0; group < sizes.Length; group++)
            for (var m = 0; m < 4; m++)
                for (var n = 0; n < 3; n++)
                    Assert.That(result[group, m, n], Is.EqualTo(Enumerable.Range(0, 7).Where(k => GroupOf(sizes, k) == group).Sum(k => lhs[m, k] * rhs[k, n])));
    }

    [TestCaseSource(nameof(s_groups))]
    public void Ragged_batch(long[] sizes)
    {
        var random = new Random(sizes.Length);
        var (lhs, rhs) = (Members.Tensor(random, 7, 2, 3), Members.Tensor(random, 7, 3, 4));
        var result = s_engine.RaggedDot<double>("bmk,bkn->bmn", "b", null, sizes, lhs, rhs);
        var whole = Einsum.Eval<double>("bmk,bkn->bmn", lhs, rhs);
        for (var b = 0; b < 7; b++)
            for (var m = 0; m < 2; m++)
                for (var n = 0; n < 4; n++)
                    Assert.That(result[b, m, n], Is.EqualTo(GroupOf(sizes, b) < 0 ? 0 : whole[b, m, n]));
    }

    /// <summary>Against the dense product with one more operand, which is 1 where the entry is in the group.</summary>
    [TestCase("mk,gkn->mn", "m", "g")]
    [TestCase("bm,gbn->mnb", "m", "g")]
    [TestCase("mk,gkn,n->nm", "m", "g")]
    [TestCase("mk,kn->gmn", "k", "g")]
    [TestCase("km,nk->mgn", "k", "g")]
    [TestCase("gm,m->g", "m", "g")]
    [TestCase("kg,gkn,k->gn", "k", "g")]
    [TestCase("bmk,bkn->bmn", "b", null)]
    [TestCase("mb,bk->kb", "b", null)]
    [TestCase("gbk,bk->bg", "b", "g")]
    public void Every_form_is_a_masked_dense_product(string equation, string ragged, string? group)
    {
        for (var seed = 0; seed < 30; seed++)
        {
            var random = new Random(seed);
            var sizes = Enumerable.Range(0, random.Next(0, 6)).Select(_ => (long)random.Next(0, 9)).ToArray();
            var entries = (int)sizes.Sum() + random.Next(0, 3);
            var lengths = equation.Where(char.IsLetter).Distinct().ToDictionary(label => label, label =>
                label == ragged[0] ? (nint)entries : group is not null && label == group[0] ? sizes.Length : random.Next(0, 7));
            var operands = equation.Split("->")[0].Split(',').Select(term => Members.Matrix(random, [.. term.Select(label => lengths[label])])).ToArray();
            var mask = group is null
                ? new Operand<double>(Enumerable.Range(0, entries).Select(entry => GroupOf(sizes, entry) < 0 ? 0.0 : 1.0).ToArray(), [entries])
                : new Operand<double>(Enumerable.Range(0, sizes.Length * entries).Select(i => GroupOf(sizes, i % entries) == i / entries ? 1.0 : 0.0).ToArray(), [sizes.Length, entries]);
            var expected = Einsum.Eval<double>(equation.Replace("->", $",{group}{ragged}->"), [.. operands, mask]);
            var actual = s_engine.RaggedDot<double>(equation, ragged, group, sizes, operands);
            Assert.That(actual.Lengths.ToArray(), Is.EqualTo(expected.Lengths.ToArray()), $"seed {seed}");
            Assert.That(actual.Elements(), Is.EqualTo(expected.Elements()), $"seed {seed}");
        }
    }

    [Test]
    public void Operands_of_any_strides()
    {
        var random = new Random(2);
        var (lhs, rhs) = (Members.Tensor(random, 5, 7), Members.Tensor(random, 6, 5, 2));
        var result = s_engine.RaggedDot<double>(lhs.PermuteDimensions([1, 0]), rhs.PermuteDimensions([2, 1, 0]), [3, 4]);
        var dense = Einsum.RaggedDot<double>(Einsum.Eval<double>("ab->ba", lhs), Einsum.Eval<double>("abc->cba", rhs), [3, 4]);
        Assert.That(result.Elements(), Is.EqualTo(dense.Elements()));
    }

    [Test]
    public void A_ragged_tensor_is_its_own_groups()
    {
        var random = new Random(6);
        Tensor<double>[] rows = [Members.Tensor(random, 2, 5), Members.Tensor(random, 0, 5), Members.Tensor(random, 3, 5)];
        var rhs = Members.Tensor(random, 3, 5, 4);
        var result = s_engine.RaggedDot(RaggedTensor<double>.FromRows(rows), rhs);
        var expected = rows.SelectMany((row, group) => Einsum.Eval<double>("mk,kn->mn", row, rhs[group..(group + 1), .., ..].Reshape([5, 4])).Elements());
        Assert.That(result.Elements(), Is.EqualTo(expected));
    }

    static int GroupOf(long[] sizes, int position)
    {
        var end = 0L;
        for (var group = 0; group < sizes.Length; group++)
            if (position < (end += sizes[group])) return group;
        return -1;
    }
}

/// <summary>On the backend that engines have by themselves.</summary>
sealed class RaggedDotTests : RaggedDotConformance<CpuConformance.Target>;
