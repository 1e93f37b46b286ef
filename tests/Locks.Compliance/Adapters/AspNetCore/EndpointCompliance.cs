using System.Net;
using Locks.AspNetCore;
using Locks.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Locks.Compliance.Adapters.AspNetCore;

/// <summary>A minimal API endpoint of ASP.NET Core in two instances of an application, on every transport and store.</summary>
/// <param name="locks">The transport and the store.</param>
public abstract class EndpointCompliance(LocksSubject locks) : IAsyncLifetime
{
    private readonly string _account = $"{Guid.CreateVersion7():N}";
    private readonly TaskCompletionSource<HttpContext> _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<WebApplication> _instances = [];

    private string Key => $"account:{_account}";

    /// <inheritdoc/>
    public ValueTask InitializeAsync() => default;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        foreach (var instance in _instances)
        {
            await instance.StopAsync();
            await instance.DisposeAsync();
        }
    }

    [Fact]
    public async Task OfTwoInstances_OneServesARequest_UnderALockThatIsRenewed_AndTheOtherRefusesTheNext()
    {
        var (one, other) = (await StartAsync(), await StartAsync());
        var request = PostAsync(one);
        var context = await _begun.Task.Within();
        await locks.IsRenewedAsync(Key, context.FencingToken());

        using var refused = await PostAsync(other);

        Assert.Equal((HttpStatusCode.Conflict, 1d), (refused.StatusCode, refused.Headers.RetryAfter?.Delta?.TotalSeconds));
        Assert.False(context.RequestAborted.IsCancellationRequested);
        _end.SetResult();
        using var served = await request.Within();
        Assert.Equal(HttpStatusCode.OK, served.StatusCode);
        await locks.IsFreeAsync(Key);
    }

    [Fact]
    public async Task ARequestThatWaits_IsServedWhenTheLockIsFree()
    {
        var instance = await StartAsync(new RequireLockOptions { Wait = TimeSpan.FromMinutes(1) });
        var busy = await locks.Other.AcquireAsync(Key, TimeSpan.Zero);
        var request = PostAsync(instance);
        await locks.HasWaitersAsync(Key, 1);
        Assert.False(_begun.Task.IsCompleted);
        _end.SetResult();

        await busy.ReleaseAsync();

        using var served = await request.Within();
        Assert.Equal(HttpStatusCode.OK, served.StatusCode);
    }

    [Fact]
    public async Task TheLossOfTheLock_FiresTheRequestsToken_AndIsAnswered()
    {
        var request = PostAsync(await StartAsync());
        var token = (await _begun.Task.Within()).RequestAborted;

        await locks.LoseAsync(Key);

        using var response = await request.Within();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.True(token.IsCancellationRequested);
    }

    /// <summary>Starts an instance whose endpoint serves a request until the case lets it end.</summary>
    private async Task<HttpClient> StartAsync(RequireLockOptions? options = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders();
        locks.AddClient(builder.Services);
        var app = builder.Build();
        _instances.Add(app);
        app.MapPost("/accounts/{id}", async (HttpContext context, CancellationToken cancellationToken) =>
        {
            _begun.TrySetResult(context);
            await _end.Task.WaitAsync(cancellationToken);
        }).RequireLock(request => $"account:{request.HttpContext.GetRouteValue("id")}", options);
        await app.StartAsync();
        return app.GetTestClient();
    }

    private Task<HttpResponseMessage> PostAsync(HttpClient client) => client.PostAsync($"/accounts/{_account}", null);
}
