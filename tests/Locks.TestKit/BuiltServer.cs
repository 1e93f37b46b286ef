using System.Diagnostics;

namespace Locks.TestKit;

/// <summary>The built server, run as users run it: <c>dotnet Locks.Server.dll</c>, with its settings in the environment.</summary>
public static class BuiltServer
{
    /// <summary>In the line of its log that tells its address.</summary>
    public const string ListeningOn = "Now listening on: ";

    /// <summary>How to start it, at a port that is free.</summary>
    /// <param name="environment">Its settings, by the names of environment variables.</param>
    /// <param name="arguments">Its arguments.</param>
    public static ProcessStartInfo StartInfo(IReadOnlyDictionary<string, string> environment, params IEnumerable<string> arguments) =>
        StartInfoIn(Repository.Root, environment, arguments);

    /// <summary>How to start that of another clone of the repository, at a port that is free.</summary>
    /// <param name="clone">The clone. It is built, in the configuration of this program.</param>
    /// <param name="environment">Its settings, by the names of environment variables.</param>
    /// <param name="arguments">Its arguments.</param>
    public static ProcessStartInfo StartInfoIn(
        string clone, IReadOnlyDictionary<string, string> environment, params IEnumerable<string> arguments) =>
        StartInfoOf(Repository.ProgramIn(clone, "src/Locks.Server"), environment, arguments);

    /// <summary>How to start another program that is the server, at a port that is free.</summary>
    /// <param name="program">Its assembly.</param>
    /// <param name="environment">The server's settings, by the names of environment variables.</param>
    /// <param name="arguments">Its arguments.</param>
    public static ProcessStartInfo StartInfoOf(
        string program, IReadOnlyDictionary<string, string> environment, IEnumerable<string> arguments)
    {
        var start = ChildProcess.DotNet(program, arguments);
        start.Environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0";
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return start;
    }

    /// <summary>The address that it listens on, if this line of its log tells it.</summary>
    public static Uri? AddressIn(string line) =>
        line.IndexOf(ListeningOn, StringComparison.Ordinal) is var at and >= 0 ? new Uri(line[(at + ListeningOn.Length)..]) : null;
}
