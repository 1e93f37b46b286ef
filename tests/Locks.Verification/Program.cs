using Locks.Verification.Clients;
using Locks.Verification.CommandLine;

if (args is [ClientSettings.Role, ..])
{
    await ClientProgram.RunAsync(ClientSettings.Parse(args));
    return 0;
}

return await ScenarioCommand.Create().Parse(args).InvokeAsync();
