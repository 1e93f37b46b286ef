using System.Reflection;
using Locks.Contracts;
using Locks.Coordinator.Clocks;
using Locks.Coordinator.Hosting;
using Microsoft.Extensions.Options;

namespace Locks.Coordinator.Partitioning;

/// <summary>
/// What this coordinator knows of all coordinators on its queues, itself among them. It knows only itself where coordinators share no
/// partitions, and so do not announce themselves.
/// </summary>
internal sealed class CoordinatorDirectory(CoordinatorClock clock, TimeProvider time, IOptions<LockCoordinatorOptions> options)
{
    private static readonly string? Version =
        typeof(CoordinatorDirectory).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;

    private readonly DateTimeOffset _startedAt = time.GetUtcNow();
    private volatile PartitionRebalancer? _rebalancer;

    /// <summary>This coordinator's id. The order of the ids is that of the starts.</summary>
    public Guid Self { get; } = Guid.CreateVersion7(time.GetUtcNow());

    /// <summary>
    /// Whether this coordinator started before all others that it knows. For a moment, when one starts or dies, that may be so for two, or for
    /// none.
    /// </summary>
    public bool IsFirst => _rebalancer?.Membership.Members.All(member => member.Id.CompareTo(Self) >= 0) is not false;

    /// <summary>This coordinator shares partitions from now on.</summary>
    public void Follow(PartitionRebalancer rebalancer) => _rebalancer = rebalancer;

    /// <summary>This coordinator's share of the partitions; absent before it has connected their queues.</summary>
    public IReadOnlyList<PartitionState>? Share() => _rebalancer?.Share();

    /// <summary>What this coordinator tells the others about itself.</summary>
    public CoordinatorDetails Details() => new(
        Environment.MachineName, Version, _startedAt, clock.WallClockOffset, clock.Error);

    /// <summary>The coordinators, as they announced themselves last.</summary>
    /// <param name="store">The kind of the store.</param>
    public CoordinatorsDescription Describe(string store)
    {
        var rebalancer = _rebalancer;
        var others = rebalancer?.Membership.Members.Where(member => member.Id != Self) ?? [];
        return new CoordinatorsDescription(
            Self,
            [.. others.Append(new(Self, Details())).OrderBy(member => member.Id).Select(member => Describe(member, rebalancer))],
            rebalancer?.Queues.Count ?? 0,
            store);
    }

    private CoordinatorDescription Describe(CoordinatorMember member, PartitionRebalancer? rebalancer)
    {
        var count = rebalancer?.Queues.Count ?? 0;
        return new CoordinatorDescription(
            member.Id,
            [.. Enumerable.Range(0, count).Where(index => rebalancer!.Membership.ReaderOf(index) == member.Id)
                .Select(index => LockPartitions.NameOf(options.Value.QueueName, index))],
            member.Details?.Machine,
            member.Details?.Version,
            member.Details?.StartedAt,
            member.Details?.ClockOffset,
            member.Details?.ClockError);
    }
}

/// <summary>What a coordinator tells about itself, for people to read.</summary>
/// <param name="Machine">The name of its machine.</param>
/// <param name="Version">Its version.</param>
/// <param name="StartedAt">When it started, by its machine's clock.</param>
/// <param name="ClockOffset">How far its machine's clock is ahead of the store's.</param>
/// <param name="ClockError">By how much its time may be wrong; absent while it is not known.</param>
internal sealed record CoordinatorDetails(
    string? Machine, string? Version, DateTimeOffset? StartedAt, TimeSpan? ClockOffset, TimeSpan? ClockError);

/// <summary>A coordinator that announced itself.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Details">What it told about itself; absent where an older version does not.</param>
internal sealed record CoordinatorMember(Guid Id, CoordinatorDetails? Details);
