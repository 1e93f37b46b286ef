namespace Locks.Benchmarks.Command;

/// <summary>What was asked for.</summary>
/// <param name="Scenario">One scenario's name, or <c>all</c>.</param>
/// <param name="Length">How long one measurement takes.</param>
/// <param name="Rounds">How often each is repeated.</param>
/// <param name="InFlight">The numbers of callers of the scenario <c>uncontended</c>.</param>
/// <param name="Processes">How many processes make load; all is in one process below 2.</param>
/// <param name="Scale">What numbers of waiters, held locks and rows are multiplied with.</param>
/// <param name="Json">Where to leave the raw figures.</param>
/// <param name="Report">The folder whose page and charts are to show the figures.</param>
/// <param name="Broker">The broker, when it is not the program's own.</param>
/// <param name="Store">The PostgreSQL server, when it is not the program's own.</param>
internal sealed record BenchmarkSettings(
    string Scenario,
    TimeSpan Length,
    int Rounds,
    IReadOnlyList<int> InFlight,
    int Processes,
    double Scale,
    FileInfo? Json,
    DirectoryInfo? Report,
    string? Broker,
    string? Store)
{
    /// <summary>Whether load and coordinator have processes of their own.</summary>
    public bool IsApart => Processes > 1;
}
