using System.CommandLine;
using Locks.Benchmarks.Command;

var parsed = BenchmarkCommand.Create().Parse(args);
if (parsed.Errors.Count > 0)
{
    foreach (var error in parsed.Errors)
        Console.Error.WriteLine(error.Message);
    return ExitCodes.CouldNotStart;
}

// Servers, a database and queues are taken down after Ctrl-C, which takes longer than the two seconds that are usual.
return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromMinutes(3) });
