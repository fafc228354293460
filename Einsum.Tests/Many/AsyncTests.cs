namespace EinsumNet.Tests.Many;

/// <summary>Members that complete one by one.</summary>
sealed class AsyncTests
{
    [Test]
    public async Task All_members_and_each_of_them()
    {
        var (left, right) = Members.Products(seed: 11, 30, most: 12);
        var many = Einsum.EvalManyAsync("ij,jk->ik", CancellationToken.None, left, right);
        Assert.That(many.Members, Has.Count.EqualTo(30));
        var seventh = await many.Members[7];
        var all = await many;
        Assert.That(all[7], Is.SameAs(seventh));
        Members.AssertEqual(all, member => Einsum.Eval<double>("ij,jk->ik", left[member], right[member]));
    }

    [Test]
    public void Cancelled_before_it_starts()
    {
        var (left, right) = Members.Products(seed: 12, 5, most: 12);
        var many = Einsum.EvalManyAsync("ij,jk->ik", new CancellationToken(canceled: true), left, right);
        Assert.That(async () => await many, Throws.InstanceOf<OperationCanceledException>());
        Assert.That(many.Members.Select(member => member.IsCanceled), Is.All.True);
    }

    [Test]
    public void Bad_input_is_said_at_once() => Assert.That(
        () => Einsum.EvalManyAsync<double>("ij,jk->ik", CancellationToken.None, new Operand<double>[] { new double[2, 3] }, new Operand<double>[] { new double[2, 3] }),
        Throws.InstanceOf<EinsumException>());
}
