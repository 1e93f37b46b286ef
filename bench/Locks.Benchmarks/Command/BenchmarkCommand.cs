using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Locks.Benchmarks.Processes;
using Locks.Benchmarks.Scenarios;

namespace Locks.Benchmarks.Command;

/// <summary>The command line.</summary>
internal static class BenchmarkCommand
{
    private const int MostInFlight = 10_000;
    private const int MostProcesses = 16;

    public static RootCommand Create()
    {
        var scenario = new Option<string>("--scenario")
        {
            Description = "What to measure.",
            DefaultValueFactory = _ => ScenarioNames.All,
        };
        scenario.AcceptOnlyFromAmong([ScenarioNames.All, .. ScenarioNames.Each, ScenarioNames.Peers]);
        var seconds = Number("--seconds", "How long one measurement takes.", otherwise: 5, least: 1, most: 60);
        var rounds = Number("--rounds", "How often each measurement is repeated; medians are told.", otherwise: 5, least: 1, most: 1_000);
        var inFlight = new Option<int[]>("--in-flight")
        {
            Description = "How many callers the scenario 'uncontended' has, as a list such as 16,64. Default: 16,64,256,1024.",
            DefaultValueFactory = _ => [16, 64, 256, 1_024],
            CustomParser = ParseList,
        };
        var processes = Number(
            "--processes",
            "In how many child processes the load is made, with the coordinator in one more. With 0 or 1 all is in this process, but what "
                + "can only be measured apart.",
            otherwise: 0,
            least: 0,
            MostProcesses);
        var scale = Scale();
        var json = new Option<FileInfo?>("--json") { Description = "Writes the raw figures to this file." };
        var report = new Option<DirectoryInfo?>("--report")
        {
            Description = "Draws charts into this folder, and fills in the marked section of its speed.md, such as that of docs; "
                + "of its comparison.md for the scenario 'peers'.",
        };
        var broker = new Option<string?>("--broker")
        {
            Description = "A RabbitMQ on this machine, amqp://… Default: LOCKS_TEST_RABBITMQ, or a server of the program's own.",
        };
        var store = new Option<string?>("--store")
        {
            Description = "A PostgreSQL on this machine, \"Host=…\", with a role that may create databases. "
                + "Default: LOCKS_TEST_POSTGRES, or a server of the program's own.",
        };

        var command = new RootCommand(
            "Measures Locks beside a bare RabbitMQ round trip, a MassTransit request, other distributed locks and the disk's own commits.")
        {
            scenario, seconds, rounds, inFlight, processes, scale, json, report, broker, store,
        };
        command.SetAction((parsed, cancellationToken) => BenchmarkRun.RunAsync(
            new BenchmarkSettings(
                parsed.GetValue(scenario)!,
                TimeSpan.FromSeconds(parsed.GetValue(seconds)),
                parsed.GetValue(rounds),
                parsed.GetValue(inFlight)!,
                parsed.GetValue(processes),
                parsed.GetValue(scale),
                parsed.GetValue(json),
                parsed.GetValue(report),
                parsed.GetValue(broker),
                parsed.GetValue(store)),
            cancellationToken));

        var child = new System.CommandLine.Command(ChildMain.Argument) { Hidden = true };
        child.SetAction((_, _) => ChildMain.RunAsync());
        command.Subcommands.Add(child);
        return command;
    }

    private static Option<int> Number(string name, string description, int otherwise, int least, int most) => new(name)
    {
        Description = $"{description} {least} to {most}.",
        DefaultValueFactory = _ => otherwise,
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most)
                return value;

            result.AddError($"{name} is '{text}'; it must be a whole number, {least} to {most}.");
            return otherwise;
        },
    };

    private static Option<double> Scale() => new("--scale")
    {
        Description = "What the numbers of waiters, held locks and rows are multiplied with: above 0, up to 1.",
        DefaultValueFactory = _ => 1,
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value is > 0 and <= 1)
                return value;

            result.AddError($"--scale is '{text}'; it must be above 0, up to 1.");
            return 1;
        },
    };

    private static int[] ParseList(ArgumentResult result)
    {
        var numbers = new List<int>();
        foreach (var part in result.Tokens.SelectMany(token => token.Value.Split(',')))
        {
            if (int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= MostInFlight)
                numbers.Add(number);
            else
                result.AddError($"--in-flight has '{part}'; it takes numbers of 1 to {MostInFlight} with commas between.");
        }

        return [.. numbers.Distinct()];
    }
}
