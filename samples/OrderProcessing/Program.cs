using System.CommandLine;
using OrderProcessing;

var instances = new Option<int>("--instances") { Description = "How many instances there are: 2 to 20", DefaultValueFactory = _ => 3 };
var rounds = new Option<int>("--rounds") { Description = "How many rounds of five orders: 1 to 1,000", DefaultValueFactory = _ => 20 };
var noLocks = new Option<bool>("--no-locks") { Description = "Show what happens without the lock" };
var command = new RootCommand("Several instances of a background service process orders, one instance at a time.") { instances, rounds, noLocks };
Limit(instances, 2, 20);
Limit(rounds, 1, 1_000);
command.SetAction(async (parsed, cancellationToken) =>
    await Demonstration.RunAsync(parsed.GetValue(instances), parsed.GetValue(rounds), !parsed.GetValue(noLocks), cancellationToken)
        ? ExitCode.Right
        : ExitCode.Wrong);

var arguments = command.Parse(args);
if (arguments.Errors.Count > 0)
{
    foreach (var error in arguments.Errors)
        Console.Error.WriteLine(error.Message);
    return ExitCode.Trouble;
}

try
{
    return await arguments.InvokeAsync(new() { EnableDefaultExceptionHandler = false });
}
catch (OperationCanceledException)
{
    return ExitCode.Interrupted;
}
catch (TimeoutException exception)
{
    Console.Error.WriteLine(exception.Message);
    return ExitCode.Trouble;
}

static void Limit(Option<int> option, int least, int most) => option.Validators.Add(result =>
{
    if (result.Tokens.Count > 0 && result.GetValueOrDefault<int>() is var value && (value < least || value > most))
        result.AddError($"{option.Name} must be {least} to {most}, not {value}.");
});
