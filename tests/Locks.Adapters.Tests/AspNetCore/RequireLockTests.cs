using System.Net;
using System.Net.Http.Json;
using Locks.AspNetCore;
using Locks.Testing;
using Locks.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Locks.Adapters.Tests.AspNetCore;

/// <summary>Minimal API endpoints of ASP.NET Core under locks.</summary>
public sealed class RequireLockTests
{
    private const string Key = "account:42";
    private const string Path = "/accounts/42";

    private readonly TaskCompletionSource<HttpContext> _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task ARequest_IsServedUnderItsLock_WhichIsRenewed_AndReleasedAfterIt()
    {
        await using var app = await StartAsync();
        var request = app.Client.PostAsync(Path, null);
        var context = await _begun.Task.Within();

        await app.Locks.AdvanceAsync(TimeSpan.FromMinutes(2));

        await app.Locks.ShouldBeHeldAsync(Key, by: "me");
        Assert.Equal((Key, app.Locks.Look(Key).Holder!.FencingToken), (context.GetDistributedLock().Key, context.FencingToken()));
        _end.SetResult();
        Assert.Equal(HttpStatusCode.OK, (await request.Within()).StatusCode);
        await app.Locks.ShouldBeFreeAsync(Key);
    }

    [Fact]
    public async Task ABusyLock_IsAConflict_WithRetryAfter()
    {
        await using var app = await StartAsync();
        await using var busy = await app.Locks.BusyAsync(Key);

        using var response = await app.Client.PostAsync(Path, null);

        await IsProblemAsync(response, HttpStatusCode.Conflict, "Another request holds the lock of this one.", retryAfter: 1);
        Assert.False(_begun.Task.IsCompleted);
    }

    [Fact]
    public async Task TheStatusOfABusyLock_AndWhenToRetry_MayBeOthers()
    {
        await using var app = await StartAsync(new RequireLockOptions { BusyStatusCode = 423, RetryAfter = TimeSpan.FromSeconds(2.5) });
        await using var busy = await app.Locks.BusyAsync(Key);

        using var response = await app.Client.PostAsync(Path, null);

        await IsProblemAsync(response, HttpStatusCode.Locked, "Another request holds the lock of this one.", retryAfter: 3);
        var described = Assert.Single(app.Endpoints).Metadata.OfType<IProducesResponseTypeMetadata>().Select(metadata => metadata.StatusCode);
        Assert.Equal([423, 503], described.Where(status => status != 200));
    }

    [Fact]
    public async Task ARequestThatWaits_IsServedWhenTheLockIsFree()
    {
        await using var app = await StartAsync(new RequireLockOptions { Wait = TimeSpan.FromMinutes(1) });
        var busy = await app.Locks.BusyAsync(Key);
        var request = app.Client.PostAsync(Path, null);
        await app.Locks.ShouldHaveWaitersAsync(Key, 1);
        _end.SetResult();

        await busy.ReleaseAsync();

        Assert.Equal(HttpStatusCode.OK, (await request.Within()).StatusCode);
    }

    [Fact]
    public async Task ARequestWhoseClientGoesAway_LeavesTheQueue()
    {
        await using var app = await StartAsync(new RequireLockOptions { Wait = TimeSpan.FromMinutes(1) });
        await using var busy = await app.Locks.BusyAsync(Key);
        using var gone = new CancellationTokenSource();
        var request = app.Client.PostAsync(Path, null, gone.Token);
        await app.Locks.ShouldHaveWaitersAsync(Key, 1);

        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        await app.Locks.ShouldHaveNoWaitersAsync(Key);
    }

    [Fact]
    public async Task TheLossOfTheLock_FiresTheTokens_AndIsAnswered()
    {
        CancellationToken given = default;
        await using var app = await StartAsync(onToken: token => given = token);
        var request = app.Client.PostAsync(Path, null);
        var context = await _begun.Task.Within();
        Assert.Equal(context.RequestAborted, given);

        await app.Locks.LoseAsync(Key);

        using var response = await request.Within();
        await IsProblemAsync(response, HttpStatusCode.ServiceUnavailable, "The lock of this request was lost while it was served.", retryAfter: 1);
        Assert.True(given.IsCancellationRequested);
        Assert.Contains(app.Logs.Lines, line => line.Contains("which ended POST /accounts/42", StringComparison.Ordinal));
    }

    [Fact]
    public async Task AnEndpointThatEndsWellInSpiteOfTheLoss_IsAnswered_WithAWarning()
    {
        await using var app = await EndpointsUnderTest.StartAsync(app => app.MapPost("/accounts/{id}", async (HttpContext context) =>
        {
            _begun.SetResult(context);
            await _end.Task;
            return "closed";
        }).RequireLock(KeyOf));
        var request = app.Client.PostAsync(Path, null);
        var context = await _begun.Task.Within();
        await app.Locks.LoseAsync(Key);
        await Eventually.FiresAsync(context.RequestAborted);

        _end.SetResult();

        Assert.Equal("closed", await (await request.Within()).Content.ReadAsStringAsync());
        Assert.Contains(app.Logs.Lines, line => line.Contains("was served to its end in spite of it", StringComparison.Ordinal));
    }

    [Fact]
    public async Task WithoutACoordinator_NoRequestIsServed()
    {
        await using var app = await StartAsync();
        using var away = app.Locks.Unreachable();

        using var response = await app.Client.PostAsync(Path, null);

        await IsProblemAsync(
            response, HttpStatusCode.ServiceUnavailable, "The request was not served, because no lock coordinator answers.", retryAfter: 1);
        Assert.False(_begun.Task.IsCompleted);
    }

    [Fact]
    public async Task AKeyThatBreaksALimit_IsABadRequest()
    {
        await using var app = await StartAsync();

        using var response = await app.Client.PostAsync($"/accounts/{new string('a', 600)}", null);

        await IsProblemAsync(response, HttpStatusCode.BadRequest, "The lock of this request has no key: its Key ", retryAfter: null);
    }

    [Fact]
    public async Task AGroup_GuardsItsEndpoints_EachWithALockOfItsOwnBeside()
    {
        await using var app = await EndpointsUnderTest.StartAsync(app => app
            .MapGroup("/accounts/{id}").RequireLock(KeyOf)
            .MapPost("", (HttpContext context) => context.GetDistributedLock().Key).RequireLock(request => $"{KeyOf(request)}:close"));

        Assert.Equal($"{Key}:close", await (await app.Client.PostAsync(Path, null)).Content.ReadAsStringAsync());
        Assert.True(app.Locks.WasAcquired(Key, by: "me"));
        await app.Locks.ShouldBeFreeAsync(Key);
    }

    [Fact]
    public async Task OneLockTwice_IsRefused()
    {
        await using var app = await EndpointsUnderTest.StartAsync(app => app
            .MapGroup("/accounts/{id}").RequireLock(KeyOf).MapPost("", () => "never").RequireLock(KeyOf));

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => app.Client.PostAsync(Path, null));

        Assert.Contains("requires the lock 'account:42' twice", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheHealthCheckOfTheClient_IsAmongTheApplicationsOwn()
    {
        await using var app = await EndpointsUnderTest.StartAsync(app => app.MapHealthChecks(
            "/health/ready", new HealthCheckOptions { Predicate = check => check.Tags.Contains("ready") }));

        Assert.Equal(HttpStatusCode.OK, (await app.Client.GetAsync("/health/ready")).StatusCode);
    }

    [Fact]
    public void OptionsOutOfRange_AreRefused()
    {
        Refused("Wait", new RequireLockOptions { Wait = TimeSpan.FromHours(25) });
        Refused("BusyStatusCode", new RequireLockOptions { BusyStatusCode = 200 });
        Refused("RetryAfter", new RequireLockOptions { RetryAfter = TimeSpan.Zero });
        Refused("Lease", new RequireLockOptions { Lease = TimeSpan.Zero });
        Refused("MaxHold", new RequireLockOptions { Lease = TimeSpan.FromMinutes(1), MaxHold = TimeSpan.FromSeconds(59) });
        Refused("Owner", new RequireLockOptions { Owner = "" });

        static void Refused(string field, RequireLockOptions options) => Assert.Contains(
            field,
            Assert.ThrowsAny<ArgumentException>(() => WebApplication.CreateSlimBuilder().Build().MapGet("", () => "").RequireLock(KeyOf, options)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void WithoutALockClient_TheEndpointIsRefused()
    {
        IEndpointRouteBuilder app = WebApplication.CreateSlimBuilder().Build();
        app.MapGet("", () => "").RequireLock(KeyOf);

        Assert.Throws<InvalidOperationException>(() => app.DataSources.Single().Endpoints);
    }

    private static string? KeyOf(EndpointFilterInvocationContext request) => $"account:{request.HttpContext.GetRouteValue("id")}";

    private static async Task IsProblemAsync(HttpResponseMessage response, HttpStatusCode status, string detail, int? retryAfter)
    {
        Assert.Equal(status, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.StartsWith(detail, (await response.Content.ReadFromJsonAsync<ProblemDetails>())!.Detail, StringComparison.Ordinal);
        Assert.Equal(retryAfter, response.Headers.RetryAfter?.Delta?.TotalSeconds);
    }

    /// <summary>An endpoint that serves its request until the test lets it end.</summary>
    private Task<EndpointsUnderTest> StartAsync(RequireLockOptions? options = null, Action<CancellationToken>? onToken = null) =>
        EndpointsUnderTest.StartAsync(app => app.MapPost("/accounts/{id}", async (HttpContext context, CancellationToken cancellationToken) =>
        {
            onToken?.Invoke(cancellationToken);
            _begun.TrySetResult(context);
            await _end.Task.WaitAsync(cancellationToken);
        }).RequireLock(KeyOf, options));
}
