using System.Text.Json;
using System.Text.Json.Nodes;
using Locks.Coordinator.Hosting;
using Locks.Coordinator.Saga.Leases;
using MassTransit;
using MassTransit.Configuration;
using Xunit;

namespace Locks.Coordinator.Tests.Saga;

/// <summary>What every message passes on its way to the state machines, from the outside in. The order is what makes it safe.</summary>
public sealed class PipelineTests
{
    private const int MessagesOfLocks = 7;
    private const int MessagesOfLeases = 5;

    [Fact]
    public async Task EveryMessage_PassesTheDoor_ItsLane_TheRetries_AndTheOutbox_InThisOrder()
    {
        await using var coordinator = await CoordinatorUnderTest.StartAsync();

        AssertAllPass(coordinator);
    }

    // The endpoint is configured by the saga of the locks alone.
    [Fact]
    public async Task EveryMessage_PassesTheSame_WhenTheLeasesAreRegisteredFirst()
    {
        await using var coordinator = await CoordinatorUnderTest.StartAsync(
            register: services => services.RegisterSaga<LeaseStateMachine, LeaseSaga, LeaseSagaDefinition>());

        AssertAllPass(coordinator);
    }

    private static void AssertAllPass(CoordinatorUnderTest coordinator)
    {
        var probe = coordinator.Get<IBusControl>().GetProbeResult(TestContext.Current.CancellationToken);
        var bus = JsonSerializer.SerializeToNode(probe.Results)!["bus"]!;

        var endpoint = bus["host"]!["receiveEndpoint"]!.AsArray()[0]!;
        var pipes = Filters(Assert.Single(Filters(endpoint), filter => filter["consumePipe"] is not null)["consumePipe"]!)
            .Where(filter => filter["filters"] is not null)
            .ToList();
        Assert.Equal(MessagesOfLocks + MessagesOfLeases, pipes.Count);
        Assert.All(pipes, pipe => Assert.Equal(
            ["refuseBadInput", "partition", "retry", "retry", "outbox"], Filters(pipe).Select(filter => (string)filter["filterType"]!).Take(5)));
    }

    private static IEnumerable<JsonNode> Filters(JsonNode pipe) => pipe["filters"]!.AsArray().Select(filter => filter!);
}
