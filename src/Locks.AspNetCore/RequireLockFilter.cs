using System.Globalization;
using Locks.Client;
using Locks.Contracts;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Logging;

namespace Locks.AspNetCore;

/// <summary>Serves a request under its lock, or answers that it can't be served now.</summary>
internal sealed class RequireLockFilter(
    ILockClient locks, Func<EndpointFilterInvocationContext, string?> keyOf, RequireLockOptions options, ILogger log) : IEndpointFilter
{
    private readonly LockOptions _lockOptions = options.CreateLockOptions();

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var key = keyOf(context);
        if (LockLimits.CheckKey(key) is { } problem)
            return TypedResults.Problem($"The lock of this request has no key: its {problem}.", statusCode: StatusCodes.Status400BadRequest);
        // It would wait for itself.
        if (http.Features.Get<ILockHandle>() is { } outer && outer.Key == key)
        {
            throw new InvalidOperationException(
                $"The endpoint '{http.GetEndpoint()?.DisplayName}' requires the lock '{key}' twice, and locks are not reentrant: call RequireLock "
                + "on the endpoint or on its group, not on both with one key.");
        }

        ILockHandle? handle;
        try
        {
            handle = await locks.TryAcquireAsync(key!, options.Wait, _lockOptions, http.RequestAborted).ConfigureAwait(false);
        }
        catch (LockRefusedException refused)
        {
            log.Refused(http.Request.Method, http.Request.Path, refused);
            return Busy(http);
        }
        catch (LockUnavailableException unavailable)
        {
            log.Unavailable(http.Request.Method, http.Request.Path, unavailable);
            return NotNow(http, "The request was not served, because no lock coordinator answers.", StatusCodes.Status503ServiceUnavailable);
        }

        if (handle is null)
            return Busy(http);
        await using (handle.ConfigureAwait(false))
            return await ServeAsync(context, next, handle).ConfigureAwait(false);
    }

    private async Task<object?> ServeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next, ILockHandle handle)
    {
        var http = context.HttpContext;
        var aborted = http.RequestAborted;
        var outer = http.Features.Get<ILockHandle>();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(aborted, handle.Lost);
        try
        {
            http.RequestAborted = either.Token;
            http.Features.Set(handle);
            ReplaceToken(context.Arguments, aborted, either.Token);
            var result = await next(context).ConfigureAwait(false);
            if (handle.Lost.IsCancellationRequested)
                log.ServedWithoutLock(handle.Key, handle.Loss?.Reason, http.Request.Method, http.Request.Path);
            return result;
        }
        catch (OperationCanceledException) when (handle.Lost.IsCancellationRequested && !aborted.IsCancellationRequested && !http.Response.HasStarted)
        {
            log.LostWhileServed(handle.Key, handle.Loss?.Reason, http.Request.Method, http.Request.Path);
            return NotNow(http, "The lock of this request was lost while it was served.", StatusCodes.Status503ServiceUnavailable);
        }
        finally
        {
            http.RequestAborted = aborted;
            http.Features.Set(outer);
        }
    }

    // The endpoint's arguments were bound before its filters run.
    private static void ReplaceToken(IList<object?> arguments, CancellationToken bound, CancellationToken token)
    {
        for (var i = 0; i < arguments.Count; i++)
        {
            if (arguments[i] is CancellationToken argument && argument == bound)
                arguments[i] = token;
        }
    }

    private ProblemHttpResult Busy(HttpContext http) => NotNow(http, "Another request holds the lock of this one.", options.BusyStatusCode);

    private ProblemHttpResult NotNow(HttpContext http, string detail, int status)
    {
        http.Response.Headers.RetryAfter = Math.Ceiling(options.RetryAfter.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        return TypedResults.Problem(detail, statusCode: status);
    }
}
