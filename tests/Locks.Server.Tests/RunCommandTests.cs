using Locks.Server.Commands;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace Locks.Server.Tests;

public sealed class RunCommandTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task AHostThatStops_IsDone()
    {
        Assert.Equal(CommandLine.Done, await RunCommand.EndAsync(await StartAsync(_ => { }), TimeSpan.FromSeconds(30)));
    }

    [Fact(Timeout = 60_000)]
    public async Task AServiceThatNeverStops_KeepsTheProcessOnlyForAWhile()
    {
        var app = await StartAsync(services => services.AddHostedService<Endless>());

        Assert.Equal(CommandLine.Failed, await RunCommand.EndAsync(app, TimeSpan.FromMilliseconds(100)));
    }

    private static async Task<WebApplication> StartAsync(Action<IServiceCollection> configure)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        configure(builder.Services);
        var app = builder.Build();
        await app.StartAsync(Cancel);
        return app;
    }

    private sealed class Endless : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => new TaskCompletionSource().Task;
    }
}
