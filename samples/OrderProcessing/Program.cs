using System.CommandLine;
using OrderProcessing;

var instances = new Option<int>("--instances")
{
    Description = "How many instances there are: 2 to 20",
    DefaultValueFactory = _ => 3,
    CustomParser = text => SharedOptions.Count(text, 2, 20),
};
var rounds = new Option<int>("--rounds")
{
    Description = "How many rounds of five orders: 1 to 1,000",
    DefaultValueFactory = _ => 20,
    CustomParser = text => SharedOptions.Count(text, 1, 1_000),
};
var noLocks = new Option<bool>("--no-locks") { Description = "Show what happens without the lock" };
var command = new RootCommand("Several instances of a background service process orders, one instance at a time.") { instances, rounds, noLocks };
command.SetAction(async (parsed, cancellationToken) =>
    await Demonstration.RunAsync(parsed.GetValue(instances), parsed.GetValue(rounds), !parsed.GetValue(noLocks), cancellationToken)
        ? ExitCode.Right
        : ExitCode.Wrong);

var parsed = command.Parse(args);
return await CommandLines.RunAsync(parsed, [.. parsed.Errors.Select(error => error.Message)], trouble => trouble is TimeoutException);
