using System.CommandLine;
using System.Globalization;
using Locks.DashboardBenchmarks;

var broker = new Option<string>("--broker") { Description = "The address of RabbitMQ.", Required = true };
var database = new Option<string>("--database") { Description = "The connection string of an empty PostgreSQL database.", Required = true };
var server = new Option<string>("--server") { Description = "Locks.Server.dll.", Required = true };
var locks = Number("--locks", 100_000, 1, 1_000_000, "How many locks are held.");
var waiters = Number("--waiters", 5_000, 0, 20_000, "How many attempts wait.");
var dashboards = Number("--dashboards", 10, 1, 100, "How many dashboards are open.");
var rounds = Number("--rounds", 5, 1, 50, "How many rounds without dashboards, and as many with them.");
var seconds = Number("--seconds", 10, 1, 60, "How long a round is.");
var inFlight = Number("--in-flight", 64, 1, 1_000, "How many acquire and release at the same time.");
var command = new RootCommand("Measures what open dashboards cost those who acquire locks.")
{
    broker, database, server, locks, waiters, dashboards, rounds, seconds, inFlight,
};
command.SetAction(async (given, cancellationToken) =>
{
    var store = new FilledStore(given.GetValue(database)!);
    await using var running = await RunningServer.StartAsync(
        given.GetValue(server)!, given.GetValue(broker)!, given.GetValue(database)!,
        () => store.FillAsync(given.GetValue(locks), given.GetValue(waiters), cancellationToken), cancellationToken);
    await using var load = await Load.StartAsync(given.GetValue(broker)!, running.QueueName, given.GetValue(inFlight));
    var benchmark = new Benchmark(
        running, load, given.GetValue(dashboards), given.GetValue(rounds), TimeSpan.FromSeconds(given.GetValue(seconds)));
    await benchmark.RunAsync(Console.Out, cancellationToken);
    return 0;
});
return await command.Parse(args).InvokeAsync();

static Option<int> Number(string name, int usual, int least, int most, string description) => new(name)
{
    DefaultValueFactory = _ => usual,
    Description = string.Create(CultureInfo.InvariantCulture, $"{description} {least} to {most}, {usual} unless given."),
    CustomParser = result =>
    {
        var text = result.Tokens[0].Value;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most)
            return value;

        result.AddError(string.Create(CultureInfo.InvariantCulture, $"{name} is '{text}'; it must be a whole number, {least} to {most}."));
        return usual;
    },
};
