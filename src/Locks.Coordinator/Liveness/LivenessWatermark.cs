namespace Locks.Coordinator.Liveness;

/// <summary>A coordinator's note to itself, by which it finds out until when it has heard everything.</summary>
/// <param name="SentAt">When it was sent, in the coordinator's own time.</param>
internal sealed record LivenessWatermark(TimeSpan SentAt);
