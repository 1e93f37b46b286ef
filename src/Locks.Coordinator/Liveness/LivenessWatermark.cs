namespace Locks.Coordinator.Liveness;

/// <summary>
/// A coordinator's message to itself through its liveness queue. Once it arrives, the coordinator has read everything that clients sent
/// before it.
/// </summary>
/// <param name="SentAt">When it was sent, in the coordinator's own time.</param>
internal sealed record LivenessWatermark(TimeSpan SentAt);
