using Locks.IntegrationTests;
using Locks.IntegrationTests.Cli;
using Locks.IntegrationTests.ConsumeFilter;
using Locks.IntegrationTests.Exclusive;
using Locks.IntegrationTests.Faults;
using Locks.IntegrationTests.Issues;
using Locks.IntegrationTests.Protocol;
using Locks.IntegrationTests.Samples;
using Locks.IntegrationTests.Security;
using Locks.IntegrationTests.Server;
using Locks.TestKit;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(LongestFirst))]

namespace Locks.IntegrationTests;

/// <summary>Begins with the classes that take longest: one that began last would run alone at the end, while processors are idle.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    // Those that start many processes take turns with those that start none.
    private static readonly string[] Longest =
    [
        .. new[]
        {
            typeof(BrokerNodes),
            typeof(TlsServers),
            typeof(ServerTests),
            typeof(LockedRunProcessTests),
            typeof(RabbitMqLockTests),
            typeof(VerificationTests),
            typeof(CoordinatorFaultTests),
            typeof(RabbitMqCancellationTests),
            typeof(PaymentCaptureTests),
            typeof(RabbitMqBusSettingTests),
            typeof(GuardUnderLoadTests),
            typeof(ExclusiveServiceTests),
            typeof(PartitionQueueTests),
            typeof(ClocksApartTests),
            typeof(SilentConnectionTests),
            typeof(TwoConsumersTests),
            typeof(Samples.SuspendedHolderTests),
            typeof(MessageOrderTests),
            typeof(FolderImportTests),
            typeof(SilentClientTests),
        }.Select(type => type.Name),
    ];

    /// <inheritdoc/>
    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. testCollections.OrderBy(collection => Rank(collection.TestCollectionDisplayName))];

    // The collection of a class that names none has the class's name at its end.
    private static int Rank(string collection) =>
        Array.FindIndex(Longest, name => collection.EndsWith(name, StringComparison.Ordinal)) is var rank and >= 0 ? rank : Longest.Length;
}
