using Locks.Compliance.Issues;
using MassTransit;
using Xunit;

namespace Locks.IntegrationTests.Issues;

/// <summary>Clients and the coordinator in applications of their own, of which one or the other has the setting.</summary>
public sealed class RabbitMqBusSettingTests : BusSettingCompliance
{
    private static readonly BusSetting Nothing = new();

    [Fact]
    public Task WhateverTheClientsApplicationSetsOnItsBus_LocksWork() =>
        ForEachAsync((setting, queue) => WorksAsync(queue, client: setting, coordinator: Nothing));

    [Fact]
    public Task WhateverTheCoordinatorsApplicationSetsOnItsBus_LocksWork() =>
        ForEachAsync((setting, queue) => WorksAsync(queue, client: Nothing, coordinator: setting));

    private static async Task WorksAsync(string queue, BusSetting client, BusSetting coordinator)
    {
        using var service = await StartAsync(coordinator, queue, UseRabbitMq, hasCoordinator: true);
        using var first = await StartAsync(client, queue, UseRabbitMq, hasClient: true, consumes: true);
        using var second = await StartAsync(client, queue, UseRabbitMq, hasClient: true);

        await EverythingWorksAsync(first, second);

        foreach (var host in new[] { second, first, service })
            await host.StopAsync(TestContext.Current.CancellationToken);
    }

    private static void UseRabbitMq(
        IBusRegistrationConfigurator bus, Action<IBusRegistrationContext, IBusFactoryConfigurator> configure) =>
        bus.UsingRabbitMq((context, rabbit) =>
        {
            rabbit.Host(TestServices.RabbitMq);
            configure(context, rabbit);
            rabbit.ConfigureEndpoints(context);
        });
}
