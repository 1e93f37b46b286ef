using System.Globalization;
using System.Xml.Linq;
using Locks.TestKit;
using Xunit;

namespace Locks.Packaging.Tests;

/// <summary>What a user types who begins with the page "Getting started": its first program, from the packages, in a new project.</summary>
public sealed class GettingStartedTests(PackedLibraries packed)
{
    private const string Page = "docs/getting-started.md";

    private static readonly string[] Lines = File.ReadAllLines(Repository.PathOf(Page));

    [Fact]
    public async Task TheFirstProgram_BuildsFromThePackagesThatThePageNames_AndItsWorkersTakeTurns()
    {
        var program = FirstBlock("csharp");
        using var project = new OutsideProject(ReferencesTo(PackagesOfTheFirstProgram), program);
        project.Write("nuget.config", Sources);
        await AssertWorkersTakeTurnsAsync(project);

        // The next step: the same locks in a file.
        Assert.Contains(Lines, line => line.Contains("`dotnet add package Locks.Coordinator.Sqlite`", StringComparison.Ordinal));
        const string InMemory = "bus.AddLockCoordinator();";
        var inFile = Assert.Single(Lines, line => line.StartsWith("bus.AddLockCoordinator().UseSqlite", StringComparison.Ordinal));
        Assert.Contains(InMemory, program, StringComparison.Ordinal);
        project.Write("Program.cs", program.Replace(InMemory, inFile, StringComparison.Ordinal));
        project.Refer(ReferencesTo([.. PackagesOfTheFirstProgram, "Locks.Coordinator.Sqlite"]));
        await AssertWorkersTakeTurnsAsync(project);
        Assert.True(File.Exists(project.PathOf("locks.db")));
    }

    private static async Task AssertWorkersTakeTurnsAsync(OutsideProject project)
    {
        // In a folder of its own, because the version is the same with every change.
        var (built, buildOutput) = await project.BuildAsync("-p:RestorePackagesPath=packages");
        Assert.True(built == 0, buildOutput);
        var (ran, output) = await project.RunAsync();

        Assert.True(ran == 0, output);
        var fences = output.Split('\n')
            .Where(line => line.StartsWith("Worker ", StringComparison.Ordinal))
            .Select(line => long.Parse(line.Split(' ')[^1].TrimEnd('\r', '.'), CultureInfo.InvariantCulture))
            .ToList();
        Assert.Equal(3, fences.Count);
        Assert.Equal(fences.Distinct().Order(), fences);
    }

    private static IReadOnlyList<string> PackagesOfTheFirstProgram =>
    [
        .. Lines.SkipWhile(line => !line.StartsWith("dotnet new console", StringComparison.Ordinal))
            .TakeWhile(line => line != "```")
            .Where(line => line.StartsWith("dotnet add package ", StringComparison.Ordinal))
            .Select(line => line.Split(' ')[3]),
    ];

    private static string ReferencesTo(IEnumerable<string> packages) => string.Concat(packages.Select(
        package => $"""<PackageReference Include="{package}" Version="{VersionOf(package)}" />"""));

    /// <summary>Our packages are those that were packed; all others are on this machine since the solution was restored.</summary>
    private string Sources => $"""
        <configuration>
          <packageSources>
            <clear />
            <add key="packed" value="{packed.Folder}" />
            <add key="restored" value="{GlobalPackages}" />
          </packageSources>
          <packageSourceMapping>
            <packageSource key="packed"><package pattern="Locks.*" /></packageSource>
            <packageSource key="restored"><package pattern="*" /></packageSource>
          </packageSourceMapping>
        </configuration>
        """;

    private static string GlobalPackages => Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } folder
        ? folder
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    private static string FirstBlock(string language) =>
        string.Join('\n', Lines.SkipWhile(line => line != "```" + language).Skip(1).TakeWhile(line => line != "```"));

    private static string VersionOf(string package) => PackedLibraries.Libraries.Contains(package)
        ? "*"
        : XDocument.Load(Repository.PathOf("Directory.Packages.props")).Descendants("PackageVersion")
            .Single(version => version.Attribute("Include")!.Value == package).Attribute("Version")!.Value;
}
