using Locks.Client;
using MassTransit;
using MassTransit.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Locks.Testing.Tests;

/// <summary>A user's application in a user's test.</summary>
internal sealed class AppUnderTest : IAsyncDisposable
{
    public const string Key = "orders/42";

    private readonly ServiceProvider _provider;

    private AppUnderTest(ServiceProvider provider) => _provider = provider;

    public ILockTestHarness Locks => _provider.GetLockTestHarness();

    public ITestHarness MassTransit => _provider.GetTestHarness();

    public ILockClient Client => _provider.GetRequiredService<ILockClient>();

    public IDistributedLock DistributedLock => _provider.GetRequiredService<IDistributedLock>();

    public ManualTimeProvider Time => Locks.Time;

    public T Get<T>()
        where T : notnull => _provider.GetRequiredService<T>();

    /// <summary>An application with nothing but the harnesses.</summary>
    public static Task<AppUnderTest> StartAsync(
        Action<LockTestHarnessOptions>? configure = null, Action<IBusRegistrationConfigurator>? bus = null) =>
        StartAsync(services => services.AddMassTransitTestHarness(TextWriter.Null, bus).AddLockTestHarness(configure));

    public static async Task<AppUnderTest> StartAsync(Action<IServiceCollection> register)
    {
        var services = new ServiceCollection();
        register(services);
        var provider = services.BuildServiceProvider(validateScopes: true);
        try
        {
            await provider.StartTestHarness();
            return new AppUnderTest(provider);
        }
        catch
        {
            await provider.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => _provider.DisposeAsync();
}
