using System.Text.Json.Nodes;
using MassTransit;
using Xunit;

namespace Locks.Coordinator.Tests.Saga;

/// <summary>What every message passes on its way to the state machine, from the outside in. The order is what makes it safe.</summary>
public sealed class PipelineTests
{
    [Fact]
    public async Task EveryMessage_PassesTheDoor_ItsLane_TheRetries_AndTheOutbox_InThisOrder()
    {
        await using var coordinator = await CoordinatorUnderTest.StartAsync();

        var probe = coordinator.Get<IBusControl>().GetProbeResult(TestContext.Current.CancellationToken);
        var bus = System.Text.Json.JsonSerializer.SerializeToNode(probe.Results)!["bus"]!;

        var endpoint = bus["host"]!["receiveEndpoint"]!.AsArray()[0]!;
        var pipes = Filters(Assert.Single(Filters(endpoint), filter => filter["consumePipe"] is not null)["consumePipe"]!)
            .Where(filter => filter["filters"] is not null)
            .ToList();
        Assert.Equal(6, pipes.Count);
        Assert.All(pipes, pipe => Assert.Equal(
            ["refuseBadInput", "partition", "retry", "retry", "outbox"], Filters(pipe).Select(filter => (string)filter["filterType"]!).Take(5)));
    }

    private static IEnumerable<JsonNode> Filters(JsonNode pipe) => pipe["filters"]!.AsArray().Select(filter => filter!);
}
