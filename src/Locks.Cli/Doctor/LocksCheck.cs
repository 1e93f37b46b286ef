using System.Globalization;
using Locks.Cli.CommandLine;
using Locks.Cli.Connection;
using Locks.Client;

namespace Locks.Cli.Doctor;

/// <summary>Looks at the coordinators through the lock client, and acquires a lock of its own.</summary>
internal sealed class LocksCheck(ILockClient client, ConnectionSettings settings, TimeProvider time)
{
    private const string RoundTrip = "round trip";
    private const string Store = "store";

    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongRoundTrip = TimeSpan.FromSeconds(1);

    public async Task<IReadOnlyList<CheckResult>> RunAsync(CancellationToken cancellationToken)
    {
        var results = new List<CheckResult>();
        try
        {
            var coordinators = await client.Inspector.DescribeCoordinatorsAsync(cancellationToken).ConfigureAwait(false);
            results.AddRange(CoordinatorsCheck.Judge(coordinators, settings.QueueName, ToolVersion.Text));
        }
        catch (LockUnavailableException unanswered)
        {
            return [CheckResult.Fail("coordinators", unanswered.Message, "look in the coordinators' logs")];
        }

        results.Add(await ReadStoreAsync(cancellationToken).ConfigureAwait(false));
        results.Add(await AcquireAsync(cancellationToken).ConfigureAwait(false));
        return results;
    }

    private async Task<CheckResult> ReadStoreAsync(CancellationToken cancellationToken)
    {
        try
        {
            var statistics = await client.Inspector.DescribeStatisticsAsync(cancellationToken).ConfigureAwait(false);
            return CheckResult.Ok(
                Store,
                string.Create(CultureInfo.InvariantCulture, $"answers; {statistics.Held} locks are held, {statistics.Waiters} callers wait"));
        }
        catch (LockUnavailableException unanswered)
        {
            return CheckResult.Fail(Store, unanswered.Message, "look whether the database runs, and in the coordinators' logs");
        }
    }

    /// <summary>One lock, acquired and released: a way there and back and a commit, twice.</summary>
    private async Task<CheckResult> AcquireAsync(CancellationToken cancellationToken)
    {
        var key = $"locks-doctor/{Environment.MachineName}/{Environment.ProcessId}";
        try
        {
            var start = time.GetTimestamp();
            var handle = await client.AcquireAsync(key, TimeSpan.Zero, Lease, cancellationToken).ConfigureAwait(false);
            await handle.ReleaseAsync(cancellationToken).ConfigureAwait(false);
            var took = time.GetElapsedTime(start);
            var text = string.Create(CultureInfo.InvariantCulture, $"acquired and released '{key}' in {took.TotalMilliseconds:0} ms");
            return took < LongRoundTrip
                ? CheckResult.Ok(RoundTrip, text)
                : CheckResult.Warn(RoundTrip, text, "look at the load of coordinators, broker and database");
        }
        catch (Exception failure) when (failure is LockUnavailableException or LockTimeoutException or LockRefusedException)
        {
            return CheckResult.Fail(
                RoundTrip, failure.Message, "look whether the database can be written to, and in the coordinators' logs");
        }
    }
}
