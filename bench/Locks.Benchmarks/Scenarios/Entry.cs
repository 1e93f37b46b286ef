using Locks.Benchmarks.Contestants;

namespace Locks.Benchmarks.Scenarios;

/// <summary>One line of the table.</summary>
/// <param name="Scenario">Whose line it is.</param>
/// <param name="Contestant">What is measured.</param>
/// <param name="InFlight">By how many callers.</param>
/// <param name="Floor">The entry of the same scenario that it is compared with.</param>
internal sealed record Entry(string Scenario, Contestant Contestant, int InFlight, Entry? Floor);
