namespace EinsumNet.Tests;

public class SublistTests
{
    [Test]
    public void Labels_are_names_that_can_be_parsed_again()
    {
        var equation = Equation.FromSublists([[0, 1], [1, 2]], [0, 2]);

        Assert.Multiple(() =>
        {
            Assert.That(equation.ToString(), Is.EqualTo("[_0 _1],[_1 _2]->[_0 _2]"));
            Assert.That(equation.Text, Is.EqualTo("[_0 _1],[_1 _2]->[_0 _2]"));
            Assert.That(equation, Is.EqualTo(Equation.Parse(equation.ToString())));
        });
    }

    [Test]
    public void The_implicit_output_is_in_numerical_order() =>
        Assert.That(Equation.FromSublists([[10, 9, 3], [3, int.MaxValue, 5, 5]]).Output.ToString(), Is.EqualTo("[_9 _10 _2147483647]"));

    [Test]
    public void Null_is_the_ellipsis()
    {
        Assert.Multiple(() =>
        {
            Assert.That(Equation.FromSublists([[0, null], [null, 0, 1]]).ToString(), Is.EqualTo("[_0 ...],[... _0 _1]->[... _1]"));
            Assert.That(Equation.FromSublists([[0, null]], [null, 0]).ToString(), Is.EqualTo("[_0 ...]->[... _0]"));
            Assert.That(Equation.FromSublists([[null]]).ToString(), Is.EqualTo("...->..."));
        });
    }

    [Test]
    public void Sublists_may_be_empty()
    {
        Assert.Multiple(() =>
        {
            Assert.That(Equation.FromSublists([[]]).ToString(), Is.EqualTo("->"));
            Assert.That(Equation.FromSublists([[], [7]], []).ToString(), Is.EqualTo(",[_7]->"));
        });
    }

    [Test]
    public void Arrays_of_integers_need_no_conversion()
    {
        int[][] inputs = [[0, 0]];
        int[] output = [0];

        Assert.That(Equation.FromSublists(inputs, output).ToString(), Is.EqualTo("[_0 _0]->[_0]"));
    }

    [Test]
    public void Errors_say_which_sublist()
    {
        Assert.Multiple(() =>
        {
            Assert.That(() => Equation.FromSublists([[0, 1], [1, -2]]),
                Error("EIN0110: sublist 1 holds -2 at position 1; integer labels are not negative."));
            Assert.That(() => Equation.FromSublists([[0]], [-1]),
                Error("EIN0110: the output sublist holds -1 at position 0; integer labels are not negative."));
            Assert.That(() => Equation.FromSublists(Array.Empty<int[]>(), [0]),
                Error("EIN0111: there is no sublist; an equation has at least one operand."));
            Assert.That(() => Equation.FromSublists([[null, 3, null]]), Error("""
                EIN0105: a second ellipsis in one term, in column 9.
                  [... _3 ...]->[... _3]
                          ^^^
                  hint: '...' stands for all the axes that have no label, so one per term is enough.
                """));
        });
    }

    [Test]
    public void Null_sublists_are_refused()
    {
        Assert.Multiple(() =>
        {
            Assert.That(() => Equation.FromSublists((int[][])null!), Throws.ArgumentNullException);
            Assert.That(() => Equation.FromSublists((int?[][])null!), Throws.ArgumentNullException);
            Assert.That(() => Equation.FromSublists(new int[][] { null! }), Throws.ArgumentNullException);
            Assert.That(() => Equation.FromSublists(new int?[][] { [0], null! }), Throws.ArgumentNullException);
        });
    }

    static NUnit.Framework.Constraints.IResolveConstraint Error(string message) => Throws.TypeOf<EinsumException>().With.Message.EqualTo(message);
}
