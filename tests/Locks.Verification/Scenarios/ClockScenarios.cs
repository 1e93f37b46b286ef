using Locks.Verification.Running;

namespace Locks.Verification.Scenarios;

/// <summary>Wall clocks of single processes that are wrong by minutes.</summary>
internal static class ClockScenarios
{
    private const int Times = 5;

    /// <summary>The most by which a clock is wrong, in either direction.</summary>
    public static readonly TimeSpan MostWrong = TimeSpan.FromMinutes(10);

    // The process notices within a second.
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(1.5);

    /// <summary>Clocks of coordinators and clients, which are wrong from the start, are set forward and back.</summary>
    public static async Task SetAsync(ScenarioRun run)
    {
        string[] processes = [.. run.Coordinators.Select(process => process.Name), .. run.Clients.Select(process => process.Name)];
        for (var turn = 0; turn < Times; turn++)
        {
            var process = processes[run.Random.Next(processes.Length)];
            var fault = run.Faults.Begin("clock set", process);
            run.SetClockOf(process);
            await Task.Delay(Between, TimeProvider.System);
            fault.End();
        }
    }
}
