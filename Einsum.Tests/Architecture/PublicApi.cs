using System.Reflection;

namespace EinsumNet.Tests.Architecture;

/// <summary>The public surface of assemblies as lines like C#, one per type and member, sorted.</summary>
static class PublicApi
{
    const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    internal static string Print(IEnumerable<Assembly> assemblies) => string.Concat(
        from type in assemblies.SelectMany(assembly => assembly.GetExportedTypes())
        where !IsHidden(type.Name)
        orderby SignatureText.FullName(type)
        select $"{Header(type)}\n{string.Concat(Members(type).Order(StringComparer.Ordinal).Select(member => $"    {member}\n"))}");

    static string Header(Type type)
    {
        var kind = type.IsEnum ? "enum" : type.IsInterface ? "interface" : type.IsValueType ? "struct" : "class";
        var modifier = type.IsEnum || type.IsInterface ? "" : type.IsAbstract && type.IsSealed ? "static " : type.IsAbstract ? "abstract " : type.IsSealed && type.IsClass ? "sealed " : "";
        var bases = new[] { type.BaseType }.Where(parent => parent is not null && parent != typeof(object) && parent != typeof(ValueType) && parent != typeof(Enum))
            .Concat(type.IsEnum ? [] : type.GetInterfaces().OrderBy(parent => parent.ToString(), StringComparer.Ordinal)).Select(parent => SignatureText.Name(parent!)).ToList();
        if (type.IsValueType && type.CustomAttributes.Any(attribute => attribute.AttributeType.Name == "IsReadOnlyAttribute")) modifier = "readonly ";
        return $"{modifier}{kind} {SignatureText.FullName(type)}{(bases.Count > 0 ? $" : {string.Join(", ", bases)}" : "")}";
    }

    static IEnumerable<string> Members(Type type)
    {
        if (type.IsEnum) return Enum.GetNames(type).Select(name => $"{name} = {Convert.ToInt64(Enum.Parse(type, name))}");
        if (typeof(Delegate).IsAssignableFrom(type)) return [SignatureText.Method(type.GetMethod("Invoke")!)];
        return type.GetConstructors(Declared).Where(IsVisible).Select(SignatureText.Constructor)
            .Concat(type.GetFields(Declared).Where(field => field.IsPublic || field.IsFamily).Select(SignatureText.Field))
            .Concat(type.GetProperties(Declared).Where(property => property.GetAccessors(true).Any(IsVisible)).Select(SignatureText.Property))
            .Concat(type.GetMethods(Declared).Where(method => IsVisible(method) && !IsHidden(method.Name) && (!method.IsSpecialName || method.Name.StartsWith("op_"))).Select(SignatureText.Method));
    }

    static bool IsVisible(MethodBase method) => (method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly) && !IsHidden(method.Name);

    /// <summary>What the compiler makes for itself.</summary>
    static bool IsHidden(string name) => name.Contains('<') || name.Contains('$');
}
