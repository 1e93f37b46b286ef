using Locks.Benchmarks.Measuring;
using Locks.Benchmarks.Processes;

namespace Locks.Benchmarks.Scenarios;

/// <summary>One line of the table.</summary>
/// <param name="Scenario">Whose line it is.</param>
/// <param name="Shape">Which of the scenario's sizes.</param>
/// <param name="Name">What is measured.</param>
/// <param name="Operation">What one operation is.</param>
/// <param name="WorkerSet">Where.</param>
/// <param name="Resource">The name of what makes the load there.</param>
/// <param name="Load">What callers do.</param>
/// <param name="Floors">The entries that it is compared with.</param>
internal sealed record Entry(
    string Scenario, string Shape, string Name, string Operation, WorkerSet WorkerSet, string Resource, LoadShape Load, IReadOnlyList<Entry> Floors)
{
    /// <exception cref="MeasurementFailedException">An operation failed.</exception>
    public async Task<Measurement> MeasureAsync(TimeSpan length, CancellationToken cancellationToken)
    {
        try
        {
            return await WorkerSet.MeasureAsync(Resource, Load with { Length = length }, cancellationToken);
        }
        catch (MeasurementFailedException exception)
        {
            throw new MeasurementFailedException($"{Scenario}, {Shape}, {Name}: {exception.Message}", exception);
        }
    }
}
