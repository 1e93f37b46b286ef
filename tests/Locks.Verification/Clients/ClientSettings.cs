using System.Globalization;

namespace Locks.Verification.Clients;

/// <summary>What a client process is told on its command line.</summary>
/// <param name="Name">The process's name in the history.</param>
/// <param name="Brokers">The broker, or the nodes of its cluster.</param>
/// <param name="Queue">The coordinators' queue.</param>
/// <param name="Resource">The database with the guarded resource.</param>
/// <param name="History">The file that the process writes.</param>
/// <param name="Callers">How many callers use locks all the time.</param>
/// <param name="Seed">Decides what they do.</param>
/// <param name="Control">Deliberate defects in the use of one lock, which the checker has to find.</param>
internal sealed record ClientSettings(
    string Name, IReadOnlyList<Uri> Brokers, string Queue, string Resource, string History, int Callers, int Seed, ClientControl Control)
{
    /// <summary>What the command begins with.</summary>
    public const string Role = "client";

    /// <summary>The settings as arguments of a program.</summary>
    public IEnumerable<string> ToArguments() =>
        [Role, Name, string.Join(',', Brokers), Queue, Resource, History, Text(Callers), Text(Seed), $"{Control}"];

    /// <summary>Reads the arguments.</summary>
    public static ClientSettings Parse(string[] arguments) => new(
        arguments[1],
        [.. arguments[2].Split(',').Select(broker => new Uri(broker))],
        arguments[3],
        arguments[4],
        arguments[5],
        int.Parse(arguments[6], CultureInfo.InvariantCulture),
        int.Parse(arguments[7], CultureInfo.InvariantCulture),
        Enum.Parse<ClientControl>(arguments[8]));

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
