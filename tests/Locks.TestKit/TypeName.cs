using System.Reflection;

namespace Locks.TestKit;

/// <summary>Writes types the way C# does.</summary>
public static class TypeName
{
    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(void)] = "void",
        [typeof(object)] = "object",
        [typeof(string)] = "string",
        [typeof(bool)] = "bool",
        [typeof(char)] = "char",
        [typeof(byte)] = "byte",
        [typeof(short)] = "short",
        [typeof(int)] = "int",
        [typeof(uint)] = "uint",
        [typeof(long)] = "long",
        [typeof(ulong)] = "ulong",
        [typeof(float)] = "float",
        [typeof(double)] = "double",
        [typeof(decimal)] = "decimal",
    };

    /// <summary>A type as it is written in C#, without its namespace.</summary>
    public static string Of(Type type, NullabilityInfo? nullability = null)
    {
        if (type.IsByRef)
            return $"ref {Of(type.GetElementType()!, nullability)}";
        if (Nullable.GetUnderlyingType(type) is { } value)
            return Of(value) + "?";

        var mark = !type.IsValueType && nullability?.ReadState == NullabilityState.Nullable ? "?" : "";
        if (type.IsArray)
            return $"{Of(type.GetElementType()!, nullability?.ElementType)}[]{mark}";
        if (Keywords.TryGetValue(type, out var keyword))
            return keyword + mark;

        var name = type.Name.Split('`')[0];
        if (type.IsGenericType)
        {
            var known = nullability?.GenericTypeArguments is { Length: > 0 } all ? all : null;
            name += $"<{string.Join(", ", type.GetGenericArguments().Select((argument, i) => Of(argument, known?[i])))}>";
        }

        return (type is { IsNested: true, IsGenericParameter: false } ? $"{Of(type.DeclaringType!)}.{name}" : name) + mark;
    }
}
