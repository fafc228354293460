using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace EinsumNet;

/// <summary>Adds to <see cref="Equation"/> the ways to make one: <c>Equation.Parse("ij,jk->ik")</c>.</summary>
public static class EquationParsing
{
    extension(Equation)
    {
        /// <summary>Reads an equation such as <c>ij,jk->ik</c>.</summary>
        /// <exception cref="EinsumException">The text is not an equation: EIN01xx.</exception>
        /// <exception cref="ArgumentNullException"><paramref name="text"/> is null.</exception>
        public static Equation Parse(string text)
        {
            ArgumentNullException.ThrowIfNull(text);
            return EquationGrammar.Match(text) ?? throw ParseErrorFinder.Find(text)!;
        }

        /// <summary>Reads an equation, or gives false, without throwing, for null and for a text that is not one.</summary>
        public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out Equation? equation)
        {
            equation = text is null ? null : EquationGrammar.Match(text);
            return equation is not null;
        }

        /// <summary>
        /// Makes an equation of integer labels, as NumPy's <c>einsum(A, [0, 1], B, [1, 2], [0, 2])</c> does:
        /// <c>Equation.FromSublists([[0, 1], [1, 2]], [0, 2])</c>. Label k gets the name <c>_k</c>.
        /// </summary>
        /// <param name="inputs">The labels of each operand.</param>
        /// <param name="output">The labels of the output; without it the labels that occur exactly once, in numerical order.</param>
        /// <exception cref="EinsumException">A label is negative (EIN0110) or there is no sublist (EIN0111).</exception>
        /// <exception cref="ArgumentNullException"><paramref name="inputs"/> or one of its sublists is null.</exception>
        [OverloadResolutionPriority(1)]
        public static Equation FromSublists(int[][] inputs, int[]? output = null)
        {
            ArgumentNullException.ThrowIfNull(inputs);
            return Equation.FromSublists(Array.ConvertAll(inputs, WithoutEllipsis), output is null ? null : WithoutEllipsis(output));
        }

        /// <summary>
        /// Makes an equation of integer labels in which null stands for the ellipsis:
        /// <c>Equation.FromSublists([[null, 0, 1], [null, 1, 2]])</c>. Label k gets the name <c>_k</c>.
        /// </summary>
        /// <param name="inputs">The labels of each operand.</param>
        /// <param name="output">The labels of the output; without it the ellipsis, then the labels that occur exactly once, in numerical order.</param>
        /// <exception cref="EinsumException">A label is negative (EIN0110), no sublist (EIN0111), a second null in one (EIN0105).</exception>
        /// <exception cref="ArgumentNullException"><paramref name="inputs"/> or one of its sublists is null.</exception>
        public static Equation FromSublists(int?[][] inputs, int?[]? output = null)
        {
            ArgumentNullException.ThrowIfNull(inputs);
            return Equation.Parse(Sublists.ToText(inputs, output));
        }
    }

    static int?[] WithoutEllipsis(int[] sublist)
    {
        ArgumentNullException.ThrowIfNull(sublist);
        return Array.ConvertAll(sublist, label => (int?)label);
    }
}
