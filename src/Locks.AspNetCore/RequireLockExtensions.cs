using Locks.AspNetCore;
using Locks.Client;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Endpoints that serve a request under a lock.</summary>
public static class RequireLockExtensions
{
    /// <summary>
    /// Serves the requests of an endpoint, or of a group of them, under a lock whose key comes from the request: those with one key one at a
    /// time, on all instances of the application. The application needs a lock client (<c>services.AddLockClient()</c>).
    /// </summary>
    /// <remarks>
    /// <para>
    /// A request whose lock is busy is answered with problem details and <c>Retry-After</c>
    /// (<see cref="RequireLockOptions.BusyStatusCode"/>), perhaps after a <see cref="RequireLockOptions.Wait"/>. Without a coordinator the
    /// answer is 503, and to a request that gives no key of 1 to 512 UTF-8 bytes it is 400. No request is served without its lock.
    /// </para>
    /// <para>
    /// The lock is renewed while the endpoint runs, and released before its result is written. When it is lost,
    /// <see cref="HttpContext.RequestAborted"/> fires, and with it the <see cref="CancellationToken"/> that the endpoint takes as a parameter;
    /// an endpoint that ends with <see cref="OperationCanceledException"/> is answered with 503. It finds the lock as
    /// <c>httpContext.GetDistributedLock()</c>.
    /// </para>
    /// </remarks>
    /// <typeparam name="TBuilder">The kind of the endpoint or the group.</typeparam>
    /// <param name="endpoint">The endpoint, or the group.</param>
    /// <param name="key">The lock's key for a request: 1 to 512 UTF-8 bytes.</param>
    /// <param name="options">How the lock is held, and what is answered when it is busy.</param>
    /// <returns>The same endpoint.</returns>
    /// <exception cref="ArgumentException">An option is out of range; the message names it, its value and the range.</exception>
    /// <exception cref="InvalidOperationException">There is no lock client (thrown when the endpoint is built).</exception>
    public static TBuilder RequireLock<TBuilder>(
        this TBuilder endpoint, Func<EndpointFilterInvocationContext, string?> key, RequireLockOptions? options = null)
        where TBuilder : IEndpointConventionBuilder
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        ArgumentNullException.ThrowIfNull(key);
        options ??= new RequireLockOptions();
        options.Validate();

        return endpoint
            .AddEndpointFilterFactory((building, next) =>
            {
                var services = building.ApplicationServices;
                if (services.GetService<IServiceProviderIsService>()?.IsService(typeof(ILockClient)) == false)
                    throw new InvalidOperationException("RequireLock needs a lock client: call services.AddLockClient().");

                var log = services.GetRequiredService<ILoggerFactory>().CreateLogger("Locks.AspNetCore");
                // The client is made when the first request needs it, because it needs the bus.
                var filter = new Lazy<RequireLockFilter>(
                    () => new RequireLockFilter(services.GetRequiredService<ILockClient>(), key, options, log));
                return context => filter.Value.InvokeAsync(context, next);
            })
            .WithMetadata(Problem(options.BusyStatusCode), Problem(StatusCodes.Status503ServiceUnavailable));
    }

    /// <summary>The lock that a request is served under.</summary>
    /// <param name="context">The request.</param>
    /// <exception cref="InvalidOperationException">It is served under no lock.</exception>
    public static ILockHandle GetDistributedLock(this HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Features.Get<ILockHandle>() ?? throw new InvalidOperationException(
            $"The request is served under no lock: call RequireLock on its endpoint '{context.GetEndpoint()?.DisplayName}'.");
    }

    /// <summary>The fencing token of the lock that a request is served under.</summary>
    /// <param name="context">The request.</param>
    /// <exception cref="InvalidOperationException">It is served under no lock.</exception>
    public static long FencingToken(this HttpContext context) => context.GetDistributedLock().FencingToken;

    private static ProducesResponseTypeMetadata Problem(int status) => new(status, typeof(ProblemDetails), ["application/problem+json"]);
}
