using Locks.Testing;
using Locks.TestKit;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Locks.Adapters.Tests.AspNetCore;

/// <summary>An application with endpoints, in this process.</summary>
internal sealed class EndpointsUnderTest : IAsyncDisposable
{
    private readonly WebApplication _app;

    private EndpointsUnderTest(WebApplication app) => _app = app;

    public ILockTestHarness Locks => _app.Services.GetLockTestHarness();

    public CapturedLogs Logs => _app.Services.GetRequiredService<CapturedLogs>();

    public HttpClient Client => field ??= _app.GetTestClient();

    public static async Task<EndpointsUnderTest> StartAsync(Action<WebApplication> map)
    {
        var logs = new CapturedLogs();
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders().AddProvider(logs);
        builder.Services
            .AddSingleton(logs)
            .AddLockClient(client => client.Owner = "me")
            .AddMassTransitTestHarness(TextWriter.Null)
            .AddLockTestHarness(options => options.ShareTime = false);
        // A request that came before the coordinator's endpoint would be lost, and time, which would have it sent again, stands still.
        builder.Services.AddOptions<MassTransitHostOptions>().Configure(options => options.WaitUntilStarted = true);
        var app = builder.Build();
        map(app);
        await app.StartAsync();
        return new EndpointsUnderTest(app);
    }

    /// <summary>The endpoints, as a description of the API lists them.</summary>
    public IReadOnlyList<Microsoft.AspNetCore.Http.Endpoint> Endpoints => _app.Services.GetRequiredService<EndpointDataSource>().Endpoints;

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
