using System.Diagnostics;
using System.Reflection;
using System.Xml.Linq;
using Xunit;

namespace Locks.Packaging.Tests;

/// <summary>What a user gets who installs the command line.</summary>
public sealed class ToolTests(PackedLibraries packed) : IDisposable
{
    private const string Tool = "Locks.Cli";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("locks-tool-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void ThePackage_IsATool_WithReadmeLicenceAndSymbols_AndDependsOnNothing()
    {
        var manifest = packed.ManifestOf(Tool);
        using var package = packed.Open(Tool);
        using var readme = new StreamReader(package.GetEntry("README.md")!.Open());

        Assert.Contains(manifest.Descendants(), element => element.Attribute("name")?.Value == "DotnetTool");
        Assert.DoesNotContain(manifest.Descendants(), element => element.Name.LocalName == "dependency");
        Assert.Equal("MIT", manifest.Elements().Single(element => element.Name.LocalName == "license").Value);
        Assert.StartsWith($"# {Tool}\n", readme.ReadToEnd(), StringComparison.Ordinal);
        using var symbols = packed.OpenSymbols(Tool);
        Assert.Contains(symbols.Entries, entry => entry.Name == $"{Tool}.pdb");
    }

    [Fact]
    public async Task TheTool_Installs_AndRuns_WithAMassTransitBefore9()
    {
        var (installed, output) = await RunAsync("dotnet", "tool", "install", Tool, "--tool-path", _folder.FullName, "--source", packed.Folder);
        Assert.True(installed == 0, output);

        var (exitCode, version) = await RunAsync(Path.Combine(_folder.FullName, "locks"), "--version");

        Assert.Equal(0, exitCode);
        Assert.StartsWith("locks ", version, StringComparison.Ordinal);
        var massTransit = Assert.Single(_folder.GetFiles("MassTransit.dll", SearchOption.AllDirectories));
        Assert.InRange(AssemblyName.GetAssemblyName(massTransit.FullName).Version!.Major, 8, 8);
        var settings = Assert.Single(_folder.GetFiles("DotnetToolSettings.xml", SearchOption.AllDirectories));
        Assert.Equal("locks", XDocument.Load(settings.FullName).Descendants("Command").Single().Attribute("Name")!.Value);
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync().WaitAsync(Limit, TimeProvider.System);
        await process.WaitForExitAsync().WaitAsync(Limit, TimeProvider.System);
        return (process.ExitCode, output + await errors);
    }
}
