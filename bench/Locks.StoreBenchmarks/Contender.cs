namespace Locks.StoreBenchmarks;

/// <summary>One kind of work that is measured.</summary>
/// <param name="Name">For the table.</param>
/// <param name="Rows">How many rows an operation is about.</param>
/// <param name="InFlight">How many operations run at once.</param>
/// <param name="Operation">One operation; its caller, from 0, has a share of the rows to itself.</param>
internal sealed record Contender(string Name, int Rows, int InFlight, Func<int, CancellationToken, Task> Operation);
