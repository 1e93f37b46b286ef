using Locks.Benchmarks.Measuring;
using Locks.Benchmarks.Report;
using Locks.Benchmarks.Scenarios;
using Locks.Benchmarks.Servers;

namespace Locks.Benchmarks.Command;

/// <summary>One run from the servers' start to their end.</summary>
internal static class BenchmarkRun
{
    public static async Task<int> RunAsync(BenchmarkSettings settings, CancellationToken cancellationToken)
    {
        try
        {
            await MeasureAsync(settings, cancellationToken);
            return ExitCodes.Fine;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return ExitCodes.Interrupted;
        }
        catch (CannotStartException exception)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return ExitCodes.CouldNotStart;
        }
        catch (MeasurementFailedException exception)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return ExitCodes.Failed;
        }
    }

    private static async Task MeasureAsync(BenchmarkSettings settings, CancellationToken cancellationToken)
    {
        if (settings.Json is { Directory.Exists: false } json)
            throw new CannotStartException($"There is no folder {json.DirectoryName} for the figures.");

        var page = settings.Report is { } report ? FiguresPage.Of(report, settings.Scenario) : null;
        if (page is not null)
            await page.RequireAsync(cancellationToken);

        await using var servers = await BenchmarkServers.FindAsync(settings, cancellationToken);
        var versions = await ServerVersions.AskAsync(servers, cancellationToken);
        var machine = Machine.Look();
        var figures = Figures.Of(machine, versions, settings, await ScenarioRunner.RunAsync(settings, servers, cancellationToken));

        FiguresTable.Write(figures);
        if (settings.Json is not null)
            await FiguresFile.WriteAsync(figures, settings.Json, cancellationToken);
        if (page is not null)
            await page.WriteAsync(figures, cancellationToken);
    }
}
