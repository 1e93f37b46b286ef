using Locks.Coordinator.Clocks;
using Locks.Coordinator.Diagnostics;
using Locks.Coordinator.Hosting;
using Locks.Coordinator.Partitioning;
using Locks.Coordinator.Pipeline;
using MassTransit;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Xunit;

namespace Locks.Coordinator.Tests.Partitioning;

public sealed class PartitionsHealthCheckTests : IDisposable
{
    private readonly OpenPartitions _open = new();
    private readonly CoordinatorMeter _meter = new();
    private readonly CoordinatorDirectory _directory;
    private readonly PartitionRebalancer _rebalancer;

    public PartitionsHealthCheckTests()
    {
        var time = new ManualTimeProvider();
        _directory = new CoordinatorDirectory(new CoordinatorClock(time), time, Options.Create(new LockCoordinatorOptions()));
        _rebalancer = new PartitionRebalancer(["locks-0", "locks-1"], time, _directory, _meter, NullLogger.Instance);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _rebalancer.Dispose();
        _meter.Dispose();
    }

    [Fact]
    public async Task BeforeTheQueuesAreConnected_ItIsNotReady() => Assert.Equal(
        (HealthStatus.Unhealthy, "The queues of the partitions are not connected yet, because the bus or the store is not ready."),
        await CheckAsync());

    [Fact]
    public async Task WhereThereAreNone_ItIsReady()
    {
        _open.Count = 0;

        Assert.Equal((HealthStatus.Healthy, "There are no partitions; this coordinator reads the common queue."), await CheckAsync());
    }

    [Fact]
    public async Task ACoordinatorAlone_HasToReadAll()
    {
        _directory.Follow(_rebalancer);
        await OpenAsync(0);

        Assert.Equal((HealthStatus.Unhealthy, "This coordinator should read locks-1, and has not opened them."), await CheckAsync());

        await OpenAsync(1);
        Assert.Equal((HealthStatus.Healthy, "This coordinator reads locks-0, locks-1, and stands by for none."), await CheckAsync());
    }

    [Fact]
    public async Task WhatAnotherCoordinatorReads_IsNotMissedHere()
    {
        _directory.Follow(_rebalancer);
        await OpenAsync(0);
        await OpenAsync(1);
        await _rebalancer.ObserveAsync(_rebalancer.Announcement());
        await _rebalancer.ObserveAsync(new MembershipAnnouncement(Guid.AllBitsSet, [1, 1]));

        Assert.Equal((HealthStatus.Healthy, "This coordinator reads locks-0, and stands by for locks-1."), await CheckAsync());

        await CloseAsync(1);
        Assert.Equal((HealthStatus.Healthy, "This coordinator reads locks-0, and stands by for locks-1."), await CheckAsync());

        await CloseAsync(0);
        Assert.Equal((HealthStatus.Unhealthy, "This coordinator should read locks-0, and has not opened them."), await CheckAsync());
    }

    private Task OpenAsync(int queue) => ((IReceiveEndpointObserver)_rebalancer.Queues[queue]).Ready(
        PartitionQueuesTests.Stub.Of<ReceiveEndpointReady>(member => member == "get_IsStarted" ? true : throw new NotSupportedException(member)));

    private Task CloseAsync(int queue) => ((IReceiveEndpointObserver)_rebalancer.Queues[queue]).Completed(null!);

    private async Task<(HealthStatus Status, string? Description)> CheckAsync()
    {
        var check = new PartitionsHealthCheck(_open, _directory);
        var result = await check.CheckHealthAsync(
            new HealthCheckContext { Registration = new HealthCheckRegistration(PartitionsHealthCheck.Name, check, HealthStatus.Unhealthy, []) }, Cancel);
        return (result.Status, result.Description);
    }
}
