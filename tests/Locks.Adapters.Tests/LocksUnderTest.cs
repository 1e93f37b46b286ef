using Locks.Client;
using Locks.Testing;
using MassTransit;
using MassTransit.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Locks.Adapters.Tests;

/// <summary>An application with an adapter, at a time that the test moves.</summary>
internal sealed class LocksUnderTest : IAsyncDisposable
{
    private readonly ServiceProvider _provider;

    private LocksUnderTest(ServiceProvider provider) => _provider = provider;

    public ILockTestHarness Locks => _provider.GetLockTestHarness();

    public ILockClient Client => Get<ILockClient>();

    public IServiceProvider Services => _provider;

    public T Get<T>()
        where T : notnull => _provider.GetRequiredService<T>();

    /// <summary>Starts an application. Other libraries keep the system's time; only that of the locks is the test's.</summary>
    public static async Task<LocksUnderTest> StartAsync(Action<IServiceCollection> register)
    {
        var services = new ServiceCollection();
        register(services);
        services.AddMassTransitTestHarness(TextWriter.Null).AddLockTestHarness(options => options.ShareTime = false);
        var provider = services.BuildServiceProvider(validateScopes: true);
        try
        {
            await provider.StartTestHarness();
            return new LocksUnderTest(provider);
        }
        catch
        {
            await provider.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => _provider.DisposeAsync();
}
