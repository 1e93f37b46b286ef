using Locks.Histories.Records;
using Locks.Verification.Servers;

namespace Locks.Verification.Running;

/// <summary>Runs a scenario from its start to its report.</summary>
internal static class ScenarioRunner
{
    // Beyond the bounds: what exceeds its bound is measured and reported.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    // The longest lease, the sweep, and the waits of dead callers.
    private static readonly TimeSpan UntilFree = TimeSpan.FromSeconds(20);

    /// <summary>Runs a scenario once.</summary>
    /// <param name="servers">The servers.</param>
    /// <param name="settings">What to run.</param>
    /// <param name="folder">An empty folder for the history.</param>
    public static async Task<RunReport> RunAsync(TestServers servers, RunSettings settings, string folder)
    {
        await using var run = await ScenarioRun.StartAsync(servers, settings, folder);
        await run.StartLoadAsync(Limit);
        var from = HistoryWriter.Now;
        await RepeatFaultsAsync(run, settings);
        var until = HistoryWriter.Now;
        await run.EndAsync(UntilFree);
        return RunReport.Of(settings, HistoryFile.ReadAll(folder), run, from, until);
    }

    private static async Task RepeatFaultsAsync(ScenarioRun run, RunSettings settings)
    {
        var begun = TimeProvider.System.GetTimestamp();
        do
        {
            try
            {
                await settings.Scenario.RunAsync(run);
                await run.WhenNormalAsync(Limit);
            }
            catch (TimeoutException late)
            {
                run.Report("the scenario", $"not at its end: {late.Message}");
                return;
            }
        }
        while (TimeProvider.System.GetElapsedTime(begun) < settings.Length);
    }
}
