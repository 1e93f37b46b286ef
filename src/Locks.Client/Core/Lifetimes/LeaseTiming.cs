using Microsoft.Extensions.Logging;

namespace Locks.Client.Core.Lifetimes;

/// <summary>How leases are counted.</summary>
/// <param name="Time">The clock.</param>
/// <param name="LongestMargin">How much earlier than over there a lease is over here; a fifth of the lease if that is less.</param>
/// <param name="AtRiskAfter">The share of that time after which a warning is due.</param>
/// <param name="Logger">Where callbacks that fail are told.</param>
internal sealed record LeaseTiming(TimeProvider Time, TimeSpan LongestMargin, double AtRiskAfter, ILogger Logger);
