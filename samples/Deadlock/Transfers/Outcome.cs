namespace Deadlocks.Transfers;

/// <summary>What came of transfers in one way.</summary>
/// <param name="How">How the locks were acquired.</param>
/// <param name="Transfers">How many transfers were made.</param>
/// <param name="Deadlocks">How many deadlocks the coordinator ended.</param>
/// <param name="Elapsed">How long it took.</param>
internal sealed record Outcome(string How, int Transfers, int Deadlocks, TimeSpan Elapsed);
