using System.Globalization;
using Locks.Benchmarks.Candidates;
using Locks.Benchmarks.Measuring;
using Locks.Benchmarks.Processes;
using Locks.Benchmarks.Report;
using Locks.Client;

namespace Locks.Benchmarks.Scenarios;

/// <summary>How long are all clients without a coordinator when its process is killed and started anew, while many locks are held?</summary>
internal sealed class Restart : IScenario
{
    public const string Acquired = "until a lock was acquired and released";
    public const string Renewed = "until a held lock was renewed";

    public const int Many = 100_000;

    private const int Sample = 100;

    private static readonly TimeProvider Time = TimeProvider.System;
    private static readonly TimeSpan Lease = TimeSpan.FromHours(2);
    private static readonly TimeSpan TimeLimit = TimeSpan.FromMinutes(2);

    public static string Shape { get; } = string.Create(CultureInfo.InvariantCulture, $"{Many:#,0} locks held");

    public async Task<ScenarioFigures> RunAsync(ScenarioContext context, CancellationToken cancellationToken)
    {
        var child = context.NewChild();
        var (queue, database) = await context.OpenDurableAsync(child, cancellationToken);
        var open = new OpenResource(queue, new CoordinatorResource(context.Broker, queue, database));
        await using var operation = (LockOperation)await new LockOperationResource(context.Broker, queue).OpenAsync(cancellationToken);
        await operation.Held.TakeAsync(
            operation.Client, "bench-held", context.Scaled(Many), Lease, HowHeld.NotRenewed, cancellationToken);

        var (acquired, renewed) = (new List<double>(), new List<double>());
        for (var round = 1; round <= context.Settings.Rounds; round++)
        {
            await Console.Error.WriteLineAsync($"Round {round} of {context.Settings.Rounds}.");
            var killed = Time.GetTimestamp();
            await child.KillAsync();
            child = context.NewChild();
            var opening = child.DoAsync(open, cancellationToken);
            var serving = SecondsUntilAsync(() => CycleAsync(operation.Client), killed, cancellationToken);
            renewed.Add(await SecondsUntilAsync(() => operation.Held.RenewAsync(1, cancellationToken), killed, cancellationToken));
            acquired.Add(await serving);
            await opening;
            await operation.Held.RenewAsync(Sample, cancellationToken);
        }

        return new ScenarioFigures(ScenarioNames.Restart, [], [Find(Acquired, acquired), Find(Renewed, renewed)]);
    }

    private static Metric Find(string name, IEnumerable<double> values) => Metric.Of(ScenarioNames.Restart, Shape, name, "s", values);

    private static async Task CycleAsync(ILockClient client)
    {
        var key = $"bench-fresh-{Guid.CreateVersion7():N}";
        await using var handle = await client.TryAcquireAsync(key) ?? throw new MeasurementFailedException($"The lock '{key}' was busy.");
        await handle.ReleaseAsync();
    }

    private static async Task<double> SecondsUntilAsync(Func<Task> doAsync, long since, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                await doAsync();
                return Time.GetElapsedTime(since).TotalSeconds;
            }
            catch (LockUnavailableException exception)
            {
                if (Time.GetElapsedTime(since) > TimeLimit)
                    throw new MeasurementFailedException($"The coordinator did not come back: {exception.Message}", exception);
            }
        }
    }
}
