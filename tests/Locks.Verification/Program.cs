using Locks.Verification.Clients;
using Locks.Verification.CommandLine;
using Locks.Verification.Scenarios.Hostile;

if (args is [ClientSettings.Role, ..])
{
    await ClientProgram.RunAsync(ClientSettings.Parse(args));
    return 0;
}

if (args is [FloodProgram.Role, ..])
{
    await FloodProgram.RunAsync(args);
    return 0;
}

return await ScenarioCommand.Create().Parse(args).InvokeAsync();
