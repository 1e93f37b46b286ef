namespace Locks.Benchmarks.Contestants;

/// <summary>One side of a comparison.</summary>
/// <param name="Name">What the table calls it.</param>
/// <param name="Operation">What one operation is.</param>
/// <param name="TakeAsync">The first half of an operation, for one of several callers; gives the second half.</param>
internal sealed record Contestant(string Name, string Operation, Func<int, Task<Func<Task>>> TakeAsync)
{
    /// <summary>The second half of an operation that has none.</summary>
    public static readonly Func<Task> Nothing = static () => Task.CompletedTask;
}
