namespace Locks.Contracts;

/// <summary>
/// Asks which coordinators run, as the one that answers knows from their announcements. A query: it changes nothing, and slows no grant.
/// Answered with <see cref="CoordinatorsDescription"/>.
/// </summary>
public sealed record DescribeCoordinators;

/// <summary>The coordinators on one set of queues.</summary>
/// <param name="AnsweredBy">The coordinator that answers: <see cref="CoordinatorDescription.Id"/> of one of them.</param>
/// <param name="Coordinators">The coordinators, in the order of their starts. Only itself, where they do not announce themselves.</param>
/// <param name="Partitions">How many partitions' queues there are beside the common one.</param>
/// <param name="Store">The kind of the store, such as <c>PostgreSql</c>.</param>
public sealed record CoordinatorsDescription(
    Guid AnsweredBy, IReadOnlyList<CoordinatorDescription> Coordinators, int Partitions, string Store);

/// <summary>One coordinator.</summary>
/// <param name="Id">Its id, made at its start.</param>
/// <param name="Queues">The partitions' queues that it should read.</param>
/// <param name="Machine">The name of its machine. Absent where an older version does not tell.</param>
/// <param name="Version">Its version. Absent where an older version does not tell.</param>
/// <param name="StartedAt">When it started, by its machine's clock, in UTC.</param>
/// <param name="ClockOffset">How far its machine's clock is ahead of the store's time, by which it decides; negative: behind.</param>
/// <param name="ClockError">By how much the time by which it decides may be wrong. Absent while it does not know the store's time.</param>
public sealed record CoordinatorDescription(
    Guid Id,
    IReadOnlyList<string> Queues,
    string? Machine = null,
    string? Version = null,
    DateTimeOffset? StartedAt = null,
    TimeSpan? ClockOffset = null,
    TimeSpan? ClockError = null);
