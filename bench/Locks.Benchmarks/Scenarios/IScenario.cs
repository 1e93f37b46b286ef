using Locks.Benchmarks.Report;

namespace Locks.Benchmarks.Scenarios;

/// <summary>One question, with everything that it takes to answer it.</summary>
internal interface IScenario
{
    Task<ScenarioFigures> RunAsync(ScenarioContext context, CancellationToken cancellationToken);
}
