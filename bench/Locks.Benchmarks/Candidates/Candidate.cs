namespace Locks.Benchmarks.Candidates;

/// <summary>One side of a comparison.</summary>
/// <param name="Name">What the table calls it.</param>
/// <param name="Operation">What one operation is.</param>
/// <param name="Client">Opened in each process that makes load; an <see cref="IOperation"/>.</param>
/// <param name="Server">Opened once, in the coordinator's process, if there is such an end.</param>
internal sealed record Candidate(string Name, string Operation, Resource Client, Resource? Server = null);
