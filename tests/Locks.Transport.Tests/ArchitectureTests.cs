using System.Reflection;
using System.Text.RegularExpressions;
using Locks.Client;
using Locks.Coordinator.Hosting;
using Locks.TestKit;
using Locks.Transport.RabbitMq;
using Xunit;

namespace Locks.Transport.Tests;

/// <summary>What is particular to RabbitMQ lies in one folder of one project; everything else travels over any transport.</summary>
public sealed partial class ArchitectureTests
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly string[] Projects = ["Locks.Contracts", "Locks.Client", "Locks.Coordinator", "Locks.Transport"];

    public static TheoryData<string> Sources =>
    [
        .. Projects
            .SelectMany(project => Directory.GetFiles(Repository.PathOf($"src/{project}"), "*.cs", SearchOption.AllDirectories))
            .Select(file => Path.GetRelativePath(Repository.Root, file).Replace('\\', '/'))
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal))
            .Where(file => !file.StartsWith("src/Locks.Transport/RabbitMq/", StringComparison.Ordinal)),
    ];

    [Theory]
    [MemberData(nameof(Sources))]
    public void OutsideTheFolder_NoSourceNamesRabbitMq(string file)
    {
        var code = Comment().Replace(File.ReadAllText(Path.Combine(Repository.Root, file)), "");

        Assert.Empty(OfRabbitMq().Matches(code).Select(match => match.Value));
    }

    [Fact]
    public void OutsideTheNamespace_NoTypeMentionsRabbitMq()
    {
        var strangers =
            from type in typeof(LockTransport).Assembly.GetTypes()
            where !$"{type.Namespace}.".StartsWith("Locks.Transport.RabbitMq.", StringComparison.Ordinal)
            from mentioned in type.GetMembers(Declared).SelectMany(Mentioned)
                .Concat(type.GetInterfaces())
                .Append(type.BaseType ?? typeof(object))
            where IsOfRabbitMq(mentioned.Assembly.GetName())
            select $"{type.Name} mentions {mentioned.FullName}";

        Assert.Empty(strangers);
        Assert.Contains(typeof(RabbitMqTransport).Assembly.GetReferencedAssemblies(), IsOfRabbitMq);
    }

    [Theory]
    [InlineData(typeof(ILockClient))]
    [InlineData(typeof(LockCoordinatorOptions))]
    public void ClientAndCoordinator_ReferenceNoTransportOfMassTransits(Type type) =>
        Assert.DoesNotContain(type.Assembly.GetReferencedAssemblies(), IsOfRabbitMq);

    [Fact]
    public void TheTransport_HasNoPublicTypes() => Assert.Empty(typeof(LockTransport).Assembly.GetExportedTypes());

    private static bool IsOfRabbitMq(AssemblyName assembly) => assembly.Name!.Contains("RabbitMq", StringComparison.OrdinalIgnoreCase);

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

    [Fact]
    public void AddressesOfExchanges_AreMadeInOnePlace()
    {
        var makers = Sources.Select(source => (string)source.Data)
            .Where(file => File.ReadAllText(Path.Combine(Repository.Root, file)).Contains("exchange:{", StringComparison.Ordinal));

        Assert.Equal(["src/Locks.Transport/EndpointAddress.cs"], makers);
    }

    [GeneratedRegex("//.*")]
    private static partial Regex Comment();

    [GeneratedRegex(@"IRabbitMq\w*|RabbitMQ\.Client|MassTransit\.RabbitMqTransport|""(rabbitmqs?|amqps?)""|TrySetAwaitAck|amq\.")]
    private static partial Regex OfRabbitMq();
}
