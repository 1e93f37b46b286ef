using System.CommandLine;
using System.Globalization;
using Locks.TestKit;
using Locks.Verification.Clients;
using Locks.Verification.Running;
using Locks.Verification.Scenarios;
using Locks.Verification.Servers;

namespace Locks.Verification.CommandLine;

/// <summary>The command line of those that run scenarios.</summary>
internal static class ScenarioCommand
{
    private const int Right = 0;
    private const int Wrong = 1;
    private const int Trouble = 2;
    private const string All = "all";

    public static RootCommand Create()
    {
        var list = new Option<bool>("--list") { Description = "Lists the scenarios." };
        var scenario = new Option<string?>("--scenario") { Description = "The scenario to run, or 'all'." };
        var runs = new Option<int>("--runs") { Description = "How many times to run it.", DefaultValueFactory = _ => 1 };
        var length = new Option<string?>("--for")
        {
            Description = "For how long its fault is repeated in each run, as in 60s or 10m. Default: once.",
        };
        var seed = new Option<int>("--seed") { Description = "The seed of the first run.", DefaultValueFactory = _ => 1 };
        var control = new Option<ClientControl>("--control")
        {
            Description = "With holder-suspended or combined: gives the client that is suspended a defect, which the checker has to find.",
        };
        var older = new Option<string?>("--older")
        {
            Description = "A clone of an older version that was built in Release. The tables, the first coordinators and the first client are "
                + "of that version, as before an upgrade.",
        };
        var keep = new Option<bool>("--keep") { Description = "Keeps the histories of runs that went well, too." };
        var command = new RootCommand("Runs real clients and coordinators while something goes wrong, and checks what the clients knew.")
        {
            list, scenario, runs, length, seed, control, older, keep,
        };
        command.SetAction(async parsed =>
        {
            if (parsed.GetValue(list) || parsed.GetValue(scenario) is not { } name)
                return PrintList();

            try
            {
                List<Scenario> chosen = name == All
                    ? [.. ScenarioCatalogue.All]
                    : [ScenarioCatalogue.Find(name) ?? throw new ArgumentException($"There is no scenario '{name}'; --list names them.")];
                var servers = TestServers.FromEnvironment();
                var settings = new RunSettings(
                    chosen[0], TimeOf(parsed.GetValue(length)), parsed.GetValue(seed), parsed.GetValue(control), CloneOf(parsed.GetValue(older)));
                return await RunAllAsync(servers, settings, chosen, parsed.GetValue(runs), parsed.GetValue(keep)) ? Right : Wrong;
            }
            catch (Exception trouble) when (trouble is ArgumentException or FormatException or InvalidOperationException)
            {
                await Console.Error.WriteLineAsync(trouble.Message);
                return Trouble;
            }
        });
        return command;
    }

    private static int PrintList()
    {
        foreach (var scenario in ScenarioCatalogue.All)
            Console.WriteLine($"{scenario.Name,-26} {scenario.What}");
        return Right;
    }

    private static async Task<bool> RunAllAsync(
        TestServers servers, RunSettings settings, IReadOnlyList<Scenario> scenarios, int count, bool keeps)
    {
        var isRight = true;
        Console.WriteLine(ReportTable.Head);
        foreach (var scenario in scenarios)
        {
            List<RunReport> reports = [];
            for (var number = 0; number < count; number++)
                reports.Add(await RunOnceAsync(servers, settings with { Scenario = scenario, Seed = settings.Seed + number }, keeps));
            Console.WriteLine(ReportTable.Row(reports));
            isRight &= reports.TrueForAll(report => report.Violations.Count == 0);
        }

        return isRight;
    }

    private static async Task<RunReport> RunOnceAsync(TestServers servers, RunSettings settings, bool keeps)
    {
        var folder = Directory.CreateTempSubdirectory($"locks-{settings.Scenario.Name}-{settings.Seed}-").FullName;
        var report = await ScenarioRunner.RunAsync(servers, settings, folder);
        foreach (var (promise, what) in report.Violations)
            await Console.Error.WriteLineAsync($"{settings.Scenario.Name}, seed {settings.Seed}: {promise} is broken: {what}");
        if (keeps || report.Violations.Count > 0)
            await Console.Error.WriteLineAsync($"{settings.Scenario.Name}, seed {settings.Seed}: the history is in {folder}");
        else
            Directory.Delete(folder, recursive: true);
        return report;
    }

    private static string? CloneOf(string? folder) =>
        folder is null || File.Exists(Repository.ProgramIn(folder, "tests/Locks.Verification"))
            ? folder
            : throw new ArgumentException($"--older is '{folder}'; it must be a clone of the repository that was built in this configuration.");

    private static TimeSpan TimeOf(string? text) => text is null ? TimeSpan.Zero : text[^1] switch
    {
        's' => TimeSpan.FromSeconds(Number(text)),
        'm' => TimeSpan.FromMinutes(Number(text)),
        _ => throw new FormatException($"--for is '{text}'; it must be like 60s or 10m."),
    };

    private static double Number(string text) =>
        double.TryParse(text[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new FormatException($"--for is '{text}'; it must be like 60s or 10m.");
}
