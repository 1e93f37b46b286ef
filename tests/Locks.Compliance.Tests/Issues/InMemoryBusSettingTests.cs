using System.Collections.Concurrent;
using Locks.Client;
using Locks.Compliance.Issues;
using Locks.Coordinator.Domain.Leases;
using Locks.Coordinator.Storage;
using Locks.TestKit;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Locks.Compliance.Tests.Issues;

/// <summary>Client and coordinator on one bus.</summary>
public sealed class InMemoryBusSettingTests : BusSettingCompliance
{
    [Fact]
    public Task WhateverTheApplicationSetsOnItsBus_LocksWork() => ForEachAsync(async (setting, queue) =>
    {
        using var host = await StartAsync(setting, queue, UseMemory, hasCoordinator: true, hasClient: true, consumes: true);

        await EverythingWorksAsync(host, host);

        await host.StopAsync(TestContext.Current.CancellationToken);
    });

    /// <summary>The coordinator told itself by the application's bus which lease had ended.</summary>
    [Fact]
    public async Task TheEndOfALease_IsNoMessageOfTheApplications()
    {
        var sent = new ConcurrentQueue<Uri?>();
        var setting = new BusSetting(Configure: (_, bus) => bus.ConfigureSend(send => send.UseSendExecute(context => sent.Enqueue(context.DestinationAddress))));
        using var host = await StartAsync(setting, "locks", UseMemory, hasCoordinator: true, hasClient: true);
        var client = host.Services.GetRequiredService<ILockClient>();
        var lease = await client.Leases.GrantAsync(TimeSpan.FromMinutes(1)).Within();
        var held = await client.Locks.AcquireAsync("on the lease", lease.Id).Within();
        Assert.True(held.Acquired);

        await lease.DisposeAsync();

        var leases = host.Services.GetRequiredService<ILockStore>().Leases;
        await Eventually.HoldsAsync(async () =>
            (await leases.LoadAsync([lease.Id], TestContext.Current.CancellationToken)).Single().State.Stage == LeaseStage.Ended);
        Assert.Empty(sent);
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    private static void UseMemory(
        IBusRegistrationConfigurator bus, Action<IBusRegistrationContext, IBusFactoryConfigurator> configure) =>
        bus.UsingInMemory((context, memory) =>
        {
            configure(context, memory);
            memory.ConfigureEndpoints(context);
        });
}
