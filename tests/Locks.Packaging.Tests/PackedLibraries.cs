using System.Diagnostics;
using System.IO.Compression;
using System.Xml.Linq;
using Locks.Packaging.Tests;
using Locks.TestKit;
using Xunit;

[assembly: AssemblyFixture(typeof(PackedLibraries))]

namespace Locks.Packaging.Tests;

/// <summary>The whole solution, packed once as it was built with these tests.</summary>
public sealed class PackedLibraries : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("locks-packages-");

    /// <summary>The projects below <c>src</c> that are libraries, and not programs that are deployed in another way.</summary>
    public static IReadOnlyList<string> Libraries { get; } = ProjectsThat(project => !IsProgram(project));

    /// <summary>The projects below <c>src</c> that are .NET tools.</summary>
    public static IReadOnlyList<string> Tools { get; } = ProjectsThat(IsTool);

    /// <summary>The folder with the packages.</summary>
    public string Folder => _folder.FullName;

    /// <summary>What <c>dotnet pack</c> made: the file names without version.</summary>
    public IReadOnlyList<string> Packages => [.. Directory.GetFiles(_folder.FullName, "*.nupkg").Select(IdOf).Order(StringComparer.Ordinal)];

    /// <summary>What <c>dotnet pack</c> made for debuggers.</summary>
    public IReadOnlyList<string> Symbols => [.. Directory.GetFiles(_folder.FullName, "*.snupkg").Select(IdOf).Order(StringComparer.Ordinal)];

    /// <summary>The project file of a library.</summary>
    public static XDocument ProjectOf(string library) => XDocument.Load(Repository.PathOf($"src/{library}/{library}.csproj"));

    /// <summary>Opens the package of a library.</summary>
    public ZipArchive Open(string library) =>
        ZipFile.OpenRead(Directory.GetFiles(_folder.FullName, "*.nupkg").Single(package => IdOf(package) == library));

    /// <summary>Opens the symbol package of a library.</summary>
    public ZipArchive OpenSymbols(string library) =>
        ZipFile.OpenRead(Directory.GetFiles(_folder.FullName, "*.snupkg").Single(package => IdOf(package) == library));

    /// <summary>The manifest inside the package of a library.</summary>
    public XElement ManifestOf(string library)
    {
        using var package = Open(library);
        using var manifest = package.GetEntry($"{library}.nuspec")!.Open();
        return XDocument.Load(manifest).Root!.Elements().Single();
    }

    public async ValueTask InitializeAsync()
    {
        // Built with the tests, hence in the same configuration.
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        var start = new ProcessStartInfo(
            "dotnet",
            ["pack", Repository.PathOf("Locks.slnx"), "--no-build", "-c", configuration, "-o", _folder.FullName, "-v", "quiet", "-warnaserror"])
        {
            RedirectStandardOutput = true,
        };
        // No build process is left behind to hold the test host's output open.
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        using var pack = Process.Start(start)!;
        var output = await pack.StandardOutput.ReadToEndAsync().WaitAsync(Limit, TimeProvider.System);
        await pack.WaitForExitAsync().WaitAsync(Limit, TimeProvider.System);
        Assert.True(pack.ExitCode == 0, output);
    }

    public ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    private static IReadOnlyList<string> ProjectsThat(Func<XDocument, bool> match) =>
    [
        .. new DirectoryInfo(Repository.PathOf("src")).GetFiles("*.csproj", SearchOption.AllDirectories)
            .Where(project => match(XDocument.Load(project.FullName)))
            .Select(project => Path.GetFileNameWithoutExtension(project.Name))
            .Order(StringComparer.Ordinal),
    ];

    private static bool IsTool(XDocument project) => project.Descendants("PackAsTool").Any(tool => tool.Value == "true");

    private static bool IsProgram(XDocument project) =>
        project.Root!.Attribute("Sdk")!.Value == "Microsoft.NET.Sdk.Web" || project.Descendants("OutputType").Any(type => type.Value == "Exe");

    // The version begins with the first part that is a number.
    private static string IdOf(string path) =>
        string.Join('.', Path.GetFileNameWithoutExtension(path).Split('.').TakeWhile(part => !char.IsAsciiDigit(part[0])));
}
