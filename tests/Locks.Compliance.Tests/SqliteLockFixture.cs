using Locks.Coordinator.Hosting;
using Locks.Coordinator.Storage;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Locks.Compliance.Tests;

/// <summary>One process that survives itself: MassTransit's in-memory transport, and locks in an SQLite file.</summary>
public sealed class SqliteLockFixture : LockFixture
{
    private readonly string _folder = Directory.CreateTempSubdirectory("locks-sqlite-").FullName;
    private IHost? _host;

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
            }).UseSqlite(Path.Combine(_folder, "locks.db"));
            bus.UsingInMemory((context, transport) => transport.ConfigureEndpoints(context));
        }));

    /// <inheritdoc/>
    protected override Task CleanUpAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return Task.CompletedTask;
    }
}
