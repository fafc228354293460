using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;

namespace EinsumNet.Tests.Gpu.Ptx;

/// <summary>Reads what CUDA's compiler prints (PTX ISA, section "Syntax"): variables, functions, and in them instructions and nested blocks with registers of their own.</summary>
sealed partial class PtxParser
{
    readonly string[] _tokens;
    readonly List<Dictionary<string, object>> _scopes = [[]];
    readonly PtxModule _module = new();
    int _at;

    PtxParser(string text) => _tokens = [.. Tokens().Matches(text).Where(match => !match.Value.StartsWith("//", StringComparison.Ordinal)).Select(match => match.Value)];

    [GeneratedRegex(@"//.*|0[fF][0-9a-fA-F]{8}|0[dD][0-9a-fA-F]{16}|0[xX][0-9a-fA-F]+U?|\d+U?|[%$.A-Za-z_](?:[\w$.]|::)*|[^\s\w]")]
    private static partial Regex Tokens();

    internal static PtxModule Parse(string text)
    {
        var parser = new PtxParser(text);
        while (parser._at < parser._tokens.Length) parser.Top();
        return parser._module;
    }

    string Next => _tokens[_at];

    string Take() => _tokens[_at++];

    bool TryTake(string token)
    {
        if (_at >= _tokens.Length || Next != token) return false;
        _at++;
        return true;
    }

    void Expect(string token)
    {
        if (!TryTake(token)) throw new PtxException($"{token} is expected before: {string.Join(' ', _tokens.Skip(_at - 5).Take(15))}");
    }

    void Top()
    {
        switch (Next)
        {
            case ".version": _at += 3; break;
            case ".target" or ".address_size": _at += 2; break;
            case ".visible" or ".extern" or ".weak": _at++; break;
            case ".entry" or ".func": Function(); break;
            case ".shared" or ".global" or ".const": Share(Variable()); break;
            default: throw new PtxException($"A module has no {Next}.");
        }
    }

    /// <summary><c>.shared .align 16 .b8 name[1024] = {1, 2};</c></summary>
    PtxVariable Variable(bool isParameter = false)
    {
        var (space, alignment) = (Take()[1..], 0);
        if (TryTake(".align")) alignment = int.Parse(Take(), CultureInfo.InvariantCulture);
        var size = Bytes(Take());
        var (name, count, initial) = (Take(), 1, (byte[]?)null);
        if (TryTake("["))
        {
            count = Next == "]" ? 0 : int.Parse(Take(), CultureInfo.InvariantCulture);
            Expect("]");
        }
        if (TryTake("="))
        {
            if (size != 1) throw new PtxException($"{name} is no list of bytes.");
            initial = new byte[count];
            Expect("{");
            for (var i = 0; !TryTake("}"); TryTake(",")) initial[i++] = byte.Parse(Take(), CultureInfo.InvariantCulture);
        }
        if (!isParameter) Expect(";");
        return new PtxVariable(name, space, size * count, Math.Max(alignment, size), initial);
    }

    static int Bytes(string type) => type == ".pred" ? 1 : int.Parse(type.TrimStart('.')[1..], CultureInfo.InvariantCulture) / 8;

    void Function()
    {
        Take();
        _scopes.Add([]);
        var results = Next == "(" ? Parameters() : [];
        var name = Take();
        var function = _module.Functions.TryGetValue(name, out var declared) ? declared : _module.Functions[name] = new PtxFunction(name);
        var parameters = Next == "(" ? Parameters() : [];
        while (Next is not ("{" or ";")) Take();
        if (!TryTake(";"))
        {
            function.Results.AddRange(results.Select(function.Place));
            function.Parameters.AddRange(parameters.Select(function.Place));
            foreach (var variable in results.Concat(parameters)) _scopes[^1][variable.Name] = variable;
            Block(function);
        }
        _scopes.RemoveAt(_scopes.Count - 1);
    }

    List<PtxVariable> Parameters()
    {
        var parameters = new List<PtxVariable>();
        Expect("(");
        for (; !TryTake(")"); TryTake(",")) parameters.Add(Variable(isParameter: true));
        return parameters;
    }

    void Block(PtxFunction function)
    {
        Expect("{");
        _scopes.Add([]);
        while (!TryTake("}"))
        {
            if (Next == "{") Block(function);
            else if (Next == ".reg") Registers(function);
            else if (Next is ".param" or ".local") Declare(function.Place(Variable()));
            else if (Next is ".shared") Share(Variable());
            else if (Next is ".pragma") while (Take() != ";") { }
            else if (Next[0] == '.') throw new PtxException($"A function has no {Next}.");
            else if (_tokens[_at + 1] == ":") (function.Labels[Take()], _at) = (function.Body.Count, _at + 1);
            else function.Body.Add(Statement(function));
        }
        _scopes.RemoveAt(_scopes.Count - 1);
    }

    /// <summary>A variable that is not a thread's.</summary>
    void Share(PtxVariable variable)
    {
        _module.Variables.Add(variable);
        Declare(variable);
    }

    void Declare(PtxVariable variable) => _scopes[^1][variable.Name] = variable;

    /// <summary><c>.reg .b32 %r&lt;9&gt;, %x;</c></summary>
    void Registers(PtxFunction function)
    {
        _at += 2;
        do
        {
            var name = Take();
            if (!TryTake("<")) _scopes[^1][name] = New(function);
            else
            {
                for (var (i, count) = (0, int.Parse(Take(), CultureInfo.InvariantCulture)); i < count; i++) _scopes[^1][$"{name}{i}"] = New(function);
                Expect(">");
            }
        }
        while (TryTake(","));
        Expect(";");
    }

    static int New(PtxFunction function, ulong value = 0)
    {
        function.Slots.Add(value);
        return function.Slots.Count - 1;
    }

    PtxStatement Statement(PtxFunction function)
    {
        var start = _at;
        var (guard, negated) = (-1, false);
        if (TryTake("@"))
        {
            negated = TryTake("!");
            guard = ((PtxRegister)Operand(function)).Slot;
        }
        var opcode = Take().Replace("::", "_").Split('.').ToImmutableArray();
        var operands = ImmutableArray.CreateBuilder<PtxOperand>();
        for (; !TryTake(";"); TryTake(",")) operands.Add(Operand(function));
        return new PtxStatement(string.Join(' ', _tokens[start..(_at - 1)]), guard, negated, opcode, operands.ToImmutable());
    }

    PtxOperand Operand(PtxFunction function)
    {
        var token = Take();
        switch (token)
        {
            case "[":
                var at = Operand(function);
                var offset = TryTake("+") || Next == "-" ? Whole() : 0;
                Expect("]");
                return new PtxAddress(at, offset);
            case "{" or "(":
                var parts = ImmutableArray.CreateBuilder<PtxOperand>();
                for (; !TryTake(token == "{" ? "}" : ")"); TryTake(",")) parts.Add(Operand(function));
                return new PtxList(parts.ToImmutable());
        }
        if (token == "-" || char.IsDigit(token[0]))
        {
            _at--;
            var number = New(function, token[1..] is ['f' or 'F' or 'd' or 'D', ..] && token.Length >= 10 ? ulong.Parse(Take()[2..], NumberStyles.HexNumber, CultureInfo.InvariantCulture) : (ulong)Whole());
            function.Numbers.Add(number);
            return new PtxRegister(number);
        }
        for (var i = _scopes.Count - 1; i >= 0; i--)
            if (_scopes[i].TryGetValue(token, out var found)) return found is int slot ? new PtxRegister(slot) : new PtxSymbol(token, (PtxVariable)found);
        if (token[0] != '%') return new PtxSymbol(token, null);
        if (!function.Specials.TryGetValue(token, out var special)) function.Specials[token] = special = New(function);
        return new PtxRegister(special);
    }

    long Whole()
    {
        var sign = TryTake("-") ? -1 : 1;
        var text = Take().TrimEnd('U');
        return sign * (long)(text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? ulong.Parse(text[2..], NumberStyles.HexNumber, CultureInfo.InvariantCulture) : ulong.Parse(text, CultureInfo.InvariantCulture));
    }
}
