using System.Reflection;

namespace EinsumNet.Tests.Architecture;

/// <summary>Types and members as C# writes them.</summary>
static class SignatureText
{
    static readonly Dictionary<Type, string> s_keywords = new()
    {
        [typeof(void)] = "void",
        [typeof(object)] = "object",
        [typeof(string)] = "string",
        [typeof(bool)] = "bool",
        [typeof(byte)] = "byte",
        [typeof(sbyte)] = "sbyte",
        [typeof(int)] = "int",
        [typeof(long)] = "long",
        [typeof(double)] = "double",
        [typeof(float)] = "float",
        [typeof(nint)] = "nint",
    };

    static readonly NullabilityInfoContext s_nullability = new();

    internal static string FullName(Type type) => $"{type.Namespace}.{Name(type)}";

    internal static string Name(Type type)
    {
        if (s_keywords.TryGetValue(type, out var keyword)) return keyword;
        if (type.IsByRef) return $"ref {Name(type.GetElementType()!)}";
        if (type.IsArray) return $"{Name(type.GetElementType()!)}[{new string(',', type.GetArrayRank() - 1)}]";
        if (Nullable.GetUnderlyingType(type) is { } underlying) return $"{Name(underlying)}?";
        var outer = type.IsNested && !type.IsGenericParameter ? $"{Name(type.DeclaringType!)}." : "";
        var name = type.Name.Split('`')[0];
        return type.IsGenericType && type.Name.Contains('`') ? $"{outer}{name}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>" : outer + name;
    }

    internal static string Constructor(ConstructorInfo constructor) =>
        $"{Access(constructor)}{Name(constructor.DeclaringType!).Split('<')[0]}({Parameters(constructor)})";

    internal static string Method(MethodInfo method)
    {
        var generic = method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(Name))}>" : "";
        var where = method.IsGenericMethod ? string.Concat(method.GetGenericArguments().Select(Constraint)) : "";
        return $"{Access(method)}{Modifier(method)}{Name(method.ReturnType)}{Mark(s_nullability.Create(method.ReturnParameter))} {method.Name}{generic}({Parameters(method)}){where}";
    }

    internal static string Property(PropertyInfo property)
    {
        var accessors = property.GetAccessors(true).Where(accessor => accessor.IsPublic || accessor.IsFamily).ToList();
        var words = accessors.Select(accessor => accessor == property.GetMethod ? "get;" : IsInit(accessor) ? "init;" : "set;").Order();
        var index = property.GetIndexParameters();
        var name = index.Length > 0 ? $"this[{string.Join(", ", index.Select(Parameter))}]" : property.Name;
        return $"{Access(accessors[0])}{Modifier(accessors[0])}{Name(property.PropertyType)}{Mark(s_nullability.Create(property))} {name} {{ {string.Join(' ', words)} }}";
    }

    internal static string Field(FieldInfo field) => $"{(field.IsStatic ? "static " : "")}{(field.IsInitOnly ? "readonly " : "")}{Name(field.FieldType)} {field.Name}";

    /// <summary>The question mark of a reference that may be null.</summary>
    static string Mark(NullabilityInfo info)
    {
        var type = info.Type.IsByRef ? info.Type.GetElementType()! : info.Type;
        return !type.IsValueType && !type.IsGenericParameter && NullabilityState.Nullable is var nullable && (info.ReadState == nullable || info.WriteState == nullable) ? "?" : "";
    }

    static bool IsInit(MethodInfo setter) => setter.ReturnParameter.GetRequiredCustomModifiers().Any(modifier => modifier.Name == "IsExternalInit");

    static string Access(MethodBase method) => method.IsPublic ? "" : "protected ";

    static string Modifier(MethodInfo method) => method switch
    {
        { IsStatic: true } => "static ",
        { DeclaringType.IsInterface: true } => "",
        { IsAbstract: true } => "abstract ",
        { IsVirtual: true, IsFinal: false } => method.GetBaseDefinition() == method ? "virtual " : "override ",
        _ => "",
    };

    static string Constraint(Type parameter)
    {
        var unmanaged = parameter.CustomAttributes.Any(attribute => attribute.AttributeType.Name == "IsUnmanagedAttribute");
        return unmanaged ? $" where {parameter.Name} : unmanaged" : "";
    }

    static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(Parameter));

    static string Parameter(ParameterInfo parameter)
    {
        var isParams = parameter.CustomAttributes.Any(attribute => attribute.AttributeType.Name is "ParamCollectionAttribute" or "ParamArrayAttribute");
        var type = parameter.IsOut ? Name(parameter.ParameterType).Replace("ref ", "out ") : parameter.IsIn ? Name(parameter.ParameterType).Replace("ref ", "in ") : Name(parameter.ParameterType);
        return $"{(isParams ? "params " : "")}{type}{Mark(s_nullability.Create(parameter))} {parameter.Name}{(parameter.HasDefaultValue ? $" = {parameter.DefaultValue ?? (parameter.ParameterType.IsValueType ? "default" : "null")}" : "")}";
    }
}
