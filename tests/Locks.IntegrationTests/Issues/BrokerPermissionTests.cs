using System.Diagnostics;
using Locks.Client;
using Locks.TestKit;
using Locks.Transport.RabbitMq;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Locks.IntegrationTests.Issues;

/// <summary>A user of the broker without a permission heard that no coordinator answered; which one was missing stood nowhere.</summary>
public sealed class BrokerPermissionTests : IAsyncLifetime
{
    private readonly string _queue = $"locks-{Guid.NewGuid():N}";
    private readonly string _user = $"user-{Guid.NewGuid():N}";
    private readonly CapturedLogs _logs = new();
    private readonly List<IHost> _hosts = [];

    private string Needed => AccessRefusal.PermissionsFor(_queue);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await ControlAsync("add_user", _user, "secret");

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts)
        {
            await host.StopAsync(CancellationToken.None);
            host.Dispose();
        }

        await ControlAsync("delete_user", _user);
    }

    [Fact]
    public async Task WithThePermissionsThatTheMessageNames_EverythingWorks()
    {
        await ControlAsync("set_permissions", "-p", "/", _user, Needed, Needed, Needed);
        await StartAsync(bus => bus.AddLockCoordinator(options => options.QueueName = _queue));
        var client = (await StartAsync(_ => { })).Services.GetRequiredService<ILockClient>();

        await using var held = await client.AcquireAsync("k", TimeSpan.FromSeconds(30), cancellationToken: Cancellation);
        Assert.Null(await client.TryAcquireAsync("k", cancellationToken: Cancellation));
        await using var lease = await client.Leases.GrantAsync(TimeSpan.FromSeconds(30), Cancellation);
        var waiting = client.AcquireAsync("k", TimeSpan.FromSeconds(30), cancellationToken: Cancellation);
        Assert.True(await held.ReleaseAsync(Cancellation));
        await (await waiting.Within()).DisposeAsync();
        Assert.DoesNotContain(_logs.Lines, line => line.Contains("ACCESS_REFUSED", StringComparison.Ordinal));
    }

    [Fact]
    public async Task WithoutAPermission_ClientAndCoordinatorNameIt()
    {
        await ControlAsync("set_permissions", "-p", "/", _user, "^$", Needed, Needed);
        await StartAsync(bus => bus.AddLockCoordinator(options => options.QueueName = _queue));
        var client = (await StartAsync(_ => { })).Services.GetRequiredService<ILockClient>();

        var exception = await Assert.ThrowsAsync<LockUnavailableException>(() => client.TryAcquireAsync("k", cancellationToken: Cancellation));

        Assert.Contains($"The broker refuses user '{_user}' the configure permission on ", exception.Message, StringComparison.Ordinal);
        await Eventually.HoldsAsync(() => _logs.Lines.Any(line => line.StartsWith("Error", StringComparison.Ordinal)
            && line.Contains($"could not be opened. The broker refuses user '{_user}' the configure permission", StringComparison.Ordinal)));
    }

    private static async Task ControlAsync(params string[] arguments)
    {
        using var control = Process.Start(new ProcessStartInfo(TestServices.RabbitMqControl, arguments) { RedirectStandardOutput = true })!;
        await control.StandardOutput.ReadToEndAsync(CancellationToken.None);
        await control.WaitForExitAsync(CancellationToken.None);
        Assert.Equal(0, control.ExitCode);
    }

    private async Task<IHost> StartAsync(Action<IBusRegistrationConfigurator> configure)
    {
        var broker = new UriBuilder(TestServices.RabbitMq) { UserName = _user, Password = "secret" }.Uri;
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.AddProvider(_logs);
        builder.Services
            .AddLockClient(options => (options.QueueName, options.RequestTimeout) = (_queue, TimeSpan.FromSeconds(10)))
            .AddMassTransit(bus =>
            {
                configure(bus);
                bus.UsingRabbitMq((context, rabbit) =>
                {
                    rabbit.Host(broker);
                    rabbit.ConfigureEndpoints(context);
                });
            });
        var host = builder.Build();
        _hosts.Add(host);
        await host.StartAsync(Cancellation);
        return host;
    }
}
