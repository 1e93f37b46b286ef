using System.Diagnostics;
using Locks.TestKit;
using Xunit;

namespace Locks.Packaging.Tests;

/// <summary>
/// A project outside of the repository that refers to the libraries as projects. It has none of the repository's central versions: a
/// library that is compiled with a version of a package that it does not pass on breaks its build (CS1705).
/// </summary>
public sealed class ProjectOutsideTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("locks-outside-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task AProjectOutside_ThatRefersToEveryLibrary_Builds()
    {
        var references = PackedLibraries.Libraries.Select(
            library => $"""<ProjectReference Include="{Repository.PathOf($"src/{library}/{library}.csproj")}" />""");
        Write("Outside.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <OutputType>Exe</OutputType>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
              </PropertyGroup>
              <ItemGroup>{string.Concat(references)}</ItemGroup>
            </Project>
            """);
        Write("Program.cs", """
            using Locks.Client;
            using MassTransit;
            using Microsoft.Extensions.DependencyInjection;

            var services = new ServiceCollection().AddLockClient().AddMassTransit(bus => bus.AddLockCoordinator());
            Console.WriteLine($"{services.Count} {typeof(ILockClient)}");
            """);

        var (exitCode, output) = await BuildAsync();

        Assert.True(exitCode == 0, output);
    }

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_folder.FullName, name), text);

    private async Task<(int ExitCode, string Output)> BuildAsync()
    {
        // The libraries are built with these tests, hence in the same configuration.
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        // In one process: what is to be built is little, and other build processes take longer to start.
        var start = new ProcessStartInfo("dotnet", ["build", "-c", configuration, "-v", "quiet", "-m:1", "-p:UseSharedCompilation=false"])
        {
            WorkingDirectory = _folder.FullName,
            RedirectStandardOutput = true,
        };
        // No build process is left behind to hold the test host's output open.
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        using var build = Process.Start(start)!;
        try
        {
            var output = await build.StandardOutput.ReadToEndAsync().WaitAsync(Limit, TimeProvider.System);
            await build.WaitForExitAsync().WaitAsync(Limit, TimeProvider.System);
            return (build.ExitCode, output);
        }
        catch (TimeoutException)
        {
            build.Kill(entireProcessTree: true);
            throw;
        }
    }
}
