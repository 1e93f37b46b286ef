using System.Reflection;
using System.Text.RegularExpressions;
using Locks.Coordinator.Domain;
using Locks.Coordinator.Domain.Leases;
using Locks.Coordinator.Domain.Rules;
using Locks.TestKit;
using Xunit;

namespace Locks.Coordinator.Tests;

/// <summary>Deciding is separate from doing: the domain knows no bus, no clock, no files and no logger.</summary>
public sealed partial class ArchitectureTests
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly string[] Allowed =
    [
        "System", "System.Buffers.Text", "System.Collections", "System.Collections.Generic", "System.Collections.Immutable", "System.Linq",
        "System.Runtime.CompilerServices", "System.Security.Cryptography", "System.Text", "Locks.Contracts", "Locks.Coordinator.Domain",
        "Locks.Coordinator.Domain.Leases", "Locks.Coordinator.Domain.Rules",
    ];

    private static readonly Type[] Banned =
        [typeof(TimeProvider), typeof(Random), typeof(Environment), typeof(Console), typeof(IServiceProvider)];

    private static IEnumerable<Type> Domain =>
        typeof(LockRules).Assembly.GetTypes()
            .Where(type => $"{type.Namespace}.".StartsWith($"{typeof(LockState).Namespace}.", StringComparison.Ordinal));

    private static string Folder => Repository.PathOf("src/Locks.Coordinator/Domain");

    public static TheoryData<string> Sources =>
        [.. Directory.GetFiles(Folder, "*.cs", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Folder, file))];

    [Fact]
    public void Domain_MentionsNoTypeBeyondPlainData()
    {
        var strangers =
            from type in Domain
            from mentioned in Mentioned(type)
            where !Allowed.Contains(mentioned.Namespace) || Banned.Contains(mentioned)
            select $"{type.Name} mentions {mentioned.FullName}";

        Assert.Empty(strangers.Distinct());
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public void DomainSource_NamesNoBusNoClockAndNoFiles(string file)
    {
        var source = File.ReadAllText(Path.Combine(Folder, file));

        Assert.Empty(Forbidden().Matches(source).Select(match => match.Value));
    }

    [Fact]
    public void Domain_LiesInOneFolder()
    {
        var elsewhere = Directory.GetFiles(Repository.PathOf("src/Locks.Coordinator"), "*.cs", SearchOption.AllDirectories)
            .Where(file => File.ReadAllText(file).Contains("namespace Locks.Coordinator.Domain", StringComparison.Ordinal))
            .Where(file => !file.StartsWith(Folder + Path.DirectorySeparatorChar, StringComparison.Ordinal));

        Assert.Empty(elsewhere);
        Assert.NotEmpty(Sources);
        Assert.Contains(typeof(LockRules), Domain);
        Assert.Contains(typeof(LeaseRules), Domain);
    }

    private static IEnumerable<Type> Mentioned(Type type) =>
        type.GetMembers(Declared).SelectMany(Mentioned)
            .Concat(type.GetInterfaces().Except(type.BaseType?.GetInterfaces() ?? []))
            .Append(type.BaseType ?? typeof(object))
            .SelectMany(Parts);

    private static IEnumerable<Type> Mentioned(MemberInfo member) => member switch
    {
        FieldInfo field => [field.FieldType],
        PropertyInfo property => [property.PropertyType],
        MethodBase method =>
        [
            .. method.GetParameters().Select(parameter => parameter.ParameterType),
            .. method is MethodInfo { ReturnType: var type } ? new[] { type } : [],
            .. method.GetMethodBody()?.LocalVariables.Select(variable => variable.LocalType) ?? [],
        ],
        _ => [],
    };

    /// <summary>A type taken apart: the element of an array, the arguments of a generic.</summary>
    private static IEnumerable<Type> Parts(Type type) =>
        type.HasElementType ? Parts(type.GetElementType()!)
        : type.IsGenericParameter ? []
        : type.GetGenericArguments().SelectMany(Parts).Append(type);

    [GeneratedRegex(
        @"using\s+(static\s+)?(MassTransit|Microsoft|Npgsql|System\.(IO|Net|Data|Threading|Diagnostics))\b|\b(MassTransit|Microsoft)\.|"
        + @"\bTimeProvider\b|\bILogger\b|\.UtcNow\b|\bawait\b|\bTask\b|\bNewGuid\b|\bCreateVersion7\b|\bRandom\.")]
    private static partial Regex Forbidden();
}
