using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace Locks.TestKit;

/// <summary>Lists what an assembly offers to others, much as it is written in C#, in an order that changes only with the API.</summary>
public static class PublicApi
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly StringComparer Ordinal = StringComparer.Ordinal;

    private static readonly NullabilityInfoContext Nullability = new();

    /// <summary>The listing of an assembly.</summary>
    public static string Of(Assembly assembly)
    {
        var text = new StringBuilder();
        foreach (var types in assembly.GetExportedTypes().GroupBy(type => type.Namespace).OrderBy(types => types.Key, Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $"namespace {types.Key}\n");
            foreach (var type in types.OrderBy(type => type.FullName, Ordinal))
                text.Append('\n').AppendJoin('\n', Lines(type)).Append('\n');
            text.Append('\n');
        }

        return text.ToString();
    }

    private static IEnumerable<string> Lines(Type type)
    {
        var bases = Bases(type);
        yield return $"{KindOf(type)} {TypeName.Of(type)}{(bases.Length > 0 ? " : " + string.Join(", ", bases) : "")}";
        foreach (var member in Members(type))
            yield return "    " + member;
    }

    private static string[] Bases(Type type)
    {
        if (type.IsEnum)
            return [];

        var parent = type.BaseType is { } known && known != typeof(object) && known != typeof(ValueType) ? known : null;
        var faces = type.GetInterfaces().Except(parent?.GetInterfaces() ?? []).Select(face => TypeName.Of(face)).Order(Ordinal);
        return [.. parent is null ? [] : new[] { TypeName.Of(parent) }, .. faces.Where(face => face != $"IEquatable<{TypeName.Of(type)}>")];
    }

    private static IEnumerable<string> Members(Type type)
    {
        if (type.IsEnum)
            return type.GetFields().Where(field => field.IsLiteral).Select(field => $"{field.Name} = {field.GetRawConstantValue()}");

        return type.GetMembers(Declared)
            .Select(member => (member.MemberType, Text: Describe(member)!))
            .Where(member => member.Text is not null)
            .OrderBy(member => member.MemberType).ThenBy(member => member.Text, Ordinal)
            .Select(member => member.Text);
    }

    private static string KindOf(Type type)
    {
        if (type.IsEnum || type.IsInterface)
            return type.IsEnum ? "enum" : "interface";

        var record = type.GetMethod("PrintMembers", Declared) is not null ? "record " : "";
        if (type.IsValueType)
            return $"{(type.IsDefined(typeof(IsReadOnlyAttribute)) ? "readonly " : "")}{record}struct";

        var modifier = type.IsAbstract ? (type.IsSealed ? "static " : "abstract ") : type.IsSealed ? "sealed " : "";
        return modifier + (record.Length > 0 ? "record" : "class");
    }

    private static string? Describe(MemberInfo member) => member switch
    {
        FieldInfo field when field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly => Describe(field),
        ConstructorInfo { IsStatic: false } constructor when IsSeen(constructor) => $"{Access(constructor)}new{Parameters(constructor)}",
        PropertyInfo { Name: not "EqualityContract" } property
            when property.GetAccessors(nonPublic: true).FirstOrDefault(IsSeen) is { } seen =>
            $"{Access(seen)}{TypeName.Of(property.PropertyType, Nullability.Create(property))} {property.Name} {{ {Accessors(property)}}}",
        EventInfo { AddMethod: { } add } change when IsSeen(add) =>
            $"{Access(add)}event {TypeName.Of(change.EventHandlerType!)} {change.Name}",
        MethodInfo { IsSpecialName: false } method when IsSeen(method) && !method.IsDefined(typeof(CompilerGeneratedAttribute)) =>
            Access(method) + Signature(method),
        _ => null,
    };

    private static string Describe(FieldInfo field) => field.IsLiteral
        ? $"const {TypeName.Of(field.FieldType)} {field.Name} = {Literal(field.GetRawConstantValue())}"
        : (field.IsStatic ? "static " : "") + (field.IsInitOnly ? "readonly " : "")
          + $"{TypeName.Of(field.FieldType, Nullability.Create(field))} {field.Name}";

    private static bool IsSeen(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static string Access(MethodBase method) =>
        (method.IsPublic ? "" : "protected ") + (method.IsStatic ? "static " : method.DeclaringType!.IsInterface ? ""
        : method is MethodInfo { IsVirtual: true } info && info.GetBaseDefinition() != info ? "override "
        : method.IsAbstract ? "abstract " : method is { IsVirtual: true, IsFinal: false } ? "virtual " : "");

    private static string Accessors(PropertyInfo property) =>
        (property.GetMethod is { } get && IsSeen(get) ? "get; " : "") + (property.SetMethod is not { } set || !IsSeen(set) ? ""
        : set.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ? "init; " : "set; ");

    private static string Signature(MethodInfo method)
    {
        var generic = method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(type => type.Name))}>" : "";
        return $"{TypeName.Of(method.ReturnType, Nullability.Create(method.ReturnParameter))} {method.Name}{generic}{Parameters(method)}";
    }

    private static string Parameters(MethodBase method) => $"({string.Join(", ", method.GetParameters().Select(Describe))})";

    private static string Describe(ParameterInfo parameter) =>
        $"{TypeName.Of(parameter.ParameterType, Nullability.Create(parameter))} {parameter.Name}"
        + (parameter.HasDefaultValue ? $" = {Literal(parameter.RawDefaultValue)}" : "");

    private static string Literal(object? value) => value switch
    {
        null => "default",
        string text => $"\"{text}\"",
        bool truth => truth ? "true" : "false",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };
}
