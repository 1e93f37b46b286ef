using Locks.Verification.Clients;
using Locks.Verification.CommandLine;
using Locks.Verification.Failpoints;

if (args is [ClientSettings.Role, ..])
{
    await ClientProgram.RunAsync(ClientSettings.Parse(args));
    return 0;
}

if (args is [FailpointCoordinator.Role, ..])
    return await FailpointCoordinator.RunAsync(args);

return await ScenarioCommand.Create().Parse(args).InvokeAsync();
