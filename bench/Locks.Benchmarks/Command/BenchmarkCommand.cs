using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Locks.Benchmarks.Scenarios;

namespace Locks.Benchmarks.Command;

/// <summary>The command line.</summary>
internal static class BenchmarkCommand
{
    private const int MostInFlight = 10_000;

    public static RootCommand Create()
    {
        var scenario = new Option<string>("--scenario")
        {
            Description = "What to measure.",
            DefaultValueFactory = _ => Plan.All,
        };
        scenario.AcceptOnlyFromAmong(Plan.Sequential, Plan.Uncontended, Plan.All);
        var seconds = Number("--seconds", "How long one measurement takes.", otherwise: 5, most: 60);
        var rounds = Number("--rounds", "How often each measurement is repeated; medians are told.", otherwise: 5, most: 1_000);
        var inFlight = new Option<int[]>("--in-flight")
        {
            Description = "How many callers the scenario 'uncontended' has, as a list such as 16,64.",
            DefaultValueFactory = _ => [16, 64],
            CustomParser = ParseList,
        };
        var json = new Option<FileInfo?>("--json") { Description = "Writes the raw figures to this file." };
        var broker = new Option<string?>("--broker")
        {
            Description = "A RabbitMQ on this machine, amqp://… Default: LOCKS_TEST_RABBITMQ, or a server of the program's own.",
        };
        var store = new Option<string?>("--store")
        {
            Description = "A PostgreSQL on this machine, \"Host=…\", with a role that may create databases. "
                + "Default: LOCKS_TEST_POSTGRES, or a server of the program's own.",
        };

        var command = new RootCommand("Measures Locks beside a bare RabbitMQ round trip and the disk's own commits.")
        {
            scenario, seconds, rounds, inFlight, json, broker, store,
        };
        command.SetAction((parsed, cancellationToken) => BenchmarkRun.RunAsync(
            new BenchmarkSettings(
                parsed.GetValue(scenario)!,
                TimeSpan.FromSeconds(parsed.GetValue(seconds)),
                parsed.GetValue(rounds),
                parsed.GetValue(inFlight)!,
                parsed.GetValue(json),
                parsed.GetValue(broker),
                parsed.GetValue(store)),
            cancellationToken));
        return command;
    }

    private static Option<int> Number(string name, string description, int otherwise, int most)
    {
        var option = new Option<int>(name) { Description = $"{description} 1 to {most}.", DefaultValueFactory = _ => otherwise };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && result.GetValueOrDefault<int>() is var value && (value < 1 || value > most))
                result.AddError($"{name} is {value}; it must be 1 to {most}.");
        });
        return option;
    }

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
