using System.Diagnostics;

namespace Locks.Packaging.Tests;

/// <summary>A program in a folder outside of the repository, with none of the repository's settings and central versions.</summary>
internal sealed class OutsideProject : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    // The libraries are built with these tests, hence in the same configuration.
    private static readonly string Configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("locks-outside-");

    /// <param name="references">The project's items: what it refers to.</param>
    /// <param name="program">Its code.</param>
    public OutsideProject(string references, string program)
    {
        Refer(references);
        Write("Program.cs", program);
    }

    /// <summary>Changes what it refers to.</summary>
    public void Refer(string references) =>
        Write("Outside.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <OutputType>Exe</OutputType>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
              </PropertyGroup>
              <ItemGroup>{references}</ItemGroup>
            </Project>
            """);

    public string PathOf(string name) => Path.Combine(_folder.FullName, name);

    public void Write(string name, string text) => File.WriteAllText(PathOf(name), text);

    // In one process: what is to be built is little, and other build processes take longer to start.
    public Task<(int ExitCode, string Output)> BuildAsync(params string[] arguments) =>
        DotnetAsync(["build", "-c", Configuration, "-v", "quiet", "-m:1", "-p:UseSharedCompilation=false", .. arguments]);

    public Task<(int ExitCode, string Output)> RunAsync() =>
        DotnetAsync([PathOf($"bin/{Configuration}/net10.0/Outside.dll")]);

    public void Dispose() => _folder.Delete(recursive: true);

    private async Task<(int ExitCode, string Output)> DotnetAsync(IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = _folder.FullName, RedirectStandardOutput = true };
        // No build process is left behind to hold the test host's output open.
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        using var process = Process.Start(start)!;
        try
        {
            var output = await process.StandardOutput.ReadToEndAsync().WaitAsync(Limit, TimeProvider.System);
            await process.WaitForExitAsync().WaitAsync(Limit, TimeProvider.System);
            return (process.ExitCode, output);
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }
}
