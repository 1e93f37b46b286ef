using Locks.Compliance.Adapters.Hangfire;
using Locks.Testing;
using Locks.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Locks.Adapters.Tests.Hangfire;

/// <summary>One application with Hangfire for all cases, at a time that they move.</summary>
public sealed class HangfireUnderTest : JobServer, IAsyncLifetime
{
    private LocksUnderTest? _app;

    public ILockTestHarness Locks => _app!.Locks;

    public CapturedLogs Logs { get; } = new();

    public async ValueTask InitializeAsync()
    {
        _app = await LocksUnderTest.StartAsync(services => services
            .AddLogging(logging => logging.AddProvider(Logs))
            .AddLockClient(client => client.Owner = "me"));
        Start(_app.Services);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (_app is not null)
            await _app.DisposeAsync();
    }
}
