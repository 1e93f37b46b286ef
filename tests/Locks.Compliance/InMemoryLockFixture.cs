using Locks.Coordinator.Hosting;
using Locks.Coordinator.Storage;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Locks.Compliance;

/// <summary>Everything in one process: MassTransit's in-memory transport and the in-memory store.</summary>
public sealed class InMemoryLockFixture : LockFixture
{
    private IHost? _host;

    /// <inheritdoc/>
    internal override ILockStore Store => Started.Services.GetRequiredService<ILockStore>();

    /// <inheritdoc/>
    public override IBus Bus => Started.Services.GetRequiredService<IBus>();

    private IHost Started => _host ?? throw new InvalidOperationException("The fixture is not started.");

    /// <inheritdoc/>
    public override async Task StartAsync(Action<LockCoordinatorOptions>? configure = null) =>
        _host = await StartHostAsync(services => services.AddMassTransit(bus =>
        {
            bus.AddLockCoordinator(options =>
            {
                options.QueueName = QueueName;
                configure?.Invoke(options);
            });
            bus.UsingInMemory((context, transport) => transport.ConfigureEndpoints(context));
        }));
}
