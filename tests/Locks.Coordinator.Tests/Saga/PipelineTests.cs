using System.Text.Json;
using System.Text.Json.Nodes;
using Locks.Coordinator.Hosting;
using Locks.Coordinator.Machine;
using MassTransit;
using MassTransit.Configuration;
using Xunit;

namespace Locks.Coordinator.Tests.Saga;

/// <summary>What every message passes on its way to the state machines, from the outside in. The order is what makes it safe.</summary>
public sealed class PipelineTests
{
    private static readonly string[] OfLocks = ["validation", "retry", "retry"];
    private static readonly string[] OfLeases = ["validation", "delayReport", "partition", "retry", "retry"];
    private static readonly string[] OfBatches = ["validation", "delayReport", "replyOnFailure", "retry", "retry"];

    [Fact]
    public async Task EveryMessage_PassesTheValidation_AndTheRetries_InThisOrder()
    {
        await using var coordinator = await CoordinatorUnderTest.StartAsync();

        AssertAllPass(coordinator);
    }

    // The endpoint is configured by the consumer of the batches alone.
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
        var passed = pipes.Select(pipe => string.Join(' ', Filters(pipe).Select(filter => (string)filter["filterType"]!).TakeWhile(OfLocks.Union(OfLeases).Union(OfBatches).Contains))).ToList();
        Assert.Equal(8, passed.Count(names => names == Until(OfLocks)));
        Assert.Equal(5, passed.Count(names => names == Until(OfLeases)));
        Assert.Equal(1, passed.Count(names => names == Until(OfBatches)));
        Assert.Equal(14, passed.Count);

        static string Until(string[] names) => string.Join(' ', names);
    }

    private static IEnumerable<JsonNode> Filters(JsonNode pipe) => pipe["filters"]!.AsArray().Select(filter => filter!);
}
