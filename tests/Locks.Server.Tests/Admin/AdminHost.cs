using Locks.Client;
using Locks.TestKit;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Locks.Server.Tests.Admin;

/// <summary>An application of another kind than the server, with a coordinator and a lock client, that has the admin API besides.</summary>
internal sealed class AdminHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private AdminHost(WebApplication app, CapturedLogs logs)
    {
        (_app, Logs) = (app, logs);
        Client = AdminClient.Of(app.Urls.Single());
    }

    public CapturedLogs Logs { get; }

    public AdminClient Client { get; }

    public ILockClient Locks => _app.Services.GetRequiredService<ILockClient>();

    /// <summary>The paths that it serves.</summary>
    public IEnumerable<string> Paths => _app.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        .Select(endpoint => "/" + endpoint.RoutePattern.RawText!.TrimStart('/'));

    /// <summary>Starts it.</summary>
    /// <param name="register">Registers what it needs besides the coordinator and the client.</param>
    /// <param name="map">Maps its endpoints.</param>
    public static async Task<AdminHost> StartAsync(Action<IServiceCollection> register, Action<WebApplication> map)
    {
        var logs = new CapturedLogs();
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.AddProvider(logs);
        builder.Services.AddMassTransit(bus =>
        {
            bus.AddLockCoordinator();
            bus.UsingInMemory((context, memory) => memory.ConfigureEndpoints(context));
        });
        builder.Services.AddLockClient();
        register(builder.Services);
        var app = builder.Build();
        map(app);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new AdminHost(app, logs);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }
}
