using Locks.Compliance.Issues;
using MassTransit;
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

    private static void UseMemory(
        IBusRegistrationConfigurator bus, Action<IBusRegistrationContext, IBusFactoryConfigurator> configure) =>
        bus.UsingInMemory((context, memory) =>
        {
            configure(context, memory);
            memory.ConfigureEndpoints(context);
        });
}
