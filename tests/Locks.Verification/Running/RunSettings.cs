using Locks.Verification.Clients;
using Locks.Verification.Scenarios;

namespace Locks.Verification.Running;

/// <summary>How a scenario is run.</summary>
/// <param name="Scenario">What goes wrong.</param>
/// <param name="Length">For how long faults are repeated; with zero there is one.</param>
/// <param name="Seed">Decides what callers do, and which process a fault meets.</param>
/// <param name="Control">The deliberate defects of a client beside the others, which the checker has to find.</param>
/// <param name="Older">
/// A built clone of the repository with an older version. The tables, the first coordinators and the first client are of that version then,
/// and all that start later of this one.
/// </param>
internal sealed record RunSettings(
    Scenario Scenario, TimeSpan Length, int Seed, ClientControl Control = ClientControl.None, string? Older = null);
