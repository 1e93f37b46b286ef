using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace Locks.Client.Tests.Issues;

/// <summary>
/// An application with a bus of its own type alone started, and failed with "Unable to resolve IBus" once a message. Its start is refused.
/// </summary>
public sealed class MissingBusTests
{
    /// <summary>A bus beside the application's <c>IBus</c>.</summary>
    public interface ISecondBus : IBus;

    [Theory]
    [InlineData("client")]
    [InlineData("coordinator")]
    [InlineData("client without MassTransit")]
    public async Task TheStart_IsRefused_WithWhatToDo(string what)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        // MassTransit calls the configuration of a bus of its own type by reflection.
        var refusal = (await Record.ExceptionAsync(StartAsync))!.GetBaseException();

        Assert.IsType<InvalidOperationException>(refusal);

        Assert.StartsWith("The lock client and the lock coordinator use the application's IBus, and there is none.", refusal.Message, StringComparison.Ordinal);

        async Task StartAsync()
        {
            if (what != "coordinator")
                builder.Services.AddLockClient();
            if (what != "client without MassTransit")
            {
                builder.Services.AddMassTransit<ISecondBus>(bus =>
                {
                    if (what == "coordinator")
                        bus.AddLockCoordinator();
                    bus.UsingInMemory();
                });
            }

            using var host = builder.Build();
            await host.StartAsync();
        }
    }

    [Fact]
    public async Task ASecondBus_BesideTheApplications_IsNoHarm()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddLockClient();
        builder.Services.AddMassTransit<ISecondBus>(bus => bus.UsingInMemory());
        builder.Services.AddMassTransit(bus =>
        {
            bus.AddLockCoordinator();
            bus.UsingInMemory((context, transport) => transport.ConfigureEndpoints(context));
        });
        using var host = builder.Build();
        await host.StartAsync();

        await using (var handle = await host.Services.GetRequiredService<ILockClient>().TryAcquireAsync("key", TimeSpan.FromSeconds(30)))
            Assert.NotNull(handle);

        await host.StopAsync();
    }
}
