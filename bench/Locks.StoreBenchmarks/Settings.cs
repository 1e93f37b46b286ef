namespace Locks.StoreBenchmarks;

/// <summary>What was asked for on the command line.</summary>
internal sealed record Settings(
    string Postgres, int Rounds, TimeSpan Length, int Rows, int Hot, int InFlight, int Remembered, string? Only);
