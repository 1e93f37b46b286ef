using Locks.Benchmarks.Servers;

namespace Locks.Benchmarks.Report;

/// <summary>All that a run found.</summary>
internal sealed record Figures(Machine Machine, ServerVersions Servers, double SecondsPerMeasurement, IReadOnlyList<EntryFigures> Entries);
