using Locks.Coordinator.Pipeline;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Locks.Coordinator.Partitioning;

/// <summary>
/// The health check <c>locks-partitions</c>: whether this coordinator reads the partitions that it should read. Until another coordinator
/// takes them over, requests about their keys come through the common queue, one repeat later.
/// </summary>
internal sealed class PartitionsHealthCheck(OpenPartitions open, CoordinatorDirectory directory) : IHealthCheck
{
    public const string Name = "locks-partitions";

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (open.Count == 0)
            return Task.FromResult(HealthCheckResult.Healthy("There are no partitions; this coordinator reads the common queue."));
        if (directory.Share() is not { } share)
        {
            return Task.FromResult(new HealthCheckResult(
                context.Registration.FailureStatus, "The queues of the partitions are not connected yet, because the bus or the store is not ready."));
        }

        var closed = share.Where(partition => partition is { ShouldRead: true, IsOpen: false }).ToList();
        return Task.FromResult(closed.Count > 0
            ? new HealthCheckResult(
                context.Registration.FailureStatus, $"This coordinator should read {Names(closed)}, and has not opened them.")
            : HealthCheckResult.Healthy(
                $"This coordinator reads {Names(share.Where(partition => partition.ShouldRead))}, and stands by for "
                + $"{Names(share.Where(partition => !partition.ShouldRead))}."));
    }

    private static string Names(IEnumerable<PartitionState> partitions) =>
        string.Join(", ", partitions.Select(partition => partition.Queue)) is { Length: > 0 } names ? names : "none";
}

/// <summary>What one coordinator has to do with one partition.</summary>
/// <param name="Queue">The partition's queue.</param>
/// <param name="ShouldRead">Whether the queue is this coordinator's to read, as far as it knows of the others.</param>
/// <param name="IsOpen">Whether this coordinator is subscribed to it now.</param>
internal readonly record struct PartitionState(string Queue, bool ShouldRead, bool IsOpen);
