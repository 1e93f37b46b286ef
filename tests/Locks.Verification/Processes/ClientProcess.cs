using System.Diagnostics;
using Locks.TestKit;
using Locks.Verification.Clients;

namespace Locks.Verification.Processes;

/// <summary>This program once more, as a client.</summary>
/// <param name="clone">The clone of the repository whose program it is.</param>
/// <param name="settings">What it is told.</param>
/// <param name="clock">Its wall clock, if it has one of its own.</param>
internal sealed class ClientProcess(string clone, ClientSettings settings, ProcessClock? clock)
    : ChildProcess(StartInfo(DotNet(Repository.ProgramIn(clone, "tests/Locks.Verification"), settings.ToArguments()), clock))
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

    private static ProcessStartInfo StartInfo(ProcessStartInfo start, ProcessClock? clock) => clock?.Give(start) ?? start;
}
