namespace Locks.Benchmarks.Command;

/// <summary>What was asked for.</summary>
/// <param name="Scenario">One scenario's name, or <c>all</c>.</param>
/// <param name="Length">How long one measurement takes.</param>
/// <param name="Rounds">How often each is repeated.</param>
/// <param name="InFlight">The numbers of callers of the scenario <c>uncontended</c>.</param>
/// <param name="Json">Where to leave the raw figures.</param>
/// <param name="Broker">The broker, when it is not the program's own.</param>
/// <param name="Store">The PostgreSQL server, when it is not the program's own.</param>
internal sealed record BenchmarkSettings(
    string Scenario, TimeSpan Length, int Rounds, IReadOnlyList<int> InFlight, FileInfo? Json, string? Broker, string? Store);
