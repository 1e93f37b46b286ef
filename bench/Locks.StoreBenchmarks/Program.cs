using System.CommandLine;
using Locks.StoreBenchmarks;

var postgres = new Option<string>("--postgres")
{
    Description = "A connection string of a server on this machine; a database is made and dropped. Default: LOCKS_TEST_POSTGRES.",
    DefaultValueFactory = _ => Environment.GetEnvironmentVariable("LOCKS_TEST_POSTGRES") ?? "",
};
var rounds = new Option<int>("--rounds") { Description = "Rounds; the middle one counts.", DefaultValueFactory = _ => 5 };
var milliseconds = new Option<int>("--ms") { Description = "Length of a measurement.", DefaultValueFactory = _ => 1_500 };
var rows = new Option<int>("--rows") { Description = "Locks in the store.", DefaultValueFactory = _ => 10_000 };
var hot = new Option<int>("--hot") { Description = "How many of them are taken and freed.", DefaultValueFactory = _ => 10_000 };
var inFlight = new Option<int>("--in-flight") { Description = "Commits at once, where they are sets.", DefaultValueFactory = _ => 3 };
var remembered = new Option<int>("--remembered")
{
    Description = "Ended attempts that a lock remembers, 0 to 32: a key that is taken all the time has 32.",
    DefaultValueFactory = _ => 32,
};
var only = new Option<string?>("--only") { Description = "Only contenders whose name contains this, and the floor." };

var root = new RootCommand("What the stores cost by themselves.") { postgres, rounds, milliseconds, rows, hot, inFlight, remembered, only };
root.SetAction(async (parsed, cancellationToken) =>
{
    var settings = new Settings(
        parsed.GetRequiredValue(postgres),
        parsed.GetValue(rounds),
        TimeSpan.FromMilliseconds(parsed.GetValue(milliseconds)),
        parsed.GetValue(rows),
        Math.Min(parsed.GetValue(hot), parsed.GetValue(rows)),
        parsed.GetValue(inFlight),
        parsed.GetValue(remembered),
        parsed.GetValue(only));
    await StoreBenchmark.RunAsync(settings, Console.Out, cancellationToken);
});
return await root.Parse(args).InvokeAsync();
