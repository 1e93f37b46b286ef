using System.Threading.RateLimiting;

namespace Locks.Admin.Writing;

/// <summary>Limits how many writes each operator makes: some at once, and then evenly.</summary>
internal sealed class WriteLimiter(LocksAdminOptions options) : IDisposable
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly PartitionedRateLimiter<string> _limiter = PartitionedRateLimiter.Create<string, string>(
        name => RateLimitPartition.GetTokenBucketLimiter(name, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = options.WriteBurst,
            TokensPerPeriod = 1,
            ReplenishmentPeriod = Minute / options.WritesPerMinute,
            QueueLimit = 0,
        }),
        StringComparer.Ordinal);

    /// <summary>Takes one write of an operator's.</summary>
    /// <param name="name">The operator.</param>
    /// <param name="retryAfterSeconds">After how many seconds the next one is allowed, when this one is not.</param>
    /// <returns>Whether it is allowed.</returns>
    public bool TryTake(string name, out int retryAfterSeconds)
    {
        using var lease = _limiter.AttemptAcquire(name);
        var wait = lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : Minute / options.WritesPerMinute;
        retryAfterSeconds = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds));
        return lease.IsAcquired;
    }

    public void Dispose() => _limiter.Dispose();
}
