using Locks.TestKit;
using Xunit;

namespace Locks.IntegrationTests.Faults;

/// <summary>One RabbitMQ node, which tests break one after the other: each leaves it as it found it. It starts when the first asks for it.</summary>
public sealed class SingleBroker : IAsyncLifetime
{
    private BrokerNodes? _nodes;

    /// <inheritdoc/>
    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_nodes is not null)
            await _nodes.DisposeAsync();
    }

    internal async Task<BrokerNodes> StartedAsync() => _nodes ??= await BrokerNodes.StartAsync(TestServices.Folder, 1);
}

/// <summary>Tests with nodes of their own: only one of them runs at a time.</summary>
[CollectionDefinition(nameof(BrokerNodes))]
public sealed class BrokerNodesTests : ICollectionFixture<SingleBroker>;
