namespace Locks.Benchmarks.Scenarios;

/// <summary>What <c>--scenario</c> takes.</summary>
internal static class ScenarioNames
{
    public const string All = "all";
    public const string Sequential = "sequential";
    public const string Uncontended = "uncontended";
    public const string Contended = "contended";
    public const string Sets = "sets";
    public const string Rows = "rows";
    public const string Waiters = "waiters";
    public const string Renewals = "renewals";
    public const string Restart = "restart";
    public const string Telemetry = "telemetry";
    public const string Peers = "peers";

    /// <summary>
    /// What <see cref="All"/> runs, in this order. <see cref="Peers"/> is not among them: it needs servers that nothing else here needs,
    /// and has a page of its own.
    /// </summary>
    public static readonly IReadOnlyList<string> Each = [Sequential, Uncontended, Contended, Sets, Rows, Waiters, Renewals, Restart, Telemetry];
}
