using Locks.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Locks.Client.Tests.Exclusive;

/// <summary>One of an application's instances: a host and a client of its own, on a fixture that several instances share.</summary>
internal sealed class Instance : IAsyncDisposable
{
    private readonly IHost _host;
    private readonly CapturedLogs _logs = new();

    private Instance(LockFixture fixture, Action<IServiceCollection> configure)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.ConfigureContainer(new DefaultServiceProviderFactory(new() { ValidateScopes = true, ValidateOnBuild = true }));
        builder.Logging.SetMinimumLevel(LogLevel.Trace).AddProvider(_logs);
        builder.Services.AddSingleton(fixture.Bus).AddSingleton<TimeProvider>(fixture.Time).AddSingleton(Behavior);
        configure(builder.Services);
        _host = builder.Build();
    }

    public Work.Behavior Behavior { get; } = new();

    public IServiceProvider Services => _host.Services;

    /// <summary>Fires when the host begins to stop, by whatever cause.</summary>
    public CancellationToken Stopping => _host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;

    /// <summary>An instance that runs <see cref="Work"/>.</summary>
    public static Task<Instance> StartAsync(
        LockFixture fixture,
        ExclusiveServiceOptions? options = null,
        Action<Work.Behavior>? behavior = null,
        Action<IServiceCollection>? configure = null) =>
        StartAsync<Work>(fixture, options, behavior, configure);

    /// <summary>An instance that runs another service.</summary>
    public static async Task<Instance> StartAsync<T>(
        LockFixture fixture,
        ExclusiveServiceOptions? options = null,
        Action<Work.Behavior>? behavior = null,
        Action<IServiceCollection>? configure = null)
        where T : class, IHostedService
    {
        var instance = new Instance(fixture, services =>
        {
            configure?.Invoke(services);
            services.Configure<LockClientOptions>(client => client.HeartbeatInterval = LockFixture.Heartbeat);
            services.AddExclusiveHostedService<T>(LockFixture.Key, options);
        });
        behavior?.Invoke(instance.Behavior);
        await instance._host.StartAsync();
        return instance;
    }

    /// <summary>Waits until an event of the services has happened so many times.</summary>
    public Task WaitForEventAsync(string what, int times = 1) =>
        Eventually.HoldsAsync(() => Behavior.Events.Count(happened => happened == what) >= times, what: $"{times} × {what}");

    /// <summary>Waits until the log contains a text.</summary>
    public Task WaitForLogAsync(string text) =>
        Eventually.HoldsAsync(() => _logs.Lines.Any(line => line.Contains(text, StringComparison.Ordinal)), what: $"log line: {text}");

    public bool HasLogged(string text) => _logs.Lines.Any(line => line.Contains(text, StringComparison.Ordinal));

    /// <summary>Stops the host in good order.</summary>
    public Task StopAsync(CancellationToken stopTimeout = default) => _host.StopAsync(stopTimeout).Within();

    public async ValueTask DisposeAsync()
    {
        // A service that the test left hanging must not hold up the test.
        await StopAsync(new CancellationToken(canceled: true));
        _host.Dispose();
    }
}
