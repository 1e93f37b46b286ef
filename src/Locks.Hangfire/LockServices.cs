using Locks.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Locks.Hangfire;

/// <summary>
/// What the attribute needs of the application. Hangfire makes attributes by itself and hands them no services; its own configuration is
/// one for the whole process, and so is this.
/// </summary>
internal sealed record LockServices(ILockClient Client, ILogger Log)
{
    private static Lazy<LockServices>? _current;

    /// <exception cref="InvalidOperationException">The application did not name its services.</exception>
    public static LockServices Current => Volatile.Read(ref _current)?.Value ?? throw new InvalidOperationException(
        "A job with the attribute UseDistributedLock needs a lock client: call UseDistributedLocks(provider) where Hangfire is configured.");

    /// <summary>Names the services. The client is made when the first job needs it, because it needs the bus.</summary>
    public static void Use(IServiceProvider services) => Volatile.Write(ref _current, new Lazy<LockServices>(() => new LockServices(
        services.GetRequiredService<ILockClient>(), services.GetRequiredService<ILoggerFactory>().CreateLogger("Locks.Hangfire"))));
}
