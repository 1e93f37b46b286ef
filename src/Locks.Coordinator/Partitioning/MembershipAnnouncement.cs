namespace Locks.Coordinator.Partitioning;

/// <summary>What a coordinator tells the others on its queues, and itself, every few seconds.</summary>
/// <param name="Id">Made at its start; the order of the ids is that of the starts.</param>
/// <param name="Subscriptions">
/// How often it has subscribed to each of the queues that it reads, in their order. One that hears this and subscribes then is behind it.
/// </param>
/// <param name="Leaves">Whether this is its last word.</param>
internal sealed record MembershipAnnouncement(Guid Id, IReadOnlyList<int> Subscriptions, bool Leaves = false);
