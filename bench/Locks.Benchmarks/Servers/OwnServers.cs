using System.Diagnostics;
using Locks.Benchmarks.Command;

namespace Locks.Benchmarks.Servers;

/// <summary>Servers of the program's own, started by <c>eng/services</c> in a temporary folder and stopped with it.</summary>
internal sealed class OwnServers : IAsyncDisposable
{
    private readonly string _script;
    private readonly string _folder;
    private Dictionary<string, string> _addresses = [];

    private OwnServers(string script, string folder) => (_script, _folder) = (script, folder);

    public string this[string variable] =>
        _addresses.TryGetValue(variable, out var address)
            ? address
            : throw new CannotStartException($"eng/services does not tell {variable}.");

    /// <param name="verb">What <c>eng/services</c> is told: which servers.</param>
    /// <param name="what">What they are, for people.</param>
    /// <exception cref="CannotStartException">They did not start.</exception>
    public static async Task<OwnServers> StartAsync(string verb, string what)
    {
        var servers = new OwnServers(FindScript(), Directory.CreateTempSubdirectory("locks-bench-").FullName);
        try
        {
            // Not cancelled: what is half started is hard to stop. It has a limit of its own.
            var (exitCode, output) = await servers.RunAsync(verb);
            if (exitCode != 0)
                throw new CannotStartException($"{what} did not start: {LastLine(output.Error)}.");

            servers._addresses = ReadVariables(output.Out);
            return servers;
        }
        catch
        {
            await servers.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        var (exitCode, output) = await RunAsync("stop");
        if (exitCode != 0)
            await Console.Error.WriteLineAsync($"The servers in {_folder} did not stop: {LastLine(output.Error)}.");
    }

    private static string FindScript()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var script = Path.Combine(folder.FullName, "eng", "services");
            if (File.Exists(script))
                return script;
        }

        throw new CannotStartException("eng/services is not above the program; name servers with --broker and --store.");
    }

    /// <summary>Reads lines of the form <c>export NAME='value'</c>.</summary>
    private static Dictionary<string, string> ReadVariables(string lines) =>
        lines.Split('\n')
            .Where(line => line.StartsWith("export ", StringComparison.Ordinal) && line.Contains('='))
            .Select(line => line["export ".Length..].Split('=', 2))
            .ToDictionary(parts => parts[0], parts => parts[1].Trim('\''));

    private static string LastLine(string text) => text.Trim().Split('\n')[^1].TrimEnd('.');

    private async Task<(int ExitCode, (string Out, string Error) Output)> RunAsync(string verb)
    {
        // setsid: Ctrl-C in a terminal goes to every process of the group, and the script would take the servers down under this program.
        using var process = Process.Start(new ProcessStartInfo("setsid", ["--wait", "bash", _script, verb, _folder])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, (await output, await error));
    }
}
