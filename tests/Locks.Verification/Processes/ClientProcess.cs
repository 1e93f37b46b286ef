using Locks.TestKit;
using Locks.Verification.Clients;

namespace Locks.Verification.Processes;

/// <summary>This program once more, as a client.</summary>
internal sealed class ClientProcess(ClientSettings settings)
    : ChildProcess(DotNet(typeof(ClientProcess).Assembly.Location, settings.ToArguments()))
{
    /// <summary>What it is called in the history.</summary>
    public string Name => settings.Name;

    /// <summary>Tells it to do something, and waits until that is done.</summary>
    /// <returns>Its answer.</returns>
    public async Task<string> DoAsync(string command)
    {
        await SendLineAsync(command);
        return await NextLineAsync();
    }
}
