using System.CommandLine;
using System.Globalization;
using Locks.Simulation.Defects;
using Locks.Simulation.Running;

var seed = new Option<int?>("--seed") { Description = "Runs one seed, and prints its history if a promise is broken." };
var seeds = new Option<int>("--seeds") { Description = "How many seeds to run.", DefaultValueFactory = _ => 10 };
var from = new Option<int>("--from") { Description = "The first of the seeds.", DefaultValueFactory = _ => 1 };
var duration = new Option<string?>("--for") { Description = "Runs seeds for this time instead, as in 90s, 10m, 1h." };
var operations = new Option<int>("--operations") { Description = "How many operations each caller does.", DefaultValueFactory = _ => 40 };
var defect = new Option<Defect>("--defect") { Description = "Runs with a deliberate defect, which has to be found." };
var log = new Option<bool>("--log") { Description = "With --seed: prints the whole history." };
var noShrink = new Option<bool>("--no-shrink") { Description = "Prints the first failure as it is." };
var hash = new Option<bool>("--hash") { Description = "Prints the hash of each history." };
var command = new RootCommand("Runs the clients and the coordinators in a simulated world, and checks what they promise.")
{
    seed, seeds, from, duration, operations, defect, log, hash, noShrink,
};
command.SetAction(parsed =>
{
    var run = new SeedRunner(
        Console.Out, parsed.GetValue(operations), parsed.GetValue(defect), parsed.GetValue(hash), !parsed.GetValue(noShrink));
    if (parsed.GetValue(seed) is { } one)
        return run.RunOne(one, parsed.GetValue(log));
    return parsed.GetValue(duration) is { } text
        ? run.RunFor(parsed.GetValue(from), ParseTime(text))
        : run.RunMany(parsed.GetValue(from), parsed.GetValue(seeds));
});
return command.Parse(args).Invoke();

static TimeSpan ParseTime(string text)
{
    var unit = text.Length > 0 ? text[^1] : ' ';
    var number = double.Parse(text[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture);
    return unit switch
    {
        's' => TimeSpan.FromSeconds(number),
        'm' => TimeSpan.FromMinutes(number),
        'h' => TimeSpan.FromHours(number),
        _ => throw new FormatException($"'{text}' is no time; write it as 90s, 10m or 1h."),
    };
}
