using Locks.Cli.CommandLine;

return await Tool.RunAsync(args, ToolEnvironment.OfThisProcess()).ConfigureAwait(false);
