namespace Locks.Coordinator.Partitioning;

/// <summary>What a coordinator sends to all coordinators on its queues, itself included, every few seconds.</summary>
/// <param name="Id">Made at the coordinator's start. The order of the ids is that of the starts.</param>
/// <param name="Subscriptions">
/// How often it has subscribed to each of the queues that it reads, in their order. A coordinator that receives this and subscribes then is
/// behind it.
/// </param>
/// <param name="Leaves">Whether this is its last announcement.</param>
/// <param name="Details">What it tells about itself, for people to read. Older versions tell nothing.</param>
internal sealed record MembershipAnnouncement(
    Guid Id, IReadOnlyList<int> Subscriptions, bool Leaves = false, CoordinatorDetails? Details = null);
